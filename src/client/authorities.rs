//! Whom https trusts: the authorities that were named for this call, and those of the system.
//!
//! Reading all that a system trusts costs more than a whole request, so it is read in parts, and a part only
//! when the ones before it do not vouch for the server. Whoever any part vouches for is trusted, exactly as if
//! all of them were one store. Nothing here makes a certificate count that rustls refuses.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Somebody who vouches for servers.
type Verifier = Arc<dyn ServerCertVerifier>;

/// The authorities, asked one part after the other.
pub(super) struct Authorities {
    provider: Arc<CryptoProvider>,
    named: Option<Verifier>,
    bundle: Option<PathBuf>,
    read: [OnceLock<Result<Verifier, Error>>; 2],
}

impl fmt::Debug for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorities").field("bundle", &self.bundle).finish_non_exhaustive()
    }
}

impl Authorities {
    /// Those of the system, and before them `named`. `bundle` is the file that holds most of what the system
    /// trusts, if it has one; everything else that it trusts is found without help.
    ///
    /// # Errors
    /// A named certificate is none; or nobody is named, and the system trusts nobody.
    pub(super) fn new(
        provider: Arc<CryptoProvider>,
        named: Option<&[CertificateDer<'static>]>,
        bundle: Option<PathBuf>,
    ) -> Result<Self, Error> {
        let mut roots = RootCertStore::empty();
        for certificate in named.unwrap_or_default() {
            roots.add(certificate.clone())?;
        }
        let named = named.is_some().then(|| verifier(roots, &provider)).transpose()?;
        let authorities = Self { provider, named, bundle, read: [OnceLock::new(), OnceLock::new()] };
        if authorities.named.is_none() && authorities.of_bundle().is_err() {
            authorities.of_system().clone()?;
        }
        Ok(authorities)
    }

    /// Those of the bundle.
    fn of_bundle(&self) -> &Result<Verifier, Error> {
        let nobody = || Err(Error::General("no bundle of authorities".to_owned()));
        self.read[0]
            .get_or_init(|| self.bundle.as_deref().map_or_else(nobody, |path| read(path, &self.provider)))
    }

    /// All that the system trusts.
    fn of_system(&self) -> &Result<Verifier, Error> {
        self.read[1].get_or_init(|| {
            let all = rustls_platform_verifier::Verifier::new(self.provider.clone())?;
            Ok(Arc::new(all) as Verifier)
        })
    }

    /// Asks each part until one says yes; else what was said first about more than not knowing the issuer.
    fn ask(
        &self,
        vouch: impl Fn(&Verifier) -> Result<ServerCertVerified, Error>,
    ) -> Result<ServerCertVerified, Error> {
        let unknown = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let mut refused = unknown.clone();
        let parts: [&dyn Fn() -> Option<Verifier>; 3] =
            [&|| self.named.clone(), &|| self.of_bundle().clone().ok(), &|| self.of_system().clone().ok()];
        for verifier in parts.iter().filter_map(|part| part()) {
            match vouch(&verifier) {
                Ok(verified) => return Ok(verified),
                Err(error) if refused == unknown => refused = error,
                Err(_) => {}
            }
        }
        Err(refused)
    }
}

/// The certificates of a PEM file, less those that are none.
fn read(path: &Path, provider: &Arc<CryptoProvider>) -> Result<Verifier, Error> {
    let unusable = |error: &dyn fmt::Display| Error::General(format!("{}: {error}", path.display()));
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| unusable(&error))?;
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates.filter_map(Result::ok));
    if roots.is_empty() {
        return Err(unusable(&"no certificate in it"));
    }
    verifier(roots, provider)
}

fn verifier(roots: RootCertStore, provider: &Arc<CryptoProvider>) -> Result<Verifier, Error> {
    let built = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
    Ok(built.map_err(|error| Error::General(error.to_string()))?)
}

impl ServerCertVerifier for Authorities {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.ask(|part| part.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
