//! Running the platform: what a start needs, what it shows while it runs, and how it ends.

use std::path::Path;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use rustix::process::Signal;
use sactl::platform::router;
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use tower::ServiceExt as _;

use crate::api::process::{Running, command};
use crate::common::client::client;
use crate::common::env::Env;
use crate::common::platform::Server;
use crate::common::tls::{Authority, Validity};

const SERVE: [&str; 5] = ["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:p.db"];

/// A running platform and its address.
fn serve(env: &Env, more: &[&str]) -> (Running, String) {
    let mut running = Running::start(command(env, &[&SERVE[..], more].concat()));
    let line = running.line();
    let url = line.strip_prefix("Listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
    (running, url)
}

fn stop(running: Running) {
    running.signal(Signal::TERM);
    let (status, _, told) = running.end();
    assert_eq!(status.code(), Some(0), "{told}");
}

/// Changes a database behind the back of the platform.
fn change(env: &Env, statement: &str) {
    let url = format!("sqlite:{}", env.work().join("p.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let db: DatabaseConnection = sea_orm::Database::connect(url).await.unwrap();
        db.execute_unprepared(statement).await.unwrap();
        db.close().await.unwrap();
    });
}

/// A seed that can be read and not be planted was found by a start alone.
fn check_tries_the_seed(env: &Env) {
    let check = |database: &str, seed: &str| {
        env.file("seed.toml", format!("[[company]]\nname = 'A'\n{seed}"));
        env.run(["serve", "--check", "--database", database, "--seed", "seed.toml"])
    };
    env.file("weak.password", "weak");
    let before = env.files().len();
    for (seed, why) in [
        ("[[role]]\ncompany = 1\nname = 'flyer'\npermissions = ['devices:fly']", "devices:fly"),
        ("[[service_account]]\nname = 'bot'\nowner = 2\npassword_hash = 'x'", "[[service_account]] bot"),
        ("[[user]]\nemail = 'a@b'\npassword_hash = 'x'\n[[user]]\nemail = 'A@b'", "is listed twice"),
        ("[[user]]\nemail = 'a@b'\npassword_file = 'weak.password'", "[[user]] a@b"),
        ("[[user]]\nemail = 'a@b'\npassword_hash = 'x'", "password_hash"),
    ] {
        check("sqlite:new.db", seed).refused(2, "cannot apply the seed").refused(2, why);
        // What exists is not added again, so that a start may succeed.
        let existing = check("sqlite:p.db", seed);
        assert!(existing.ok().stderr.contains("warning: ") && existing.stderr.contains(why), "{existing}");
    }
    let good = "[[role]]\ncompany = 1\nname = 'watcher'\npermissions = ['devices:view']";
    let tried = check("sqlite:new.db", good);
    assert!(tried.ok().stdout.contains("Seed file: can be used"), "{tried}");
    assert_eq!(env.files().len(), before, "it leaves something behind");
}

/// A start could fail for a certificate, a seed or a database, and only a start could tell.
#[test]
fn check_tells_what_a_start_would_say_and_changes_nothing() {
    let env = Env::new();
    let check = |more: &[&str]| env.run([&SERVE[..], &["--check"], more].concat());
    assert!(check(&[]).ok().stdout.contains("Database sqlite:p.db: new"));
    assert!(!env.work().join("p.db").exists());
    let (running, _) = serve(&env, &[]);
    assert!(check(&[]).ok().stdout.contains("up to date"), "beside a server that runs");
    stop(running);
    let files = env.files().len();
    let document = check(&["-o", "json"]).ok().json();
    assert_eq!(document["database"]["pending_migrations"], 0);
    assert_eq!(env.files().len(), files, "SQLite leaves files beside the database");
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = other.local_addr().unwrap().to_string();
    check(&["--metrics", &taken]).refused(1, &format!("cannot listen on {taken}"));
    write_certificate(&env, &Authority::new());
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(env.work().join("key.pem"), open).unwrap();
    check(&["--tls-cert", "cert.pem", "--tls-key", "key.pem"]).refused(2, "chmod 600");
    if !rustix::process::geteuid().is_root() {
        std::fs::create_dir(env.work().join("fixed")).unwrap();
        let fixed = std::os::unix::fs::PermissionsExt::from_mode(0o555);
        std::fs::set_permissions(env.work().join("fixed"), fixed).unwrap();
        env.run(["serve", "--check", "--database", "sqlite:fixed/p.db"]).refused(1, "cannot write to fixed");
    }
    env.file("seed.toml", "[[company]]\nname = 1\n");
    check(&["--seed", "seed.toml"]).refused(2, "line 2");
    check_tries_the_seed(&env);
    check(&["--tls-cert", "missing.pem", "--tls-key", "missing.pem"]).refused(2, "missing.pem");
    check(&["--vacuum"]).refused(2, "--vacuum");
    env.run(["serve", "--check", "--database", "sqlite:no/such/p.db"]).refused(1, "no/such does not exist");
    let last_two = "SELECT version FROM _sqlx_migrations ORDER BY version DESC LIMIT 2";
    change(&env, &format!("DELETE FROM _sqlx_migrations WHERE version IN ({last_two})"));
    let older = "not those of this release";
    env.run(["serve", "admin", "company", "list", "--database", "sqlite:p.db"]).refused(2, older);
    env.run(["serve", "--vacuum", "--database", "sqlite:p.db"]).refused(2, older);
    assert!(check(&[]).ok().stdout.contains("the start runs 2 migrations"));
    let newer = "INSERT INTO _sqlx_migrations VALUES (9999, 'x', CURRENT_TIMESTAMP, TRUE, x'00', 0)";
    change(&env, newer);
    check(&[]).refused(1, "a newer release of sactl");
    env.file(
        "p.db",
        "this is no database, but a text that is long enough to be taken for the head of one: 0123456789",
    );
    check(&[]).refused(1, "cannot use sqlite:p.db");
}

/// Rows that had served their time stayed for ever, and their space too.
#[test]
fn vacuum_removes_old_rows_and_gives_their_space_back() {
    let env = Env::new();
    let (running, _) = serve(&env, &[]);
    let old = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO audit (at, company_id, action, actor_kind, actor_id, actor_name, detail, request_id)
        SELECT i, 1, 'access.set', 'user', 1, 'x', '{}', 'a request of long ago' FROM n";
    change(&env, "INSERT INTO company (id, name, name_key, two_factor) VALUES (1, 'Acme', 'acme', FALSE)");
    change(&env, old);
    let size = || std::fs::metadata(env.work().join("p.db")).unwrap().len();
    let vacuum = || env.run(["serve", "--vacuum", "--database", "sqlite:p.db", "-o", "json"]).ok().json();
    assert_eq!(vacuum()["removed"], 20_000, "beside a server that runs");
    assert!(size() < 1_000_000, "{} bytes", size());
    assert_eq!(vacuum()["removed"], 0);
    stop(running);
}

fn write_certificate(env: &Env, authority: &Authority) {
    let certified = authority.server(&["127.0.0.1"], Validity::Long);
    env.file("cert.pem", certified.certificate_pem());
    env.private_file("key.pem", certified.key_pem());
}

/// Whether a client that trusts this authority gets an answer.
fn is_trusted(url: &str, authority: &Authority) -> bool {
    let trusted = reqwest::Certificate::from_pem(authority.pem().as_bytes()).unwrap();
    let client = client([trusted]).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(client.get(format!("{url}/healthz")).send()).is_ok()
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}");
    }
}

