//! Guesses that were not counted, and a brake that stopped the wrong one.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use sactl::api::account::ResetPassword;
use sactl::api::{Code, path};
use sactl::domain::secret::OneTimeCode;
use sactl::domain::{CompanyId, Password, Token};
use sactl::platform::Platform;
use sactl::platform::authn::authenticate;
use sactl::platform::context::RequestContext;
use sactl::platform::service::account;
use sactl::platform::service::session::{self, SignIn, issue, sign_in};

use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::json;

use crate::common::client::client;
use crate::common::context::acting;
use crate::common::database::Database;
use crate::common::platform::{PASSWORD, PASSWORD_HASH, SANDBOX, Server};
use crate::common::seed::plant;

/// A platform on a database of its own, with a clock that stands still until it is set forward.
struct World {
    platform: Platform,
    db: DatabaseConnection,
    clock: Arc<AtomicI64>,
    _database: Database,
}

impl World {
    async fn on(database: Database) -> Self {
        let clock = Arc::new(AtomicI64::new(Timestamp::now().as_millisecond()));
        let read = Arc::clone(&clock);
        let now = move || Timestamp::from_millisecond(read.load(Ordering::Relaxed)).unwrap();
        let platform = Platform::open_with_clock(&database.url, Arc::new(now)).await.unwrap();
        plant(&platform, SANDBOX).await;
        Self { platform, db: database.connect().await, clock, _database: database }
    }

    async fn number(&self, query: &str) -> i64 {
        let query = Statement::from_string(self.db.get_database_backend(), query);
        self.db.query_one_raw(query).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    /// The code of the refusal, or `None` for a token.
    async fn guess(&self, username: &str, password: &str, address: [u8; 4]) -> Option<Code> {
        let request = request(username, password, address);
        sign_in(&self.platform, request).await.err().map(|refusal| refusal.code)
    }
}

fn request(username: &str, password: &str, address: [u8; 4]) -> SignIn {
    SignIn {
        username: username.to_owned(),
        password: Password::new(password),
        client_id: "python".to_owned(),
        otp: None,
        address: Some(address.into()),
        request_id: "request".to_owned(),
    }
}

/// Resets the password of an account of Acme.
async fn reset(world: &World, name: &str, request_id: &str) -> RequestContext {
    let admin = issue(&world.platform, "admin@acme.example").await.unwrap();
    let caller = authenticate(&world.platform, &admin.access_token).await.unwrap();
    let admin = acting(&world.platform, &caller, CompanyId(1));
    let admin = RequestContext { request_id: request_id.to_owned(), ..admin };
    let reset = ResetPassword { password: Password::new("Other-1234!"), current_password: None };
    account::reset_password(&admin, name, reset).await.unwrap();
    admin
}

const HOME: [u8; 4] = [192, 0, 2, 1];
const ELSEWHERE: [u8; 4] = [203, 0, 113, 9];
const HUMAN: &str = "viewer@acme.example";
const ACCOUNTS: &str = "/api/companies/1/service-accounts";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Gives the account `fleet-automation` access in 3,200 more companies.
const COMPANIES: [&str; 2] = [
    "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 3200)
     INSERT INTO company (id, name, name_key, two_factor)
     SELECT 1000 + n, 'Company ' || n, 'company ' || n, FALSE FROM number",
    "INSERT INTO access (principal_id, company_id, role, external_key)
     SELECT principal.id, company.id, 'viewer', principal.name_key FROM principal, company
     WHERE principal.name_key = 'fleet-automation' AND company.id > 1000",
];

async fn an_account_of_many_companies(database: Database) {
    let world = World::on(database).await;
    for statement in COMPANIES {
        world.db.execute_unprepared(statement).await.unwrap();
    }
    for _ in 0..3 {
        assert_eq!(world.guess("fleet-automation", "Wrong-1!", HOME).await, Some(Code::InvalidGrant));
    }
    let refused = "SELECT times FROM refused_sign_in WHERE name = 'fleet-automation'";
    assert_eq!(world.number(refused).await, 3, "one row of the hour");
    world.clock.fetch_add(60 * 60 * 1000, Ordering::Relaxed);
    assert_eq!(world.guess("fleet-automation", "Wrong-1!", HOME).await, Some(Code::InvalidGrant));
    assert_eq!(world.number("SELECT COUNT(*) FROM refused_sign_in").await, 2, "a row of the next hour");

    let admin = reset(&world, "fleet-automation", "r1").await;
    let admin = RequestContext { request_id: "r2".to_owned(), ..admin };
    account::delete(&admin, "fleet-automation").await.unwrap();
    for request in ["r1", "r2"] {
        let records = format!("SELECT COUNT(*) FROM audit WHERE request_id = '{request}'");
        assert_eq!(world.number(&records).await, 3202, "a record in every company");
    }
}

/// S12: a wrong password of an account in 2,979 companies or more was answered 500 and not counted, and the account
/// could be neither reset nor deleted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn account_in_3200_companies_on_sqlite_is_counted_reset_and_deleted() {
    an_account_of_many_companies(Database::sqlite()).await;
}

