//! The real platform on a free port with a database of its own, and plain HTTP to talk to it.
//!
//! Every [`Server`] is alone: its own database, its own threads. It stops when it is dropped. It is one node, or where
//! `SACTL_TEST_TWO_NODES=1` two nodes on one PostgreSQL database, which get its requests in turn. With
//! `SACTL_TEST_OTHER_NODE=PROGRAM` the second one is a process of that program, whose clock is that of the machine.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, Method};
use sactl::platform::app::{Limits, Listener};
use sactl::platform::service::session;
use sactl::platform::{Clock, Platform, router};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::client::client;
use super::database::Database;
use super::other_node::OtherNode;
use super::reply::Reply;
use super::seed::plant;
pub(crate) use super::seed::{PASSWORD, PASSWORD_HASH, SANDBOX};

/// A running platform.
pub(crate) struct Server {
    nodes: Vec<Node>,
    other: Option<OtherNode>,
    /// How many requests were sent.
    sent: AtomicUsize,
    http: Client,
    ahead: Arc<AtomicI64>,
    stopped_at: Arc<OnceLock<Timestamp>>,
    runtime: Runtime,
    database: Database,
}

/// One process of the platform, as far as the others can tell.
struct Node {
    url: String,
    platform: Platform,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Node {
    async fn start(database: &Database, clock: Clock, limits: Limits) -> Self {
        let platform = Platform::open_with_clock(&database.url, clock).await.unwrap();
        let listener = Listener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), None).unwrap();
        let listener = listener.limited(limits);
        let url = listener.url().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = router::router(platform.clone());
        let serving = tokio::spawn(listener.serve(router, async { drop(stopped.await) }));
        Self { url, platform, stop, serving }
    }
}

impl Server {
    /// One with the sample data of the sandbox.
    pub(crate) fn sandbox() -> Self {
        Self::seeded(SANDBOX)
    }

    /// One with the data of a seed file.
    pub(crate) fn seeded(seed: &str) -> Self {
        Self::limited(seed, Limits::default())
    }

    /// The same with other limits of connections.
    pub(crate) fn limited(seed: &str, limits: Limits) -> Self {
        if std::env::var_os("SACTL_TEST_TWO_NODES").is_some_and(|value| value == "1") {
            return Self::on_two_nodes(seed, limits).expect("two nodes need PostgreSQL");
        }
        Self::on(Database::sqlite(), 1, seed, limits, runtime())
    }

    /// Two nodes on one PostgreSQL database; `None` where PostgreSQL is not installed and not required.
    pub(crate) fn on_two_nodes(seed: &str, limits: Limits) -> Option<Self> {
        let runtime = runtime();
        let database = runtime.block_on(Database::postgres())?;
        let Some(program) = std::env::var_os("SACTL_TEST_OTHER_NODE") else {
            return Some(Self::on(database, 2, seed, limits, runtime));
        };
        // The older one is there first.
        let older = OtherNode::start(program.as_ref(), &database.url);
        let mut server = Self::on(database, 1, seed, limits, runtime);
        server.other = Some(older);
        Some(server)
    }

    fn on(database: Database, nodes: usize, seed: &str, limits: Limits, runtime: Runtime) -> Self {
        let ahead = Arc::new(AtomicI64::new(0));
        let seconds = Arc::clone(&ahead);
        let stopped_at = Arc::new(OnceLock::new());
        let standing = Arc::clone(&stopped_at);
        let clock: Clock = Arc::new(move || {
            let now = standing.get().copied().unwrap_or_else(Timestamp::now);
            now + SignedDuration::from_secs(seconds.load(Ordering::Relaxed))
        });
        let nodes = runtime.block_on(async {
            let mut started = Vec::new();
            for _ in 0..nodes {
                started.push(Node::start(&database, Arc::clone(&clock), limits).await);
            }
            plant(&started[0].platform, seed).await;
            started
        });
        let http = client([]).redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let sent = AtomicUsize::new(0);
        Self { nodes, other: None, sent, http, ahead, stopped_at, runtime, database }
    }

    /// Where the node is whose turn it is.
    fn next(&self) -> &str {
        let urls = self.nodes.iter().map(|node| &node.url).chain(self.other.iter().map(|other| &other.url));
        let urls: Vec<_> = urls.collect();
        urls[self.sent.fetch_add(1, Ordering::Relaxed) % urls.len()]
    }

