//! Databases of one's own for tests: a SQLite file in a temporary folder, or a database of a PostgreSQL server
//! that is started for this test process and dies with it, however it ends.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::process::{Pid, Signal, kill_process};
use sactl::platform::{DatabaseUrl, Platform};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use tempfile::TempDir;

use super::postgres::{programs, unprivileged};

/// A database without data.
pub(crate) struct Database {
    /// Where it is.
    pub(crate) url: DatabaseUrl,
    folder: Option<TempDir>,
}

impl Database {
    /// A SQLite file with the tables of this release, which does not wait for the disk: tests of what a crash leaves
    /// start the program. It is a copy, which costs less than the migrations.
    pub(crate) fn sqlite() -> Self {
        static MIGRATED: OnceLock<Vec<u8>> = OnceLock::new();
        // The caller may be inside a runtime, which must not wait for another one.
        let migrated = MIGRATED.get_or_init(|| std::thread::spawn(migrated_file).join().unwrap());
        let database = Self::empty_sqlite();
        std::fs::write(database.folder().unwrap().join(FILE), migrated).unwrap();
        database
    }

    fn empty_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { url: DatabaseUrl::Ephemeral(folder.path().join(FILE)), folder: Some(folder) }
    }

    /// A PostgreSQL database; `None` where PostgreSQL is not installed and not required.
    pub(crate) async fn postgres() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        // Creating databases at the same time fights over the template.
        static CREATING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
        let cluster = Cluster::get()?;
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let admin = sea_orm::Database::connect(cluster.url("postgres")).await.unwrap();
        let turn = CREATING.lock().await;
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        drop(turn);
        admin.close().await.unwrap();
        Some(Self { url: DatabaseUrl::Postgres(cluster.url(&name)), folder: None })
    }

    /// The same without tables, for starts that create them.
    pub(crate) fn without_tables(self) -> Self {
        if let Some(folder) = self.folder() {
            std::fs::remove_file(folder.join(FILE)).unwrap();
        }
        self
    }

    /// A connection beside the platform, to look behind its back.
    pub(crate) async fn connect(&self) -> DatabaseConnection {
        let url = match &self.url {
            DatabaseUrl::Sqlite(path) | DatabaseUrl::Ephemeral(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        };
        sea_orm::Database::connect(url).await.unwrap()
    }

    /// Everything that is kept in it: the bytes of each SQLite file, or each row of each table.
    pub(crate) async fn content(&self) -> Vec<Vec<u8>> {
        if let Some(folder) = self.folder() {
            let files = std::fs::read_dir(folder).unwrap();
            return files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
        }
        let db = self.connect().await;
        let texts = async |query: &str| {
            let query = sea_orm::Statement::from_string(db.get_database_backend(), query);
            let rows = db.query_all_raw(query).await.unwrap();
            rows.into_iter().map(|row| row.try_get_by_index(0).unwrap()).collect::<Vec<String>>()
        };
        let mut rows = Vec::new();
        for table in
            texts("SELECT tablename::TEXT FROM pg_catalog.pg_tables WHERE schemaname = 'public'").await
        {
            rows.extend(texts(&format!("SELECT CAST(kept AS TEXT) FROM {table} AS kept")).await);
        }
        rows.into_iter().map(String::into_bytes).collect()
    }

    /// The folder of a SQLite file.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.folder.as_ref().map(TempDir::path)
    }
}

/// The file of a SQLite database.
const FILE: &str = "platform.db";

/// A SQLite file with the tables of this release. Closing the platform leaves nothing in the log beside it.
fn migrated_file() -> Vec<u8> {
    let database = Database::empty_sqlite();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { Platform::open(&database.url).await.unwrap().close().await });
    let folder = database.folder().unwrap();
    assert!(!folder.join(format!("{FILE}-wal")).exists(), "the platform was not closed in order");
    std::fs::read(folder.join(FILE)).unwrap()
}

/// A PostgreSQL server with its data and its socket in a temporary folder.
struct Cluster {
    folder: PathBuf,
    /// Lives as long as the other end of its standard input is open, and cleans up when it is not.
    _keeper: Mutex<Child>,
}

/// Starts a server whose data are there.
const START: &str = r#"
"$1/pg_ctl" -D "$2/data" -w -t 60 -l "$2/log" -o "-k '$2' -c listen_addresses='' \
    -c fsync=off -c max_connections=400" start >/dev/null 2>&1
"#;