/// S12: the same on PostgreSQL, from 5,957 companies on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn account_in_3200_companies_on_postgres_is_counted_reset_and_deleted() {
    if let Some(database) = Database::postgres().await {
        an_account_of_many_companies(database).await;
    }
}

/// S12: a failing record of a refusal undid the count of the guess.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guess_whose_record_fails_is_counted() {
    let world = World::on(Database::sqlite()).await;
    world.db.execute_unprepared("DROP TABLE refused_sign_in").await.unwrap();
    for _ in 0..10 {
        assert_eq!(world.guess("backup-runner", "Wrong-1!", HOME).await, Some(Code::InvalidGrant));
    }
    assert_eq!(world.guess("backup-runner", PASSWORD, HOME).await, Some(Code::RateLimited));
}

/// Writes that every budget of this scope is spent, and full again after so many seconds: the time in which all of it
/// comes back.
async fn spend(world: &World, scope: &str, seconds: i64) {
    let far = world.clock.load(Ordering::Relaxed) + 1000 * seconds;
    let spent = format!("UPDATE guess_budget SET full_at = {far} WHERE bucket LIKE 'password {scope} %'");
    assert!(world.db.execute_unprepared(&spent).await.unwrap().rows_affected() > 0);
}

/// S8: after ten failures from an address where the account had signed in, a guess from elsewhere was answered 400 for
/// this name and 429 for a name that does not exist.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn throttling_of_a_known_and_of_an_unknown_name_is_the_same() {
    let world = World::on(Database::sqlite()).await;
    assert_eq!(world.guess(HUMAN, PASSWORD, HOME).await, None);
    let mut told = Vec::new();
    for name in [HUMAN, "nobody@acme.example"] {
        let mut answers = Vec::new();
        for address in [HOME, ELSEWHERE] {
            for _ in 0..12 {
                answers.push(world.guess(name, "Wrong-1!", address).await);
            }
        }
        told.push(answers);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0][9..12], [Some(Code::InvalidGrant), Some(Code::RateLimited), Some(Code::RateLimited)]);
    assert_eq!(told[0][12], Some(Code::InvalidGrant));
    assert_eq!(world.number("SELECT COUNT(*) FROM refused_sign_in").await, 2, "one write for either name");
}

/// S7, S8: who polled a name had every guess of it, and its owner none. Where the budget of the name is spent, the
/// owner gets in from a known address, and nothing shows that the name exists.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn name_without_guesses_opens_to_its_owner_at_a_known_address_only() {
    let world = World::on(Database::sqlite()).await;
    assert_eq!(world.guess(HUMAN, PASSWORD, HOME).await, None);
    for name in [HUMAN, "nobody@acme.example"] {
        assert_eq!(world.guess(name, "Wrong-1!", ELSEWHERE).await, Some(Code::InvalidGrant));
    }
    spend(&world, "Name", 401 * 20).await;
    for (name, password, address) in [
        (HUMAN, "Wrong-1!", HOME),
        (HUMAN, "Wrong-1!", ELSEWHERE),
        (HUMAN, PASSWORD, ELSEWHERE),
        ("nobody@acme.example", PASSWORD, HOME),
    ] {
        assert_eq!(world.guess(name, password, address).await, Some(Code::RateLimited), "{name} {address:?}");
    }
    for _ in 0..20 {
        assert_eq!(world.guess(HUMAN, PASSWORD, HOME).await, None, "a right password is given back");
    }
}