/// A certificate that was renewed needed a restart.
#[test]
fn certificate_is_read_again_at_sighup_and_a_broken_one_changes_nothing() {
    let env = Env::new();
    let (first, second) = (Authority::new(), Authority::new());
    write_certificate(&env, &first);
    let (running, url) = serve(&env, &["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    assert!(is_trusted(&url, &first) && !is_trusted(&url, &second));
    write_certificate(&env, &second);
    assert!(is_trusted(&url, &first), "nothing was asked for");
    running.signal(Signal::HUP);
    until("the new certificate", || is_trusted(&url, &second));
    env.file("cert.pem", "nothing");
    running.signal(Signal::HUP);
    running.signal(Signal::TERM);
    let (status, _, told) = running.end();
    assert_eq!(status.code(), Some(0), "{told}");
    assert!(told.contains("read the certificate again"), "{told}");
}

/// SIGHUP ended a server without a certificate, and every server that still waited for its database.
#[test]
fn sighup_ends_no_server() {
    let env = Env::new();
    let (running, _) = serve(&env, &[]);
    running.signal(Signal::HUP);
    stop(running);
    let turn = std::fs::File::open(env.work().join("p.db.lock")).unwrap();
    turn.lock().unwrap();
    let mut running = Running::start(command(&env, &SERVE));
    let fds = format!("/proc/{}/fd", running.id());
    let is_turn = |fd: std::io::Result<std::fs::DirEntry>| {
        fd.and_then(|fd| std::fs::read_link(fd.path())).is_ok_and(|file| file.ends_with("p.db.lock"))
    };
    until("it waits for its turn", || std::fs::read_dir(&fds).is_ok_and(|mut fds| fds.any(is_turn)));
    running.signal(Signal::HUP);
    turn.unlock().unwrap();
    assert!(running.line().starts_with("Listening on "));
    stop(running);
}

fn status(url: &str, path: &str) -> Option<u16> {
    let client = client([]).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(client.get(format!("{url}{path}")).send()).ok().map(|answer| answer.status().as_u16())
}

/// A load balancer learned that a server stops when its requests failed.
#[test]
fn server_that_stops_is_not_ready_and_answers_until_the_delay_is_over() {
    let env = Env::new();
    let (running, url) = serve(&env, &["--drain-delay", "3"]);
    assert_eq!(status(&url, "/readyz"), Some(200));
    running.signal(Signal::TERM);
    until("not ready", || status(&url, "/readyz") == Some(503));
    assert_eq!(status(&url, "/healthz"), Some(200));
    let (ended, _, told) = running.end();
    assert_eq!(ended.code(), Some(0), "{told}");
}

/// Nothing told how many requests were answered, or how long the queue of sign-ins was.
#[test]
fn metrics_count_requests_by_route_and_status() {
    let server = Server::sandbox();
    let admin = server.sign_in("admin@acme.example");
    admin.get("/api/companies/1/service-accounts/dormant-bot").data(200);
    admin.get("/api/companies/1/service-accounts/backup-runner").data(200);
    admin.get("/api/companies/1/service-accounts/missing").refused(404, "not_found");
    admin.get("/secret-path").refused(404, "not_found");
    let text = server.block_on(async {
        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        let answer = router::metrics_router(server.platform().clone()).oneshot(request).await.unwrap();
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
        String::from_utf8(to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
    });
    let route = "/api/companies/{company_id}/service-accounts/{name}";
    for line in [
        format!("sactl_requests_total{{method=\"GET\",route=\"{route}\",status=\"200\"}} 2"),
        format!("sactl_requests_total{{method=\"GET\",route=\"{route}\",status=\"404\"}} 1"),
        "sactl_requests_total{method=\"other\",route=\"other\",status=\"404\"} 1".to_owned(),
        "# TYPE sactl_hashes_waiting gauge".to_owned(),
        "sactl_hashes_waiting 0".to_owned(),
        "sactl_draining 0".to_owned(),
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
    assert!(!text.contains("secret-path") && !text.contains("dormant-bot"), "{text}");
    assert_eq!(server.anonymous().get("/metrics").status, 404, "on a listener of its own only");
}

/// The README did not say how a database is backed up: what it says is done here beside a server that runs.
#[test]
fn backup_of_sqlite_beside_a_running_server_can_be_restored() {
    let readme = include_str!("../../README.md");
    let (_, command) = readme.split_once("\nsqlite3 platform.db \"").unwrap();
    let (statement, _) = command.split_once('"').unwrap();
    let env = Env::new();
    let path = |name: &str| env.work().join(name);
    let statement = statement.replace("backup.db", &path("backup.db").display().to_string());
    let create = |name: &str| {
        env.run(["serve", "admin", "company", "create", name, "--database", "sqlite:p.db"]).ok();
    };
    let (running, _) = serve(&env, &[]);
    create("Before");
    change(&env, &statement);
    create("After");
    // With what is in the log only, as a kill leaves it.
    running.signal(Signal::KILL);
    running.end();
    for rest in ["p.db-wal", "p.db-shm"] {
        let _ = std::fs::remove_file(path(rest));
    }
    std::fs::rename(path("backup.db"), path("p.db")).unwrap();
    let (running, url) = serve(&env, &[]);
    assert_eq!(status(&url, "/readyz"), Some(200));
    let list =
        env.run(["serve", "admin", "company", "list", "--database", "sqlite:p.db"]).ok().stdout.clone();
    assert!(list.contains("Before") && !list.contains("After"), "{list}");
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path("p.db")).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "P28");
    stop(running);
}

/// The unit of the Debian package starts the server as a user of its own that can reach little of the machine.
#[test]
fn unit_of_the_package_is_hardened() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join(".debian/sactl.service");
    let unit = std::fs::read_to_string(unit).unwrap();
    for line in ["Type=notify", "DynamicUser=yes", "ExecReload=kill -HUP $MAINPID", "NoNewPrivileges=yes"] {
        assert!(unit.lines().any(|own| own == line), "{line}");
    }
}
