//! A PostgreSQL server that goes away and comes back.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sactl::api::Code;
use sactl::api::account::AccountQuery;
use sactl::platform::context::RequestContext;
use sactl::platform::service::{account, session};
use sactl::platform::{DatabaseUrl, Error, Platform};
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

use super::story::list_of;
use super::{ACME, PASSWORD, SANDBOX, plant, sign};
use crate::common::context::acting;
use crate::common::database::{Database, OwnServer};
use crate::common::env::Env;

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

    /// Lets the end of a transaction through to the server, and cuts before the answer.
    async fn cut_at_commit(&mut self) {
        self.cut().await;
        let socket = self.folder.path().join(SOCKET);
        std::fs::remove_file(&socket).unwrap();
        let (listener, upstream) = (UnixListener::bind(socket).unwrap(), self.upstream.clone());
        self.open = Some(tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (here, _) = listener.accept().await.unwrap();
                let there = UnixStream::connect(&upstream).await.unwrap();
                connections.spawn(until_commit(here, there));
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

/// Carries bytes until a change of an account or a user is to be kept, and waits for the answer to that without passing
/// it on.
async fn until_commit(mut here: UnixStream, mut there: UnixStream) {
    let (mut asked, mut told) = (vec![0; 65536], vec![0; 65536]);
    let mut is_change = false;
    let has = |text: &[u8], word: &str| text.windows(word.len()).any(|part| part == word.as_bytes());
    loop {
        tokio::select! {
            read = here.read(&mut asked) => match read {
                Ok(length @ 1..) => {
                    there.write_all(&asked[..length]).await.unwrap();
                    let text = &asked[..length];
                    is_change |= has(text, "INSERT INTO \"access\"") || has(text, "UPDATE \"principal\"");
                    if is_change && has(text, "COMMIT") {
                        let answered = there.read(&mut told).await.unwrap();
                        assert!(answered > 0, "the server has gone");
                        return;
                    }
                }
                _ => return,
            },
            read = there.read(&mut told) => match read {
                Ok(length @ 1..) => here.write_all(&told[..length]).await.unwrap(),
                _ => return,
            },
        }
    }
}

/// P26: a change whose end was sent to the database, and whose answer was lost, may be kept. No answer denies that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p26_a_lost_answer_to_a_commit_is_not_a_refusal() {
    let Some(database) = Database::postgres().await else { return };
    let mut line = Line::to(&database.url);
    line.cut_at_commit().await;
    let direct = Platform::open(&database.url).await.unwrap();
    plant(&direct, SANDBOX).await;
    let grant = session::issue(&direct, "admin@acme.example").await.unwrap();
    let platform = Platform::open(&line.url).await.unwrap();
    let caller = super::authenticate(&platform, &grant.access_token).await.unwrap();
    let (admin, access) = (acting(&platform, &caller, ACME), list_of(&["devices:view"]));
    let unknown = account::set_access(&admin, "dormant-bot", access.clone()).await.unwrap_err();
    assert_eq!(unknown.code, Code::OutcomeUnknown, "{unknown:?}");
    // What the operator of the server does knows it too: the password is in force, and its file stays.
    let DatabaseUrl::Postgres(url) = line.url.clone() else { panic!("not a server: {}", line.url) };
    let env = Env::new();
    let out = env.work().join("admin.password");
    let work = env.work();
    let words = ["serve", "admin", "user", "password", "admin@acme.example", "--password-out"];
    let mut command = env.command();
    command.args(words).arg(&out).args(["--database", &url, "-o", "json"]).current_dir(work);
    let ended = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert_eq!(ended.status.code(), Some(8), "{ended:?}");
    let password = std::fs::read_to_string(out).unwrap();
    sign(&direct, "admin@acme.example", password.trim_end()).await.unwrap();
    let again = account::set_access(&admin_of(&direct).await, "dormant-bot", access).await.unwrap();
    assert!(!again.changed, "it was kept");
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

async fn admin_of(platform: &Platform) -> RequestContext {
    plant(platform, SANDBOX).await;
    let grant = session::issue(platform, "admin@acme.example").await.unwrap();
    acting(platform, &super::authenticate(platform, &grant.access_token).await.unwrap(), ACME)
}

/// What a read, a change and a sign-in say, which are under way at the same time, and how long they take.
async fn outcomes(admin: &RequestContext) -> (Vec<Error>, Duration) {
    let started = Instant::now();
    let (query, access) = (AccountQuery::default(), list_of(&["devices:view"]));
    let (read, changed, signed_in) = tokio::join!(
        account::list(admin, &query),
        account::set_access(admin, "dormant-bot", access),
        sign(&admin.platform, "backup-runner", PASSWORD),
    );
    let all = [read.map(drop), changed.map(drop), signed_in.map(drop)];
    (all.into_iter().map(Result::unwrap_err).collect(), started.elapsed())
}

fn are_unavailable((refusals, took): (Vec<Error>, Duration)) {
    for refused in refusals {
        assert_eq!(refused.code, Code::Unavailable, "{refused:?}");
    }
    assert!(took < Duration::from_secs(4), "{took:?}");
}

/// P26: a server whose connections stay open and say nothing, as behind a network that swallows what is sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p26_a_silent_server_is_unavailable_and_comes_back() {
    let Some(server) = OwnServer::start() else { return };
    let platform = Platform::open(&DatabaseUrl::Postgres(server.url())).await.unwrap();
    let admin = admin_of(&platform).await;
    // Connections that were in use a moment ago are not asked before their next statement.
    account::list(&admin, &AccountQuery::default()).await.unwrap();
    server.freeze();
    let told = Box::pin(outcomes(&admin)).await;
    server.thaw();
    are_unavailable(told);
    platform.ready().await.unwrap();
    account::list(&admin, &AccountQuery::default()).await.unwrap();
    sign(&platform, "backup-runner", PASSWORD).await.unwrap();
}

/// P26: a session of an administrator that holds a table, and a statement that only takes long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p26_a_table_that_another_session_holds_is_unavailable() {
    let Some(database) = Database::postgres().await else { return };
    let platform = Platform::open(&database.url).await.unwrap();
    let admin = admin_of(&platform).await;
    let beside = database.connect().await.begin().await.unwrap();
    beside.execute_unprepared("LOCK TABLE principal").await.unwrap();
    are_unavailable(Box::pin(outcomes(&admin)).await);
    beside.rollback().await.unwrap();
    account::list(&admin, &AccountQuery::default()).await.unwrap();
    let slow = "CREATE FUNCTION slow() RETURNS TRIGGER AS 'BEGIN PERFORM pg_sleep(2); RETURN NEW; END' LANGUAGE plpgsql;
        CREATE TRIGGER slow BEFORE INSERT ON access FOR EACH ROW EXECUTE FUNCTION slow()";
    database.connect().await.execute_unprepared(slow).await.unwrap();
    account::set_access(&admin, "dormant-bot", list_of(&["devices:view"])).await.unwrap();
}
