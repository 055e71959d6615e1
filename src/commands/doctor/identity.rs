//! Whether the credentials at hand are good. Nobody is asked, nothing is renewed or stored.

use jiff::Timestamp;

use super::finding::{Finding, PATIENCE};
use super::store;
use crate::api::Code;
use crate::api::session::{Identity as Known, Kind};
use crate::client::{Gateway, Session, SignIn};
use crate::config::credentials::Credentials;
use crate::config::{Identity, Settings};
use crate::context::Context;
use crate::error::{CliError, Result};

const NAME: &str = "sign-in";

/// Asks the server whom it sees.
pub(super) async fn look(
    context: &Context,
    settings: &Settings,
    stored: Option<Credentials>,
    is_there: bool,
) -> Finding {
    if !is_there {
        return Finding::warning(NAME, "not checked: there is no server to ask", "mend the server first");
    }
    match tokio::time::timeout(PATIENCE, ask(context, settings, stored)).await {
        Ok(Ok(finding)) => finding,
        Ok(Err(error)) => Finding::failed(NAME, &error),
        Err(_) => Finding::failed(
            NAME,
            &CliError::new(Code::Timeout, "the server does not answer within 5 s").hint("try again later"),
        ),
    }
}

async fn ask(context: &Context, settings: &Settings, stored: Option<Credentials>) -> Result<Finding> {
    let gateway = context.gateway()?;
    match &settings.identity {
        Identity::Token(_) => known(context.session().await?).await,
        Identity::Password { username, password } => {
            let who = SignIn { username: username.clone(), password: password.read()?, otp: None };
            let token = gateway.sign_in(&who).await?.access_token;
            let finding = known(&gateway.session(token.clone(), None)).await;
            // It was made for this look alone. Whether that worked changes nothing about the finding.
            let _ = gateway.revoke(&token).await;
            finding
        }
        Identity::Stored(_) => match stored {
            Some(stored) => of_store(&gateway, stored).await,
            None => Ok(nobody(settings)),
        },
    }
}

async fn of_store(gateway: &Gateway, stored: Credentials) -> Result<Finding> {
    let renewable = stored.password.is_some();
    let renewed = || Finding::ok(NAME, "the token has ended; the next command renews it");
    match stored.live_token(Timestamp::now()) {
        Some(token) => match known(&gateway.session(token.clone(), None)).await {
            Err(error) if error.code() == Code::Unauthenticated && renewable => Ok(renewed()),
            outcome => outcome,
        },
        None if renewable => Ok(renewed()),
        None => Ok(Finding::warning(NAME, "the session has ended", "sign in again with: sactl login")),
    }
}

async fn known(session: &Session) -> Result<Finding> {
    let Known { kind, name, companies, .. } = session.me().await?;
    let kind = match kind {
        Kind::User => "user",
        Kind::ServiceAccount => "service account",
    };
    let number =
        if companies.len() == 1 { "1 company".to_owned() } else { format!("{} companies", companies.len()) };
    Ok(Finding::ok(NAME, format!("signed in as {kind} {name}, with access in {number}")))
}

fn nobody(settings: &Settings) -> Finding {
    let who = store::slot(settings).map(|slot| format!(" as {}", slot.username)).unwrap_or_default();
    Finding::warning(NAME, format!("not signed in{who}"), "sign in with: sactl login")
}
