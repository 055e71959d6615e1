//! Failures of a proxy never named it, and variables that name it were read otherwise than curl reads them.

use std::io::{Read as _, Write as _};

use crate::common::env::Env;
use crate::common::stub::Acceptor;

/// A call to a server behind the proxy of the environment.
fn behind(variable: &str, proxy: &str) -> Env {
    let env = Env::new().with("SACTL_SERVER", "https://gateway.example").with("SACTL_TOKEN", "sat_x");
    env.with("SACTL_COMPANY", "1").with(variable, proxy)
}

/// R9: a proxy that wants a password was asked three times, and its refusal named only the server.
#[test]
fn a_proxy_that_refuses_is_named_and_not_asked_again() {
    for status in ["407 Proxy Authentication Required", "403 Forbidden"] {
        let proxy = Acceptor::start(move |mut stream| {
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        });
        let address = proxy.url().trim_start_matches("http://").to_owned();
        let env = behind("HTTPS_PROXY", &format!("http://user:hidden-word@{address}"));
        let refused = env.sactl("list");
        refused.refused(8, &format!("http://{address} (HTTPS_PROXY)"));
        assert!(
            refused.stderr.contains("gateway.example") && !refused.stderr.contains("hidden-word"),
            "{refused}"
        );
        assert_eq!(proxy.connections(), 1, "{status}");
    }
}

/// R9: a proxy that is dead, or that no name server knows, was not named.
#[test]
fn a_proxy_that_does_not_answer_is_named() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for address in [closed.to_string(), "no-such-proxy.invalid:3128".to_owned()] {
        let refused = behind("https_proxy", &address).sactl("list");
        refused.refused(8, &format!("the proxy http://{address} (https_proxy)"));
    }
}

/// R10: a proxy that is no address was ignored, and the call went past it.
#[test]
fn a_variable_that_holds_no_proxy_is_a_usage_error() {
    for broken in ["http://", "socks9://proxy:1", "http://proxy:port", "://"] {
        let refused = behind("HTTPS_PROXY", broken).sactl("list");
        refused.refused(2, "HTTPS_PROXY does not hold the address of a proxy");
    }
}
