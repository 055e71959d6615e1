//! An HTTP client.

use reqwest::{Certificate, Client, ClientBuilder};

/// A client that uses no proxy and trusts these certificates only.
pub(crate) fn client(trusted: impl IntoIterator<Item = Certificate>) -> ClientBuilder {
    // Tests run in any order: the first client chooses the cryptography of the process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().tls_certs_only(trusted)
}
