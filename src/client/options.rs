//! How to reach a server, and the HTTP client made from that.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Identity, tls};

use super::trust::tls_error;
use super::{Error, Result};
use crate::api::Code;
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
        }
    }

    /// Builds the HTTP client: no redirects ever, certificates always verified, loopback never through a
    /// proxy.
    pub(super) fn build(&self) -> Result<Client> {
        if !self.origin.is_https() && !self.origin.is_loopback() && !self.allow_http {
            return Err(Error::new(
                Code::Usage,
                format!("{} is not encrypted: passwords and tokens would travel in the clear", self.origin),
            )
            .hint("use https://, or accept that with --allow-http"));
        }
        // Refused only when it is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("sactl/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT.min(self.timeout));
        if self.origin.is_loopback() {
            builder = builder.no_proxy();
        }
        self.tls(builder)?.build().map_err(|error| self.unbuilt(error.without_url()))
    }

    /// Without `--cacert`, an error of TLS at this point means that the machine trusts nobody.
    fn unbuilt(&self, error: reqwest::Error) -> Error {
        let trusts_nobody = self.authorities.is_none() && tls_error(&error).is_some();
        let failed = Error::new(Code::Config, "cannot set up the connection").caused_by(error);
        if trusts_nobody {
            return failed
                .hint("install the package ca-certificates, or name an authority with --cacert FILE");
        }
        failed
    }

    fn tls(&self, builder: ClientBuilder) -> Result<ClientBuilder> {
        if !self.origin.is_https() {
            // An empty trust store: reading the system's costs more than the whole request.
            return Ok(builder.tls_certs_only([]));
        }
        let mut builder = builder.https_only(true).tls_version_min(tls::Version::TLS_1_2);
        if let Some(pem) = &self.authorities {
            let authorities = Certificate::from_pem_bundle(pem).map_err(|error| {
                Error::new(Code::Config, "the file of --cacert holds no PEM certificate").caused_by(error)
            })?;
            if authorities.is_empty() {
                return Err(Error::new(Code::Config, "the file of --cacert holds no PEM certificate"));
            }
            builder = builder.tls_certs_merge(authorities);
        }
        if let Some(certificate) = &self.certificate {
            builder = builder.identity(certificate.identity()?);
        }
        Ok(builder)
    }
}

impl ClientCertificate {
    fn identity(&self) -> Result<Identity> {
        let mut pem = zeroize::Zeroizing::new(Vec::with_capacity(self.chain.len() + self.key.len() + 1));
        pem.extend_from_slice(&self.chain);
        pem.push(b'\n');
        pem.extend_from_slice(&self.key);
        Identity::from_pem(&pem).map_err(|error| {
            Error::new(Code::Config, "the client certificate or its key cannot be used").caused_by(error)
        })
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
