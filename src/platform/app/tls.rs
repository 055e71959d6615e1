//! TLS of the platform: certificate and key from PEM files, HTTP/1.1 and HTTP/2 offered.
//!
//! Responsible for reading and reloading both files. Refuses a private key that other users can read, and files that do
//! not match.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A certificate with its key, ready to serve.
#[derive(Clone)]
pub struct Tls {
    /// The files of the certificate and of the key.
    files: (PathBuf, PathBuf),
    current: Arc<RwLock<TlsAcceptor>>,
    shows_authority: bool,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

/// Why a certificate cannot be used. Names the file, never its contents.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that cannot be read, or holds no PEM of the kind needed.
    #[error("cannot read {what} from {}: {source}", path.display())]
    File {
        /// What was looked for.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        source: rustls::pki_types::pem::Error,
    },
    /// A private key that other users can read.
    #[error(
        "every user of this machine can read the private key {0}: run `chmod 600 {0}`, and use a new key where others \
         may have read this one"
    )]
    Exposed(String),
    /// A file without any certificate.
    #[error("{} holds no certificate", .0.display())]
    NoCertificate(PathBuf),
    /// Certificate and key do not match.
    #[error("the certificate cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

impl Tls {
    /// Reads the certificate chain (the server's own first) and the private key.
    ///
    /// # Errors
    /// [`TlsError`], with the file that is wrong. A key that all users may read is refused.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let (acceptor, shows_authority) = read(certificate, key)?;
        let files = (certificate.to_owned(), key.to_owned());
        Ok(Self { files, current: Arc::new(RwLock::new(acceptor)), shows_authority })
    }

    /// Reads both files again; new connections get the new certificate.
    ///
    /// # Errors
    /// [`TlsError`]; the old certificate stays in use.
    pub fn reload(&self) -> Result<(), TlsError> {
        let (acceptor, _) = read(&self.files.0, &self.files.1)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = acceptor;
        Ok(())
    }

    /// Whether the certificate is that of an authority, which strict clients refuse from a server.
    pub const fn shows_authority(&self) -> bool {
        self.shows_authority
    }

    /// Performs the handshake.
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let acceptor = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        acceptor.accept(stream).await
    }
}

/// Reads certificate and key, and checks whether the certificate is that of an authority.
fn read(certificate: &Path, key: &Path) -> Result<(TlsAcceptor, bool), TlsError> {
    let file = |what, path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::File { what, path, source }
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(file("a certificate", certificate))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate(certificate.to_owned()));
    }
    if is_exposed(key) {
        return Err(TlsError::Exposed(key.display().to_string()));
    }
    let shows_authority = is_authority(&chain[0]);
    let key = PrivateKeyDer::from_pem_file(key).map_err(file("a private key", key))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), shows_authority))
}

/// Whether a client that checks chains as `sactl` does refuses the certificate, because it is an authority's own.
fn is_authority(certificate: &CertificateDer<'_>) -> bool {
    let Ok(certificate) = webpki::EndEntityCert::try_from(certificate) else { return false };
    let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms.all;
    let usage = webpki::KeyUsage::server_auth();
    // No anchor: whether it is an authority is looked at before the chain.
    let outcome =
        certificate.verify_for_usage(algorithms, &[], &[], UnixTime::now(), usage, None, None).map(drop);
    outcome == Err(webpki::Error::CaUsedAsEndEntity)
}

/// Whether users other than the owner and the group may read or write the file. Groups that hold keys are common.
fn is_exposed(key: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(key).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o006 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = key;
        false
    }
}
