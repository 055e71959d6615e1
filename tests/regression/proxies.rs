//! The address of a client behind a proxy.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::Request;
use axum::routing::get;
use sactl::platform::app::{Limits, Listener, Peer};

use crate::common::client::client;
use crate::common::env::Env;

/// What a server that trusts `proxies` takes for the address of a client that sends `forwarded`.
async fn address_seen(proxies: &[&str], forwarded: &str) -> String {
    let echo = |request: Request| async move {
        request.extensions().get().map_or_else(String::new, |Peer(address): &Peer| address.to_string())
    };
    let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = Listener::bind(local, None).unwrap().limited(Limits::default());
    let listener = listener.trusting(proxies.iter().map(|text| text.parse().unwrap()).collect());
    let url = listener.url().unwrap();
    let router = axum::Router::new().route("/", get(echo));
    let serving = tokio::spawn(listener.serve(router, std::future::pending()));
    let client = client([]).build().unwrap();
    let answer = client.get(url).header("x-forwarded-for", forwarded).send().await.unwrap();
    let seen = answer.text().await.unwrap();
    serving.abort();
    seen
}

/// S4: behind a proxy, all clients had one address and were slowed down together.
#[tokio::test]
async fn client_behind_a_trusted_proxy_has_its_own_address() {
    let client = IpAddr::from([192, 0, 2, 7]).to_string();
    assert_eq!(address_seen(&["127.0.0.0/8"], &client).await, client);
    assert_eq!(address_seen(&["10.0.0.0/8"], &client).await, "127.0.0.1", "any client can send the header");
    assert_eq!(address_seen(&[], &client).await, "127.0.0.1");
}

/// S4: an invalid network, or one of all addresses, is refused before anything is opened.
#[test]
fn network_of_proxies_that_is_wrong_is_refused() {
    let env = Env::new();
    for (network, why) in [("10.0.0.0/33", "such as 10.0.0.0/8"), ("0.0.0.0/0", "every client")] {
        let output = env.command().args(["serve", "--trusted-proxy", network]).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(why) && told.contains("--trusted-proxy"), "{told}");
        assert_eq!(output.status.code(), Some(2));
    }
}

/// Every option of the server is a variable too, as a container wants it; one that is typed counts before it.
#[test]
fn options_of_serve_are_variables_too() {
    let env = Env::new();
    let refused = |name: &str, value: &str, line: &str| {
        let output = env.command().args(line.split(' ')).env(name, value).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (name, value) in [
        ("SACTL_SERVE_LISTEN", "localhost"),
        ("SACTL_SERVE_DATABASE", "mysql://secret"),
        ("SACTL_SERVE_TRUSTED_PROXY", "10.0.0.0/8,proxy"),
        ("SACTL_SERVE_SEED", "missing.toml"),
    ] {
        let (code, told) = refused(name, value, "serve");
        assert!(code == Some(2) && !told.contains("secret"), "{told}");
        assert!(told.contains(name) || told.contains("missing.toml"), "{told}");
    }
    let (code, told) = refused("SACTL_SERVE_TLS_CERT", "cert.pem", "serve");
    assert!(code == Some(2) && told.contains("--tls-key"), "{told}");
    let (code, told) = refused("SACTL_SERVE_SEED", "missing.toml", "serve --seed typed.toml");
    assert!(code == Some(2) && told.contains("typed.toml"), "{told}");
}
