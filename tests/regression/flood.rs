//! A flood of sign-ins, and an honest user in it.

use std::net::IpAddr;
use std::task::Poll;
use std::time::Duration;

use futures_util::poll;
use reqwest::Client;
use sactl::api::{Code, path};
use sactl::domain::Password;
use sactl::platform::Platform;
use sactl::platform::service::session::{self, SignIn};
use tokio::task::JoinSet;

use crate::common::client::client;
use crate::common::database::Database;
use crate::common::platform::{PASSWORD, Server};

/// Sign-ins of one address at the same time: fewer than its budget of guesses.
const EACH: usize = 90;

/// Places in the queue: `WAITING_FOR_EACH` for each core.
fn places() -> usize {
    64 * std::thread::available_parallelism().unwrap().get()
}

/// Sends a sign-in from this address of the loopback network.
fn from(last: usize) -> Client {
    let address = IpAddr::from([127, 0, 1, u8::try_from(last).unwrap()]);
    client([]).local_address(address).build().unwrap()
}

async fn sign_in(client: Client, url: String, username: String) -> u16 {
    let form = [
        ("grant_type", "password"),
        ("client_id", "python"),
        ("username", &username),
        ("password", PASSWORD),
    ];
    let answer = client.post(format!("{url}{}", path::TOKEN)).form(&form).send().await.unwrap();
    answer.status().as_u16()
}

/// S18, P19: in a flood of 256 sign-ins, an honest user's sign-in from elsewhere was answered 503 in 13 of 13 tries.
#[test]
fn p19_honest_sign_in_while_the_queue_is_full_of_others_succeeds() {
    let server = Server::sandbox();
    let url = server.url().to_owned();
    let places = places();
    let addresses = 2 + 3 * places / EACH / 2;
    let token = server.sign_in("admin@acme.example").token().to_owned();
    let statuses = server.block_on(async {
        let mut flood = JoinSet::new();
        for address in 1..=addresses {
            let client = from(address);
            for number in 0..EACH {
                flood.spawn(sign_in(client.clone(), url.clone(), format!("name-{address}-{number}")));
            }
        }
        while server.platform().hash_queue().0 < places {
            assert!(
                server.platform().hashes_computed() < (addresses * EACH) as u64,
                "the queue was never full"
            );
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let me = from(251).get(format!("{url}{}", path::ME)).bearer_auth(&token).send().await.unwrap();
        assert_eq!(me.status(), 200, "a signed-in call");
        for account in ["backup-runner", "fleet-automation"] {
            assert_eq!(sign_in(from(250), url.clone(), account.to_owned()).await, 200, "{account}");
        }
        flood.join_all().await
    });
    assert!(statuses.contains(&503), "the queue was never full: {statuses:?}");
    assert_eq!(server.platform().hash_queue(), (0, 0));
}

/// In a flood, each sign-in that the full queue refused cost a statement, and other readers waited for it.
#[tokio::test]
async fn sign_in_that_finds_the_queue_full_is_refused_without_a_statement() {
    let database = Database::sqlite();
    let platform = Platform::open(&database.url).await.unwrap();
    let places = places();
    let attempt = |number: usize| {
        let request = SignIn {
            username: format!("name-{number}"),
            password: Password::new(PASSWORD),
            client_id: "python".to_owned(),
            otp: None,
            address: Some(IpAddr::from([192, 0, 2, 1])),
            request_id: "test".to_owned(),
        };
        let platform = platform.clone();
        Box::pin(async move { session::sign_in(&platform, request).await })
    };
    // The budget of one address is smaller than the queue, so most of these come through by their number at once.
    let mut flood: JoinSet<_> = (0..3 * places).map(attempt).collect();
    let refused = loop {
        assert!(flood.try_join_next().is_none_or(|ended| ended.unwrap().is_err()));
        if platform.hash_queue().0 == places
            && let Poll::Ready(refused) = poll!(attempt(3 * places))
        {
            break refused;
        }
        assert!(!flood.is_empty(), "every refusal waited for the database");
        tokio::task::yield_now().await;
    };
    assert_eq!(refused.unwrap_err().code, Code::Unavailable);
}
