//! One connection: TLS if configured, then HTTP/1.1 or HTTP/2, as the client begins.
//!
//! Responsible for the limits of a connection in headers, time and memory. Refuses a connection of a trusted proxy
//! without the PROXY protocol header that is expected.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::activity::Activity;
use super::answer_body::AnswerBody;
use super::budget::Reservation;
use super::peer::Peer;
use super::proxies::TrustedProxies;
use super::proxy_header;
use super::slots::Slot;
use super::tls::Tls;

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Time limit for the head of a request, and for a connection between two requests.
const HEAD: Duration = Duration::from_secs(30);
/// Bytes of the head of an HTTP/1.1 request.
const HEAD_SIZE: usize = 16 * 1024;
/// Header lines of an HTTP/1.1 request.
const HEAD_LINES: usize = 64;
/// Bytes of the headers of an HTTP/2 request.
const HEADER_LIST: u32 = 8 * 1024;
/// Requests at the same time on one HTTP/2 connection.
const STREAMS: u32 = 16;
/// Bytes that one HTTP/2 request may send before they are read.
const STREAM_WINDOW: u32 = 16 * 1024;
/// Bytes that all requests of one HTTP/2 connection may send before they are read; no less is possible.
const CONNECTION_WINDOW: u32 = 65_535;
/// Bytes of one HTTP/2 answer that are copied before the peer reads them.
const SEND_BUFFER: usize = 16 * 1024;
/// The interval of pings to a silent HTTP/2 peer.
const PING: Duration = Duration::from_secs(30);

/// A connection, and what is needed to serve it.
pub(super) struct Connection {
    /// The other side of the socket: a client, or a proxy.
    pub(super) peer: IpAddr,
    /// Whether it begins with a PROXY protocol header.
    pub(super) expects_header: bool,
    pub(super) proxies: TrustedProxies,
    pub(super) router: Router,
    pub(super) watcher: Watcher,
    /// Closed when the platform stops.
    pub(super) stopping: watch::Receiver<()>,
    /// Held as long as the connection is open.
    pub(super) slot: Slot,
}

impl Connection {
    /// Serves `stream` until either side closes it, it was idle for the time `idle`, or another connection needs the
    /// slot.
    pub(super) async fn run(self, mut stream: TcpStream, tls: Option<Tls>, idle: Duration) {
        let Some(connection) = self.of_client(&mut stream).await else { return };
        let (activity, stopping) = (Arc::clone(&connection.slot.activity), connection.stopping.clone());
        tokio::select! {
            () = connection.serve(stream, tls) => {}
            () = activity.ended(idle) => tracing::debug!("connection closed: it was idle, or its slot was needed"),
            () = unasked(&activity, stopping) => tracing::debug!("connection closed: nothing was asked"),
        }
    }

    /// The same connection under the address of the client that the proxy names, with a slot of that address. `None` if
    /// the connection must be closed.
    async fn of_client(mut self, stream: &mut TcpStream) -> Option<Self> {
        if !self.expects_header {
            return Some(self);
        }
        let activity = Arc::clone(&self.slot.activity);
        let header = tokio::select! {
            header = proxy_header::read(stream, proxy_header::HEADER_TIME) => header,
            () = activity.ended(2 * proxy_header::HEADER_TIME) => return None,
            _ = self.stopping.changed() => return None,
        };
        // The proxy forwards what the client writes: only the PROXY header is its own word.
        self.proxies = TrustedProxies::default();
        match header {
            Ok(Some(client)) => {
                let client = client.to_canonical();
                let slot = self.slot.moved(client, false);
                Some(Self { peer: client, slot, ..self })
            }
            Ok(None) => Some(self),
            Err(error) => {
                tracing::debug!(%error, proxy = %self.peer, "connection closed: no valid PROXY protocol header");
                None
            }
        }
    }

    async fn serve(self, stream: TcpStream, tls: Option<Tls>) {
        // Answers are small and complete: waiting to fill a packet only delays them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let Some(tls) = tls else { return self.drive(stream).await };
        let accepted = tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await;
        match accepted {
            Ok(Ok(stream)) => self.drive(stream).await,
            Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
            Err(_) => tracing::debug!("TLS handshake took too long"),
        }
    }

    async fn drive<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(self, stream: S) {
        let Self { peer, proxies, router, watcher, slot, .. } = self;
        let (activity, memory, slots) =
            (Arc::clone(&slot.activity), slot.memory.clone(), Arc::clone(&slot.slots));
        let service = tower::service_fn(move |mut request: Request<_>| {
            let handling = activity.begin_request();
            let activity = Arc::clone(&activity);
            let client = proxies.client(peer, request.headers());
            let memory = if client == peer { memory.clone() } else { slots.memory_of(client) };
            request.extensions_mut().insert(Peer(client));
            request.extensions_mut().insert(memory.of_request(handling.is_only()));
            let answer = router.clone().oneshot(request);
            async move {
                let mut response: Response<Body> = answer.await?;
                let reserved = response.extensions_mut().remove::<Arc<Reservation>>();
                let sending = activity.begin_answer();
                drop(handling);
                Ok::<_, Infallible>(response.map(|body| AnswerBody::new(body, sending, reserved)))
            }
        });
        let builder = builder();
        let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(error, "connection ended early");
        }
    }
}

/// Ready when the platform stops and the connection had no request: hyper's own shutdown waits for a head that has
/// begun.
async fn unasked(activity: &Activity, mut stopping: watch::Receiver<()>) {
    // No message is ever sent: closing the channel is the signal.
    let _ = stopping.changed().await;
    if activity.has_request() {
        std::future::pending::<()>().await;
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_headers(HEAD_LINES)
        .max_buf_size(HEAD_SIZE);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEADER_LIST)
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(PING);
    builder
}
