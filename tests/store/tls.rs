//! PostgreSQL over TLS, as it is reached on another machine.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use sactl::platform::{DatabaseUrl, Platform};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::loss::SOCKET;
use super::{PASSWORD, SANDBOX, plant, sign};
use crate::common::database::Database;
use crate::common::tls::{Authority, Certified, Validity};

/// What a client of PostgreSQL sends before anything else when it wants TLS.
const ASKS_FOR_TLS: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A way over TLS to the server of a database, whose own socket has none; it ends when it is dropped.
struct Front {
    folder: TempDir,
    database: String,
    port: u16,
    _connections: JoinSet<()>,
}

impl Front {
    /// Shows `certified`; without one, it says that it has no TLS.
    async fn before(database: &Database, certified: Option<&Certified>) -> Self {
        let DatabaseUrl::Postgres(url) = &database.url else { panic!("not a server: {}", database.url) };
        let (rest, folder) = url.split_once("?host=").unwrap();
        let upstream = PathBuf::from(folder).join(SOCKET);
        let acceptor = certified.map(Certified::acceptor);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut connections = JoinSet::new();
        connections.spawn(async move {
            let mut open = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                open.spawn(hand_on(stream, acceptor.clone(), upstream.clone()));
            }
        });
        let database = rest.rsplit_once('/').unwrap().1.to_owned();
        Self { folder: tempfile::tempdir().unwrap(), database, port, _connections: connections }
    }

    /// The platform on it, where certificates that `authority` signed are trusted.
    async fn open(&self, mode: &str, authority: &Authority) -> anyhow::Result<Platform> {
        let roots = self.folder.path().join("roots.pem");
        std::fs::write(&roots, authority.pem()).unwrap();
        let Self { database, port, .. } = self;
        let url = format!(
            "postgres://sactl@localhost:{port}/{database}?sslmode={mode}&sslrootcert={}",
            roots.display()
        );
        Platform::open_with_clock(&DatabaseUrl::Postgres(url), Arc::new(Timestamp::now)).await
    }

    async fn refusal(&self, mode: &str, authority: &Authority) -> String {
        format!("{:#}", self.open(mode, authority).await.err().unwrap())
    }
}

async fn hand_on(mut stream: TcpStream, acceptor: Option<TlsAcceptor>, upstream: PathBuf) {
    let mut first = [0; ASKS_FOR_TLS.len()];
    let asked = stream.read_exact(&mut first).await;
    assert!(asked.is_err() || first == ASKS_FOR_TLS, "something was said in the open: {first:?}");
    let Some(acceptor) = acceptor else {
        stream.write_all(b"N").await.unwrap();
        return;
    };
    stream.write_all(b"S").await.unwrap();
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let mut server = UnixStream::connect(upstream).await.unwrap();
    let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
}

/// Who verifies reaches the server that was meant, and no other one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_reached_over_tls_and_verified() {
    let Some(database) = Database::postgres().await else { return };
    let (authority, other) = (Authority::new(), Authority::new());
    let certified = authority.server(&["localhost"], Validity::Long);
    let front = Front::before(&database, Some(&certified)).await;
    let platform = front.open("verify-full", &authority).await.unwrap();
    plant(&platform, SANDBOX).await;
    sign(&platform, "fleet-automation", PASSWORD).await.unwrap();

    let told = front.refusal("verify-full", &other).await;
    assert!(told.contains("cannot open the database postgres://localhost:"), "{told}");
    assert!(told.contains("UnknownIssuer"), "{told}");
    let elsewhere = authority.server(&["db.example"], Validity::Long);
    let front = Front::before(&database, Some(&elsewhere)).await;
    let told = front.refusal("verify-full", &authority).await;
    assert!(told.contains("not valid for name"), "{told}");
    front.open("verify-ca", &authority).await.unwrap();
}

/// Who asks for TLS does without the server sooner than without TLS.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_that_is_asked_for_is_not_done_without() {
    let Some(database) = Database::postgres().await else { return };
    let front = Front::before(&database, None).await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let told = front.refusal(mode, &Authority::new()).await;
        assert!(told.contains("TLS"), "{mode}: {told}");
    }
}