/// S4: a right password from an address with 100 failures counted as a failure and made the wait longer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn known_account_behind_an_address_without_guesses_gets_in_and_costs_nothing() {
    let world = World::on(Database::sqlite()).await;
    assert_eq!(world.guess(HUMAN, PASSWORD, HOME).await, None);
    spend(&world, "Address", 101 * 2).await;
    let budgets = "SELECT COALESCE(SUM(full_at), 0) FROM guess_budget WHERE bucket LIKE 'password Address %'";
    let before = world.number(budgets).await;
    assert_eq!(world.guess(HUMAN, PASSWORD, HOME).await, None);
    assert_eq!(world.guess("operator@acme.example", PASSWORD, HOME).await, Some(Code::RateLimited));
    assert_eq!(world.number(budgets).await, before);
}

/// S10: a right password without a code, and a right password at a user interface, left no record.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn right_password_that_opens_nothing_is_recorded() {
    let world = World::on(Database::sqlite()).await;
    assert_eq!(world.guess("admin@contoso.example", PASSWORD, HOME).await, Some(Code::MfaRequired));
    let request = SignIn { client_id: "SWHWebApp".to_owned(), ..request("contoso-sync", PASSWORD, HOME) };
    assert_eq!(sign_in(&world.platform, request).await.unwrap_err().code, Code::UnauthorizedClient);
    for (name, reason) in [("admin@contoso.example", "mfa_required"), ("contoso-sync", "unauthorized_client")]
    {
        let query =
            format!("SELECT COUNT(*) FROM refused_sign_in WHERE name = '{name}' AND reason = '{reason}'");
        assert_eq!(world.number(&query).await, 1, "{name}");
    }
}

/// S16: after a reset the addresses from which the old password was used were still known.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reset_forgets_known_addresses() {
    let world = World::on(Database::sqlite()).await;
    for last in 0..20 {
        assert_eq!(world.guess("backup-runner", PASSWORD, [192, 0, 2, last]).await, None);
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM familiar").await, 16, "only so many are known");
    reset(&world, "backup-runner", "r1").await;
    assert_eq!(world.number("SELECT COUNT(*) FROM familiar").await, 0);
}

/// S16, P15: codes that were sent at the same time got ten guesses instead of five.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p15_codes_sent_at_the_same_time_get_five_guesses() {
    let world = World::on(Database::sqlite()).await;
    let guesses = (0..30).map(|_| {
        let otp = Some(OneTimeCode::new("00000x"));
        let (platform, request) =
            (world.platform.clone(), SignIn { otp, ..request("admin@contoso.example", PASSWORD, HOME) });
        tokio::spawn(async move { sign_in(&platform, request).await.unwrap_err().code })
    });
    let mut told = Vec::new();
    for guess in guesses.collect::<Vec<_>>() {
        told.push(guess.await.unwrap());
    }
    assert_eq!(told.iter().filter(|code| **code == Code::InvalidGrant).count(), 5, "{told:?}");
}

/// S2: a caller with a token tested passwords without a count, by resetting its own and by repeating a creation.
#[test]
fn password_given_once_more_is_counted() {
    let server = Server::sandbox();
    server.stop_clock();
    let admin = server.sign_in("admin@acme.example");
    let create = |password: &str| {
        let body = json!({"name": "courier", "password": password});
        admin.call_with("POST", ACCOUNTS, &body, &[("idempotency-key", "7c1f5e")])
    };
    create(PASSWORD).data(201);
    // A hash of the same password that costs less to verify.
    let cheap = format!("UPDATE principal SET password_hash = '{PASSWORD_HASH}' WHERE name = 'courier'");
    server.block_on(async { server.database().connect().await.execute_unprepared(&cheap).await }).unwrap();
    for _ in 0..100 {
        create("Courier-Pass-2").refused(422, "invalid_input");
    }
    create(PASSWORD).refused(429, "rate_limited");
    let own = server.sign_in("fleet-automation");
    let reset = |current: &str| {
        let body = json!({"password": "Other-Pass-1234", "current_password": current});
        own.put(&format!("{ACCOUNTS}/fleet-automation/password"), &body)
    };
    for _ in 0..100 {
        reset("Wrong-Pass-1").refused(422, "invalid_input");
    }
    reset(PASSWORD).refused(429, "rate_limited");
    server.advance(61);
    reset(PASSWORD).data(200);
}

