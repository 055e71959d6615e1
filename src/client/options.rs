//! How to reach a server: the options of the HTTP client.
//!
//! Responsible for building the client. Refuses to read a file: certificates are handed to it.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use rustls::ClientConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls_platform_verifier::Verifier;

use super::{Error, Proxy, Result};
use crate::api::Code;
use crate::api::routes::Routes;
use crate::domain::Origin;

/// Longest time to connect.
const CONNECT: Duration = Duration::from_secs(10);

/// How to reach a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server.
    pub origin: Origin,
    /// The time for one request with all its repetitions.
    pub timeout: Duration,
    /// Plain http to a host that is not this machine was allowed.
    pub allow_http: bool,
    /// Certificates (PEM) to trust besides those of the system.
    pub authorities: Option<Vec<u8>>,
    /// What this client shows who it is with.
    pub certificate: Option<ClientCertificate>,
    /// The proxy for this server.
    pub proxy: Option<Proxy>,
    /// Where the server has its operations.
    pub routes: Arc<Routes>,
}

/// A client certificate with its key, both PEM.
#[derive(Clone)]
pub struct ClientCertificate {
    /// The certificate chain.
    pub chain: Vec<u8>,
    /// The private key.
    pub key: zeroize::Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[client certificate]")
    }
}

impl Options {
    /// Everything as usual for `origin`: 30 s, the system's trust store, no plain http.
    pub fn new(origin: Origin) -> Self {
        Self {
            origin,
            timeout: Duration::from_secs(30),
            allow_http: false,
            authorities: None,
            certificate: None,
            proxy: None,
            routes: Routes::ours(),
        }
    }

    /// Builds the HTTP client. It follows no redirect and always verifies certificates. It uses no proxy but the one of
    /// these options.
    pub(super) fn build(&self) -> Result<Client> {
        if !self.origin.is_https() && !self.origin.is_loopback() && !self.allow_http {
            return Err(Error::new(
                Code::Usage,
                format!("{} is not encrypted: passwords and tokens would be sent unencrypted", self.origin),
            )
            .hint("use https://, or allow it with --allow-http"));
        }
        // Refused only when it is installed already, which is as good.
        let _ = default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("sactl/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT.min(self.timeout));
        builder = match &self.proxy {
            Some(proxy) => builder.proxy(proxy.to_reqwest().map_err(|error| unbuilt(error.without_url()))?),
            None => builder.no_proxy(),
        };
        self.tls(builder)?.build().map_err(|error| unbuilt(error.without_url()))
    }

    fn tls(&self, builder: ClientBuilder) -> Result<ClientBuilder> {
        if !self.origin.is_https() {
            // An empty trust store: reading the system's costs more than the whole request.
            return Ok(builder.tls_certs_only([]));
        }
        let provider = Arc::new(default_provider());
        let trusted = Verifier::new_with_extra_roots(self.named()?, provider.clone())
            .map_err(|error| self.untrusting(error))?;
        // TLS 1.2 and 1.3, and nothing older.
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unbuilt)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(trusted));
        let mut config = match &self.certificate {
            None => config.with_no_client_auth(),
            Some(own) => {
                let (chain, key) = own.parsed()?;
                config.with_client_auth_cert(chain, key).map_err(unusable)?
            }
        };
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(builder.https_only(true).tls_backend_preconfigured(config))
    }

    /// The certificates of `--cacert`.
    fn named(&self) -> Result<Vec<CertificateDer<'static>>> {
        let Some(pem) = &self.authorities else { return Ok(Vec::new()) };
        let none = || Error::new(Code::Config, "the file in --cacert has no PEM certificate");
        let found: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        match found {
            Ok(found) if !found.is_empty() => Ok(found),
            Ok(_) => Err(none()),
            Err(error) => Err(none().caused_by(error)),
        }
    }

    /// With `--cacert`, one of its certificates is invalid; without, the machine has no trusted certificates.
    fn untrusting(&self, error: rustls::Error) -> Error {
        if self.authorities.is_some() {
            let broken = "the file in --cacert has an invalid certificate";
            return Error::new(Code::Config, broken).caused_by(error);
        }
        unbuilt(error).hint(
            "install the package ca-certificates, or pass a certificate authority with \
            --cacert FILE",
        )
    }
}

fn unbuilt(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(Code::Config, "cannot set up the connection").caused_by(error)
}

fn unusable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(Code::Config, "the client certificate or its key cannot be used").caused_by(error)
}

impl ClientCertificate {
    fn parsed(&self) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
        let chain: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.chain).collect();
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(unusable)?;
        Ok((chain.map_err(unusable)?, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P10: plain http only to this machine, or when asked for.
    #[test]
    fn plain_http_needs_loopback_or_consent() {
        let build = |origin: &str, allow_http| {
            Options { allow_http, ..Options::new(origin.parse().unwrap()) }.build()
        };
        assert_eq!(build("http://gateway.example", false).unwrap_err().code, Code::Usage);
        assert_eq!(build("http://localhost.example", false).unwrap_err().code, Code::Usage);
        assert!(build("http://gateway.example", true).is_ok());
        assert!(build("http://127.0.0.1:1", false).is_ok());
        assert!(build("http://[::1]:1", false).is_ok());
    }

    #[test]
    fn a_file_without_certificates_is_refused() {
        let options = Options {
            authorities: Some(b"not a certificate".to_vec()),
            ..Options::new("https://gateway.example".parse().unwrap())
        };
        assert_eq!(options.build().unwrap_err().code, Code::Config);
    }
}
