//! Certificates of every kind, good and bad, made when a test runs, and servers that show them: a front that
//! speaks TLS before any plain server, and a server that speaks HTTP/2.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A certificate authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key.
pub(crate) struct Certified {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

/// How long a certificate counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    /// For many years.
    Long,
    /// It ended long ago.
    Over,
}

impl Authority {
    /// A new one, unknown to every machine.
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let mut params = CertificateParams::default();
        let name = format!("Test Authority {}", NUMBER.fetch_add(1, Ordering::SeqCst));
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its own certificate, as `--cacert` takes it.
    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// Its own key.
    #[cfg(feature = "platform")]
    pub(crate) fn key_pem(&self) -> String {
        self.0.key().serialize_pem()
    }

    /// A certificate of a server that is called by these names or addresses.
    pub(crate) fn server(&self, names: &[&str], validity: Validity) -> Certified {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "Test Server");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        if validity == Validity::Over {
            (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
        }
        self.sign(&params)
    }

    /// A certificate of a client.
    pub(crate) fn client(&self) -> Certified {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Test Client");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.sign(&params)
    }

    fn sign(&self, params: &CertificateParams) -> Certified {
        let key = KeyPair::generate().unwrap();
        Certified { certificate: params.signed_by(&key, &self.0).unwrap(), key }
    }

    fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        Arc::new(roots)
    }
}

impl Certified {
    /// The certificate, as `--client-cert` takes it.
    pub(crate) fn certificate_pem(&self) -> String {
        self.certificate.pem()
    }

    /// The key, as `--client-key` takes it.
    pub(crate) fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// Who shows the certificate to a client that asks for TLS within another protocol.
    #[cfg(feature = "platform")]
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::new(self.server_config(None, &[])))
    }

    fn server_config(&self, clients: Option<&Authority>, protocols: &[&str]) -> ServerConfig {
        let provider = Arc::new(default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone());
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => builder.with_client_cert_verifier(
                WebPkiClientVerifier::builder_with_provider(authority.roots(), provider).build().unwrap(),
            ),
        };
        let chain: Vec<CertificateDer<'static>> = vec![self.certificate.der().clone()];
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let mut config = builder.with_single_cert(chain, key).unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        config
    }
}

/// What a server with TLS has seen.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    handshakes: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

/// A server with TLS on a free loopback port; it ends when it is dropped.
pub(crate) struct TlsServer {
    address: SocketAddr,
    seen: Arc<Seen>,
    _stop: oneshot::Sender<()>,
}

impl TlsServer {
    /// Hands what it decrypts on to the plain server at `url`.
    pub(crate) fn before(url: &str, certified: &Certified) -> Self {
        Self::front(url, certified, None)
    }

    /// The same, for clients with a certificate of `clients` only.
    pub(crate) fn for_clients_of(clients: &Authority, url: &str, certified: &Certified) -> Self {
        Self::front(url, certified, Some(clients))
    }

    fn front(url: &str, certified: &Certified, clients: Option<&Authority>) -> Self {
        let upstream = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self::start(certified.server_config(clients, &["http/1.1"]), move |mut stream, _| {
            let upstream = upstream.clone();
            async move {
                let Ok(mut plain) = TcpStream::connect(upstream).await else { return };
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut plain).await;
            }
        })
    }

    /// Speaks HTTP/2 alone and answers every request with this JSON document.
    pub(crate) fn http2(certified: &Certified, document: &'static str) -> Self {
        Self::start(certified.server_config(None, &["h2"]), move |stream, seen| async move {
            let Ok(mut connection) = h2::server::handshake(stream).await else { return };
            while let Some(Ok((request, mut respond))) = connection.accept().await {
                let line = format!("{} {} {:?}", request.method(), request.uri().path(), request.version());
                seen.requests.lock().unwrap().push(line);
                let mut answer = respond.send_response(json_head(), false).unwrap();
                answer.send_data(document.into(), true).unwrap();
            }
        })
    }

    fn start<F: Future<Output = ()> + Send + 'static>(
        config: ServerConfig,
        serve: impl Fn(TlsStream<TcpStream>, Arc<Seen>) -> F + Send + 'static,
    ) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let (stop, stopped) = oneshot::channel::<()>();
        let (acceptor, watched) = (TlsAcceptor::from(Arc::new(config)), seen.clone());
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    () = accept(&listener, &acceptor, &watched, &serve) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address, seen, _stop: stop }
    }

    /// Where it listens, by address.
    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Its port, for who calls it by another name.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections came so far.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// How many of them both sides found in order.
    pub(crate) fn handshakes(&self) -> usize {
        self.seen.handshakes.load(Ordering::SeqCst)
    }

    /// Method, path and version of what came over HTTP/2.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }
}

async fn accept<F: Future<Output = ()> + Send + 'static>(
    listener: &TcpListener,
    acceptor: &TlsAcceptor,
    seen: &Arc<Seen>,
    serve: &impl Fn(TlsStream<TcpStream>, Arc<Seen>) -> F,
) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        seen.connections.fetch_add(1, Ordering::SeqCst);
        if let Ok(stream) = acceptor.accept(stream).await {
            seen.handshakes.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(stream, seen.clone()));
        }
    }
}

fn json_head() -> http::Response<()> {
    http::Response::builder().header("content-type", "application/json").body(()).unwrap()
}
