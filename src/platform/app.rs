//! The listening side of the platform: bind, accept, serve, stop.
//!
//! Responsible for connections, and not for the contents of requests. Refuses to let a peer hold a connection without
//! sending requests or reading answers, to keep more connections than it can serve, and to wait without limit when it
//! must stop.

mod activity;
mod answer_body;
mod budget;
mod connection;
mod open_files;
mod peer;
mod proxies;
mod proxy_header;
mod slots;
mod tls;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use self::budget::{MemoryBudget, Reservation};
pub use self::peer::Peer;
use self::proxies::TrustedProxies;
pub use self::proxies::{InvalidProxyNetwork, ProxyNetwork};
pub use self::slots::Limits;
use self::slots::Slots;
pub use self::tls::{Tls, TlsError};

/// Time limit for requests in progress when the platform must stop.
const DRAIN: Duration = Duration::from_secs(10);
/// Bytes of answers that the system keeps for a peer that does not read. Its own choice is some MiB.
const UNREAD: u32 = 128 * 1024;
/// Connections that wait to be accepted.
const WAITING: u32 = 1024;
/// How long to wait when the system has no file descriptor left for a connection.
const BREATH: Duration = Duration::from_millis(50);

/// A bound socket that does not accept yet.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    tls: Option<Tls>,
    limits: Limits,
    proxies: TrustedProxies,
    /// Whether trusted proxies begin each connection with a PROXY protocol header.
    expects_header: bool,
}

impl Listener {
    /// Binds `address`; port 0 takes any free port. With `tls`, only TLS is spoken.
    ///
    /// # Errors
    /// Those of the system, for example that the port is taken.
    pub fn bind(address: SocketAddr, tls: Option<Tls>) -> io::Result<Self> {
        let limits = Limits::default().within(open_files::raise());
        let proxies = TrustedProxies::default();
        Ok(Self { socket: listen(address)?, tls, limits, proxies, expects_header: false })
    }

    /// The same listener with other limits.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same listener behind trusted proxies, whose headers contain the address of the client.
    #[must_use]
    pub fn trusting(self, proxies: Vec<ProxyNetwork>) -> Self {
        Self { proxies: TrustedProxies::new(proxies), ..self }
    }

    /// The same listener behind proxies that begin each connection with a PROXY protocol header.
    #[must_use]
    pub fn expecting_header(self) -> Self {
        Self { expects_header: true, ..self }
    }

    /// The URL for clients.
    ///
    /// # Errors
    /// Those of the system.
    pub fn url(&self) -> io::Result<String> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        Ok(format!("{scheme}://{}", self.socket.local_addr()?))
    }

    /// Answers requests with `router` until `stop` is ready, then finishes the requests in progress, for at most ten
    /// seconds, and returns with every connection closed.
    pub async fn serve(self, router: Router, stop: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let slots = Slots::new(self.limits);
        let mut connections = JoinSet::new();
        // No message is ever sent: closing the channel is the signal to stop.
        let (running, stopping) = watch::channel(());
        let mut stop = pin!(stop);
        loop {
            // A connection that gave up its slot still takes memory until it has ended.
            while connections.len() > self.limits.connections {
                connections.join_next().await;
            }
            let (stream, peer) = tokio::select! {
                () = &mut stop => break,
                accepted = self.accept(&slots) => accepted,
            };
            while connections.try_join_next().is_some() {}
            let is_proxy = self.proxies.contains(peer.ip());
            let connection = connection::Connection {
                peer: peer.ip(),
                expects_header: self.expects_header && is_proxy,
                proxies: self.proxies.clone(),
                router: router.clone(),
                watcher: graceful.watcher(),
                stopping: stopping.clone(),
                slot: slots.admit(peer.ip(), is_proxy),
            };
            connections.spawn(connection.run(stream, self.tls.clone(), slots.idle()));
        }
        drop((self, running));
        if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
            tracing::warn!("stopped with requests still under way");
        }
        connections.shutdown().await;
    }

    async fn accept(&self, slots: &Slots) -> (TcpStream, SocketAddr) {
        loop {
            match self.socket.accept().await {
                Ok(accepted) => return accepted,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    // Probably no file descriptor is left.
                    slots.close_one();
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A port that was just released can be bound again immediately. On Windows the option has another meaning.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    // Connections inherit it.
    socket.set_send_buffer_size(UNREAD)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// The signal to reload files: SIGHUP.
#[derive(Debug)]
pub struct ReloadSignal(#[cfg(unix)] tokio::signal::unix::Signal);

impl ReloadSignal {
    /// Listens for it; without this, it ends the process.
    ///
    /// # Errors
    /// Those of the system, if it does not allow to listen for signals.
    pub fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        return tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).map(Self);
        #[cfg(not(unix))]
        Ok(Self())
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        if self.0.recv().await.is_some() {
            return;
        }
        std::future::pending::<()>().await;
    }
}

/// Ready when the process is asked to stop: SIGINT or SIGTERM.
///
/// # Errors
/// Those of the system, if it does not allow to listen for signals.
pub fn stop_signal() -> io::Result<impl Future<Output = ()> + Send> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn connection_keeps_few_bytes_for_a_peer_that_does_not_read() {
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let _peer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        let kept = rustix::net::sockopt::socket_send_buffer_size(&accepted).unwrap();
        assert!(kept <= 2 * usize::try_from(UNREAD).unwrap(), "{kept}");
    }
}
