//! Why a TLS handshake failed, and how to fix it.
//!
//! Responsible for explaining it. Refuses to decide: rustls has refused already.

use std::error::Error as StdError;
use std::io;

use rustls::{AlertDescription, CertificateError, OtherError};

/// The error of TLS somewhere below `error`, however often it was wrapped.
pub(super) fn tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    if let Some(found) = error.downcast_ref::<rustls::Error>() {
        return Some(found);
    }
    // What an I/O error wraps is not its source: its source is the source of what it wraps.
    if let Some(wrapped) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return tls_error(wrapped);
    }
    error.source().and_then(tls_error)
}

/// The two sides do not accept each other, so that nothing of the request was read: what to say, and what to do. `None`
/// for anything else. Most reasons count only while `connecting`: later they mean that the connection broke.
pub(super) fn distrust(
    error: &(dyn StdError + 'static),
    connecting: bool,
) -> Option<(&'static str, &'static str)> {
    let (message, hint) = match tls_error(error)? {
        rustls::Error::AlertReceived(alert) if is_about_us(*alert) => (
            "the server does not accept this client",
            "pass a client certificate with --client-cert FILE and --client-key FILE",
        ),
        _ if !connecting => return None,
        rustls::Error::InvalidCertificate(cause) => ("the server cannot be trusted", of_certificate(cause)),
        rustls::Error::InvalidMessage(_) => {
            ("the server does not speak TLS", "check the port, and whether the server uses https")
        }
        rustls::Error::AlertReceived(_)
        | rustls::Error::PeerIncompatible(_)
        | rustls::Error::PeerMisbehaved(_)
        | rustls::Error::NoApplicationProtocol => {
            ("no encrypted connection to the server is possible", "check the server's TLS settings")
        }
        _ => return None,
    };
    Some((message, hint))
}

fn of_certificate(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => {
            "renew the certificate on the server, unless the clock of this machine is wrong"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "use the server name of the certificate in --server"
        }
        CertificateError::Other(other) if is_authority(other) => {
            "the certificate of the server is a certificate authority: replace it on the server with one \
             that the authority signed, or with a self-signed one made with: \
             openssl req -x509 -addext basicConstraints=critical,CA:FALSE …"
        }
        CertificateError::Revoked => "the certificate was revoked: tell the operators of the server",
        _ => "if the server uses a private certificate authority, pass --cacert FILE",
    }
}

/// Whether an authority shows its own certificate as that of a server.
fn is_authority(error: &OtherError) -> bool {
    error.0.downcast_ref::<webpki::Error>() == Some(&webpki::Error::CaUsedAsEndEntity)
}

/// With TLS 1.3 a server says no to a client certificate when the client thinks that all is well. It has then
/// read nothing of the request.
fn is_about_us(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::CertificateRequired
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] io::Error);

    fn wrapped(error: rustls::Error) -> Outer {
        Outer(io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error)))
    }

    #[test]
    fn errors_of_tls_are_found_however_wrapped() {
        let unknown = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        assert_eq!(tls_error(&unknown), Some(&unknown));
        assert_eq!(tls_error(&wrapped(unknown.clone())), Some(&unknown));
        assert_eq!(tls_error(&Outer(io::ErrorKind::UnexpectedEof.into())), None);
        assert!(distrust(&wrapped(rustls::Error::EncryptError), true).is_none());
    }

    #[test]
    fn each_reason_has_its_mend() {
        use rustls::Error::{AlertReceived, InvalidCertificate};
        let of_authority = OtherError(std::sync::Arc::new(webpki::Error::CaUsedAsEndEntity));
        for (error, fix) in [
            (InvalidCertificate(CertificateError::UnknownIssuer), "--cacert"),
            (InvalidCertificate(CertificateError::NotValidForName), "--server"),
            (InvalidCertificate(CertificateError::Expired), "clock"),
            (InvalidCertificate(CertificateError::Other(of_authority)), "CA:FALSE"),
            (AlertReceived(AlertDescription::CertificateRequired), "--client-cert"),
            (AlertReceived(AlertDescription::HandshakeFailure), "TLS"),
        ] {
            let (_, hint) = distrust(&wrapped(error), true).unwrap();
            assert!(hint.contains(fix), "{fix}");
        }
    }

    /// Once the request is on its way, only a no to our certificate says that it was not read.
    #[test]
    fn what_breaks_later_leaves_a_doubt() {
        let later = |alert| distrust(&wrapped(rustls::Error::AlertReceived(alert)), false).is_some();
        assert!(later(AlertDescription::CertificateRequired));
        assert!(!later(AlertDescription::InternalError));
    }
}