    /// Where it is, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.nodes[0].url
    }

    /// Its database.
    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// The platform itself.
    pub(crate) fn platform(&self) -> &Platform {
        &self.nodes[0].platform
    }

    /// That of each node.
    pub(crate) fn platforms(&self) -> Vec<&Platform> {
        self.nodes.iter().map(|node| &node.platform).collect()
    }

    /// How many password hashes each node has computed.
    pub(crate) fn hashes_computed(&self) -> Vec<u64> {
        self.nodes.iter().map(|node| node.platform.hashes_computed()).collect()
    }

    /// Ends all connections to the database.
    pub(crate) fn lose_database(&self) {
        for node in &self.nodes {
            self.block_on(node.platform.clone().close());
        }
    }

    /// Stops the clock of the platform: from now on only [`Self::advance`] moves it.
    pub(crate) fn stop_clock(&self) {
        let _ = self.stopped_at.set(Timestamp::now());
    }

    /// Sets the clock of the platform forward.
    pub(crate) fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }

    /// By how many seconds the clock of the platform is ahead, for a thread that sets it forward.
    pub(crate) fn ahead(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.ahead)
    }

    /// Runs something on the threads of the server.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// A caller with a fresh token, issued without a password.
    pub(crate) fn sign_in(&self, name: &str) -> Caller<'_> {
        let grant = self.block_on(session::issue(self.platform(), name)).unwrap();
        self.bearer(grant.access_token.expose())
    }

    /// A caller with this token.
    pub(crate) fn bearer(&self, token: &str) -> Caller<'_> {
        Caller { server: self, token: Some(token.to_owned()) }
    }

    /// A caller without a token.
    pub(crate) fn anonymous(&self) -> Caller<'_> {
        Caller { server: self, token: None }
    }

    /// Posts a form.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], body)
    }

    /// The documented form of the token endpoint.
    pub(crate) fn token_form(&self, username: &str, password: &str) -> Reply {
        self.form(
            sactl::api::path::TOKEN,
            &[
                ("grant_type", "password"),
                ("username", username),
                ("password", password),
                ("client_id", "python"),
            ],
        )
    }

    /// Writes bytes to a connection of its own and reads to its end. The server may close before it has read all.
    pub(crate) fn raw(&self, bytes: &str) -> String {
        let mut stream = TcpStream::connect(self.next().trim_start_matches("http://")).unwrap();
        let mut writing = stream.try_clone().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(move || drop(writing.write_all(bytes.as_bytes())));
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            String::from_utf8_lossy(&answer).into_owned()
        })
    }

    /// Sends a request as it is.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Reply {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}{path}", self.next())).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.block_on(async {
            let response = request.send().await.unwrap();
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Reply { status, headers, text: response.text().await.unwrap() }
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for Node { stop, serving, platform, .. } in self.nodes.drain(..) {
            drop(stop);
            let _ = self.runtime.block_on(serving);
            self.runtime.block_on(platform.close());
        }
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A caller who sends requests.
#[derive(Clone)]
pub(crate) struct Caller<'a> {
    server: &'a Server,
    token: Option<String>,
}

impl Caller<'_> {
    /// The token.
    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Sends a request; `Null` is no body.
    pub(crate) fn call(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.call_with(method, path, body, &[])
    }

    /// The same with more headers.
    pub(crate) fn call_with(&self, method: &str, path: &str, body: &Value, more: &[(&str, &str)]) -> Reply {
        let bearer = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let mut headers = more.to_vec();
        headers.extend(bearer.as_deref().map(|bearer| (AUTHORIZATION.as_str(), bearer)));
        if body.is_null() {
            return self.server.send(method, path, &headers, "");
        }
        headers.push((CONTENT_TYPE.as_str(), "application/json"));
        self.server.send(method, path, &headers, body.to_string())
    }

    /// `GET`.
    pub(crate) fn get(&self, path: &str) -> Reply {
        self.call("GET", path, &Value::Null)
    }

    /// `POST`.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Reply {
        self.call("POST", path, body)
    }

    /// `PUT`.
    pub(crate) fn put(&self, path: &str, body: &Value) -> Reply {
        self.call("PUT", path, body)
    }

    /// `PATCH`.
    pub(crate) fn patch(&self, path: &str, body: &Value) -> Reply {
        self.call("PATCH", path, body)
    }

    /// `DELETE`.
    pub(crate) fn delete(&self, path: &str) -> Reply {
        self.call("DELETE", path, &Value::Null)
    }
}
