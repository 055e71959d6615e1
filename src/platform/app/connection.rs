//! One connection: TLS where it is asked for, HTTP/1.1 or HTTP/2 as the client begins, bounded in headers
//! and in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tower::ServiceExt as _;

use super::{Peer, Tls};

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the head of a request may take, and how long a connection may idle between two.
const HEAD: Duration = Duration::from_secs(30);
/// Bytes of the head of an HTTP/1.1 request.
const HEAD_SIZE: usize = 32 * 1024;
/// Header lines of an HTTP/1.1 request.
const HEAD_LINES: usize = 64;
/// Bytes of the headers of an HTTP/2 request.
const HEADER_LIST: u32 = 16 * 1024;
/// Requests at the same time on one HTTP/2 connection.
const STREAMS: u32 = 128;
/// How often a silent HTTP/2 peer is asked whether it still lives.
const PING: Duration = Duration::from_secs(30);

/// What a connection needs to be served.
pub(super) struct Connection {
    pub(super) peer: Peer,
    pub(super) router: Router,
    pub(super) watcher: Watcher,
    /// Closed when the platform stops.
    pub(super) stopping: watch::Receiver<()>,
    /// Held as long as the connection is open.
    pub(super) _slot: Option<OwnedSemaphorePermit>,
}

impl Connection {
    /// Serves `stream` until either side closes it.
    pub(super) async fn run(self, stream: TcpStream, tls: Option<Tls>) {
        // Answers are small and complete: waiting to fill a packet only delays them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let Some(tls) = tls else { return self.drive(stream).await };
        let mut stopping = self.stopping.clone();
        let accepted = tokio::select! {
            accepted = tokio::time::timeout(HANDSHAKE, tls.accept(stream)) => accepted,
            _ = stopping.changed() => return,
        };
        match accepted {
            Ok(Ok(stream)) => self.drive(stream).await,
            Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
            Err(_) => tracing::debug!("TLS handshake took too long"),
        }
    }

    async fn drive<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(self, stream: S) {
        let Self { peer, router, watcher, stopping, _slot } = self;
        let asked = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&asked);
        let service = tower::service_fn(move |mut request: axum::http::Request<_>| {
            noted.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(peer);
            router.clone().oneshot(request)
        });
        let builder = builder();
        let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        tokio::select! {
            ended = watcher.watch(connection) => {
                if let Err(error) = ended {
                    tracing::debug!(error, "connection ended early");
                }
            }
            () = silent(&asked, stopping) => tracing::debug!("connection closed: nothing was asked"),
        }
    }
}

/// Ready when nothing was asked in time, or until the platform stops. hyper's own limit starts only once it
/// knows the version of HTTP, and its own end waits for a head that has begun.
async fn silent(asked: &AtomicBool, mut stopping: watch::Receiver<()>) {
    // Either outcome of each is the same: time is up.
    let _ = tokio::time::timeout(HEAD, stopping.changed()).await;
    if asked.load(Ordering::Relaxed) {
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
        .keep_alive_interval(PING);
    builder
}
