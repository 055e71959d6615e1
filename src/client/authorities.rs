//! Whom https trusts: the authorities that were named for this call, and those of the system.
//!
//! Reading all that a system trusts costs more than a whole request, so smaller stores, each a part of it, are asked
//! before. Who vouches for a server in a part does so in the whole: a chain ends at one root, and no other root
//! takes that back. What is refused is refused by the whole, in its words. Nothing here makes a certificate count
//! that rustls refuses.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Somebody who vouches for servers.
type Verifier = Arc<dyn ServerCertVerifier>;

/// How one store is read.
type Reader = fn(&Authorities) -> Result<Verifier, Error>;

/// The stores, each dearer than the one before, and the last one all.
const STORES: [Reader; 3] = [Authorities::of_named, Authorities::of_bundle, Authorities::all];
const NAMED: usize = 0;
const BUNDLE: usize = 1;
const ALL: usize = 2;

/// The authorities, one store after the other.
pub(super) struct Authorities {
    provider: Arc<CryptoProvider>,
    named: Vec<CertificateDer<'static>>,
    bundle: Option<PathBuf>,
    read: [OnceLock<Result<Verifier, Error>>; STORES.len()],
}

impl fmt::Debug for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorities").field("bundle", &self.bundle).finish_non_exhaustive()
    }
}

impl Authorities {
    /// Those of the system, and before them `named`. `bundle` is a file that holds most of what the system
    /// trusts, and nobody else, if it has one; everything that it trusts is found without help.
    ///
    /// # Errors
    /// A named certificate is none; or nobody is named, and the system trusts nobody.
    pub(super) fn new(
        provider: Arc<CryptoProvider>,
        named: Vec<CertificateDer<'static>>,
        bundle: Option<PathBuf>,
    ) -> Result<Self, Error> {
        let authorities = Self { provider, named, bundle, read: Default::default() };
        let usable = |place: usize| authorities.store(place).clone();
        match authorities.named.as_slice() {
            [] => usable(BUNDLE).or_else(|_| usable(ALL))?,
            _ => usable(NAMED)?,
        };
        Ok(authorities)
    }

    fn store(&self, place: usize) -> &Result<Verifier, Error> {
        self.read[place].get_or_init(|| STORES[place](self))
    }

    /// Those that were named. Each of them must be one.
    fn of_named(&self) -> Result<Verifier, Error> {
        let mut roots = RootCertStore::empty();
        for certificate in &self.named {
            roots.add(certificate.clone())?;
        }
        self.verifier(roots)
    }

    /// Those of the bundle, less what is no certificate.
    fn of_bundle(&self) -> Result<Verifier, Error> {
        let unread = |error: &dyn fmt::Display| Error::General(error.to_string());
        let path = self.bundle.as_deref().ok_or_else(|| unread(&"there is no bundle"))?;
        let certificates = CertificateDer::pem_file_iter(path).map_err(|error| unread(&error))?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates.filter_map(Result::ok));
        self.verifier(roots)
    }

    /// All that the system trusts, and those that were named.
    fn all(&self) -> Result<Verifier, Error> {
        let (named, provider) = (self.named.clone(), self.provider.clone());
        Ok(Arc::new(rustls_platform_verifier::Verifier::new_with_extra_roots(named, provider)?))
    }

    /// # Errors
    /// There are no roots.
    fn verifier(&self, roots: RootCertStore) -> Result<Verifier, Error> {
        let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), self.provider.clone());
        Ok(builder.build().map_err(|error| Error::General(error.to_string()))?)
    }
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
        let mut verdict = Err(Error::InvalidCertificate(CertificateError::UnknownIssuer));
        for store in (0..STORES.len()).filter_map(|place| self.store(place).as_ref().ok()) {
            verdict = store.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
            if verdict.is_ok() {
                break;
            }
        }
        verdict
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

#[cfg(test)]
mod tests;