/// Starts a server, says so, and stops it when its standard input ends: with the test process, whatever ends
/// that. The default collation is a linguistic one, so that an order that should be bytewise shows if it is not.
const KEEPER: &str = r#"
trap '' INT
bin=$1 folder=$2
"$bin/initdb" -D "$folder/data" -U sactl -A trust -E UTF8 --no-sync --no-instructions --locale=C.UTF-8 \
    --locale-provider=icu --icu-locale=en-US >"$folder/log" 2>&1 &&
sh -c "$3" start "$bin" "$folder" &&
echo ready || cat "$folder/log"
cat >/dev/null
"$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1
rm -rf "$folder"
"#;

/// A folder in memory if it has room for the databases of all tests, since each consists of 300 files; else the usual
/// one for temporary files.
fn roomy_memory() -> PathBuf {
    const NEEDED: u64 = 4 << 30;
    let memory = Path::new("/dev/shm");
    let has_room = rustix::fs::statvfs(memory).is_ok_and(|room| room.f_bavail * room.f_frsize >= NEEDED);
    if has_room { memory.to_owned() } else { std::env::temp_dir() }
}

impl Cluster {
    fn get() -> Option<&'static Self> {
        static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
        CLUSTER.get_or_init(Self::start).as_ref()
    }

    fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let insists = std::env::var_os("SACTL_TEST_REQUIRE_POSTGRES").is_some_and(|value| value == "1");
            assert!(!insists, "PostgreSQL is not installed, and SACTL_TEST_REQUIRE_POSTGRES=1 insists on it");
            skipped("PostgreSQL is not installed: its half of the store's tests is skipped");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("sactl-pg-").tempdir_in(roomy_memory()).unwrap().keep();
        let mut command = unprivileged(&folder);
        command.args(["sh", "-c", KEEPER, "keeper"]).arg(programs).arg(&folder).arg(START);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut keeper = command.spawn().unwrap();
        let mut said = BufReader::new(keeper.stdout.take().unwrap()).lines();
        let first = said.next().transpose().unwrap().unwrap_or_default();
        if first != "ready" {
            drop(keeper.stdin.take());
            let rest: Vec<_> = said.map_while(Result::ok).collect();
            panic!("PostgreSQL did not start: {first}\n{}", rest.join("\n"));
        }
        Some(Self { folder, _keeper: Mutex::new(keeper) })
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://sactl@localhost/{database}?host={}", self.folder.display())
    }
}

/// A PostgreSQL server of one test, which may stop it.
pub(crate) struct OwnServer(Cluster);

impl OwnServer {
    /// A running one; `None` where PostgreSQL is not installed and not required.
    pub(crate) fn start() -> Option<Self> {
        Cluster::start().map(Self)
    }

    /// Its database.
    pub(crate) fn url(&self) -> String {
        self.0.url("postgres")
    }

    /// Ends it and the processes of its connections without a chance to tidy up.
    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Makes it silent: its connections stay, and it answers nothing.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Ends the silence.
    pub(crate) fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let file = std::fs::read_to_string(self.0.folder.join("data/postmaster.pid")).unwrap();
        let server = file.lines().next().unwrap();
        let children = std::fs::read_to_string(format!("/proc/{server}/task/{server}/children")).unwrap();
        for (number, process) in [server].into_iter().chain(children.split_whitespace()).enumerate() {
            let sent = kill_process(Pid::from_raw(process.parse().unwrap()).unwrap(), signal);
            // A child may have ended by itself.
            assert!(sent.is_ok() || number > 0, "{sent:?}");
        }
    }

    /// Ends it in order; clients are sent away.
    pub(crate) fn stop(&self) {
        let mut stop = unprivileged(&self.0.folder);
        stop.arg(programs().unwrap().join("pg_ctl")).arg("-D").arg(self.0.folder.join("data"));
        assert!(stop.args(["-m", "fast", "-w", "stop"]).stdout(Stdio::null()).status().unwrap().success());
    }

    /// Starts it again. What is left of a killed one must have ended, which it does by itself.
    pub(crate) fn restart(&self) {
        super::process::until(|| {
            let mut start = unprivileged(&self.0.folder);
            start.args(["sh", "-c", START, "start"]).arg(programs().unwrap()).arg(&self.0.folder);
            start.status().unwrap().success()
        });
    }
}

/// Says once that something was not tested.
#[expect(clippy::print_stderr, reason = "the output must show which tests were skipped")]
fn skipped(what: &'static str) {
    static SAID: Mutex<bool> = Mutex::new(false);
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if !*said {
        eprintln!("{what}");
        *said = true;
    }
}