/// One guess whose client hangs up after 40 ms.
fn hang_up(server: &Server, password: &str) {
    let body = format!("grant_type=password&username=backup-runner&password={password}&client_id=python");
    let mut stream = TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
    let head = format!("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n", path::TOKEN, body.len());
    write!(stream, "{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}").unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(40))).unwrap();
    let _ = stream.read(&mut [0; 1]);
}

/// S2, P29: of 300 guesses whose clients hung up after 40 ms two were counted, and the right password was found.
#[test]
fn guess_whose_client_hangs_up_is_counted() {
    let server = Server::sandbox();
    server.stop_clock();
    let mut sent = 0;
    while server.platform().hashes_computed() < 10 {
        sent += 1;
        assert!(sent < 300, "{} guesses arrived", server.platform().hashes_computed());
        hang_up(&server, "Wrong-Pass-1");
    }
    for _ in 0..20 {
        hang_up(&server, "Wrong-Pass-1");
    }
    server.token_form("backup-runner", PASSWORD).refused(429, "rate_limited");
    assert_eq!(server.platform().hashes_computed(), 10);
}

/// S2: a flood of revocations of unknown tokens held the only writer, and guesses waited for their count.
#[test]
fn revocation_of_an_unknown_token_does_not_wait_for_the_writer() {
    let server = Server::sandbox();
    let known = server.sign_in("admin@acme.example");
    let url = server.database().url.to_string();
    let db = server.block_on(sea_orm::Database::connect(url)).unwrap();
    server.block_on(async {
        let mut other = db.get_sqlite_connection_pool().acquire().await.unwrap();
        sqlx::Executor::execute(&mut *other, "BEGIN IMMEDIATE").await.unwrap();
        let token = Token::new("sat_unknown");
        let unknown = session::revoke(server.platform(), &token);
        tokio::time::timeout(Duration::from_secs(10), unknown)
            .await
            .expect("it waits for the writer")
            .unwrap();
        sqlx::Executor::execute(&mut *other, "ROLLBACK").await.unwrap();
    });
    assert_eq!(server.form(path::REVOCATION, &[("token", known.token())]).status, 200);
    known.get("/api/users/me").refused(401, "unauthenticated");
}

/// S7, P29: who asked for one name without a pause kept its owner out for as long as he liked.
#[test]
fn poller_does_not_keep_the_owner_out() {
    let server = Server::sandbox();
    let from = |last: u8| {
        let client = client([]).local_address(IpAddr::from([127, 0, 0, last]));
        let (client, url) = (client.build().unwrap(), format!("{}{}", server.url(), path::TOKEN));
        move |password: &'static str| {
            let form =
                format!("grant_type=password&username=backup-runner&password={password}&client_id=python");
            let request = client.post(&url).header(FORM.0, FORM.1).body(form);
            async move { request.send().await.unwrap().status().as_u16() }
        }
    };
    let (poll, owner) = (from(7), from(5));
    server.block_on(async {
        for _ in 0..3 {
            let all = futures_util::future::join_all((0..20).map(|_| poll("Wrong-Pass-1"))).await;
            assert!(all.contains(&429), "{all:?}");
        }
        let polling = async {
            loop {
                poll("Wrong-Pass-1").await;
            }
        };
        tokio::select! {
            () = polling => {}
            status = owner(PASSWORD) => assert_eq!(status, 200),
        }
    });
}
