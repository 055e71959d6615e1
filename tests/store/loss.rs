//! A PostgreSQL server that goes away and comes back.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sactl::api::Code;
use sactl::platform::service::{account, session};
use sactl::platform::{DatabaseUrl, Platform};
use tempfile::TempDir;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

use super::story::list_of;
use super::{ACME, PASSWORD, SANDBOX, plant, sign};
use crate::common::context::acting;
use crate::common::database::Database;

/// The name of the socket in the folder that a URL names.
pub(super) const SOCKET: &str = ".s.PGSQL.5432";

/// A way to a server that can be cut.
struct Line {
    url: DatabaseUrl,
    folder: TempDir,
    upstream: PathBuf,
    open: Option<JoinHandle<()>>,
}

impl Line {
    fn to(url: &DatabaseUrl) -> Self {
        let DatabaseUrl::Postgres(url) = url else { panic!("not a server: {url}") };
        let (rest, host) = url.split_once("?host=").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Postgres(format!("{rest}?host={}", folder.path().display()));
        let mut line = Self { url, folder, upstream: PathBuf::from(host).join(SOCKET), open: None };
        line.repair();
        line
    }

    fn repair(&mut self) {
        let socket = self.folder.path().join(SOCKET);
        let _ = std::fs::remove_file(&socket);
        let (listener, upstream) = (UnixListener::bind(socket).unwrap(), self.upstream.clone());
        self.open = Some(tokio::spawn(async move {
            // Dropped with this task, and every connection with it.
            let mut connections = JoinSet::new();
            loop {
                let (mut here, _) = listener.accept().await.unwrap();
                let mut there = UnixStream::connect(&upstream).await.unwrap();
                connections.spawn(async move { tokio::io::copy_bidirectional(&mut here, &mut there).await });
            }
        }));
    }

    /// Ends every connection and refuses further ones.
    async fn cut(&mut self) {
        let open = self.open.take().unwrap();
        open.abort();
        let _ = open.await;
    }
}

/// P26: without its database the platform says that it is unavailable, to many as soon as to one, and needs no
/// restart afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p26_a_lost_server_is_unavailable_and_comes_back() {
    let Some(database) = Database::postgres().await else { return };
    let mut line = Line::to(&database.url);
    let platform = Arc::new(Platform::open(&line.url).await.unwrap());
    plant(&platform, SANDBOX).await;
    let grant = session::issue(&platform, "admin@acme.example").await.unwrap();
    let admin = super::authenticate(&platform, &grant.access_token).await.unwrap();
    let admin = acting(&platform, &admin, ACME);

    line.cut().await;
    let started = Instant::now();
    let guesses = 6 * std::thread::available_parallelism().unwrap().get();
    let sign_ins: Vec<_> = (0..guesses)
        .map(|_| {
            let platform = Arc::clone(&platform);
            tokio::spawn(async move { sign(&platform, "backup-runner", PASSWORD).await.map(drop) })
        })
        .collect();
    let (ready, revoked, changed) = tokio::join!(
        platform.ready(),
        session::revoke(&platform, &grant.access_token),
        account::set_access(&admin, "dormant-bot", list_of(&["devices:view"])),
    );
    let mut outcomes = vec![ready, revoked, changed.map(drop)];
    for sign_in in sign_ins {
        outcomes.push(sign_in.await.unwrap());
    }
    for outcome in outcomes {
        let refused = outcome.unwrap_err();
        assert_eq!(refused.code, Code::Unavailable, "{refused:?}");
        assert!(refused.retry_after.is_some());
    }
    assert!(started.elapsed() < Duration::from_secs(12), "they waited one after the other");

    line.repair();
    platform.ready().await.unwrap();
    sign(&platform, "backup-runner", PASSWORD).await.unwrap();
    session::revoke(&platform, &grant.access_token).await.unwrap();
}
