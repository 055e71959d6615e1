//! Responsible for trying what the next command does to sign in. Refuses to ask questions and to store anything.

use jiff::Timestamp;

use super::finding::{Finding, PATIENCE};
use super::{routes, store};
use crate::api::Code;
use crate::api::session::{IdentityQuery, Kind};
use crate::client::{Gateway, Session, SignIn};
use crate::config::credentials::Credentials;
use crate::config::{Identity, Settings};
use crate::context::{Context, KnownIdentity, active_among, login, ways_in};
use crate::domain::Password;
use crate::error::{CliError, Result};

const NAME: &str = "sign-in";
/// Before the command that signs in.
const SIGN_IN: &str = "sign in with: ";

/// Asks the server for the signed-in identity, and which operations it has.
pub(super) async fn look(
    context: &Context,
    settings: &Settings,
    stored: Option<Credentials>,
    is_there: bool,
) -> Vec<Finding> {
    if settings.server.is_none() {
        return vec![Finding::failed(NAME, &not_signed_in(settings))];
    }
    if !is_there {
        return vec![Finding::warning(
            NAME,
            "not checked: no server is configured",
            "fix the server problem first",
        )];
    }
    match tokio::time::timeout(PATIENCE * 2, ask(context, settings, stored)).await {
        Ok(Ok(findings)) => findings,
        Ok(Err(error)) => vec![Finding::failed(NAME, &error)],
        Err(_) => vec![Finding::failed(
            NAME,
            &CliError::new(Code::Timeout, "the server does not answer within 10 s").hint("try again later"),
        )],
    }
}

async fn ask(context: &Context, settings: &Settings, stored: Option<Credentials>) -> Result<Vec<Finding>> {
    let gateway = context.gateway()?;
    match &settings.identity {
        Identity::Token(_) => known(context.session().await?, settings).await,
        Identity::Password { username, password } => {
            with_password(&gateway, username, password.read()?, settings).await
        }
        Identity::Stored(_) => match (stored, store::slot(settings)) {
            (Some(stored), Some(slot)) => of_store(&gateway, settings, &slot.username, stored).await,
            _ => Err(not_signed_in(settings)),
        },
    }
}

/// Signs in with a password, and ends the token again.
async fn with_password(
    gateway: &Gateway,
    username: &str,
    password: Password,
    settings: &Settings,
) -> Result<Vec<Finding>> {
    let who = SignIn { username: username.to_owned(), password, otp: None };
    let token = gateway.sign_in(&who).await?.access_token;
    let findings = known(&gateway.session(token.clone(), None), settings).await;
    // Whether the token could be revoked changes nothing about the findings.
    let _ = gateway.revoke(&token).await;
    findings
}

/// Tries the stored token and the stored password: the next command needs the first, a later one the second.
async fn of_store(
    gateway: &Gateway,
    settings: &Settings,
    username: &str,
    stored: Credentials,
) -> Result<Vec<Finding>> {
    let by_token = match stored.live_token(Timestamp::now()) {
        Some(token) => match known(&gateway.session(token.clone(), None), settings).await {
            Err(error) if error.code() == Code::Unauthenticated && stored.password.is_some() => None,
            outcome => Some(outcome?),
        },
        None => None,
    };
    let Some(password) = stored.password else {
        let ended = || CliError::not_signed_in(format!("the session of {username} has expired"));
        return by_token.ok_or_else(|| ended().hint(login(settings).after(SIGN_IN)));
    };
    let refused = |error: CliError| error.hint(login(settings).switch("--store-password").after(SIGN_IN));
    let mut findings = with_password(gateway, username, password, settings).await.map_err(refused)?;
    let renewed =
        || Finding::ok(NAME, format!("the token of {username} has expired; the next command renews it"));
    Ok(by_token.unwrap_or_else(|| {
        findings[0] = renewed();
        findings
    }))
}

async fn known(session: &Session, settings: &Settings) -> Result<Vec<Finding>> {
    let known = KnownIdentity::of(session, None, &IdentityQuery::default()).await?;
    let company = active_among(settings.chosen_company(), &known.companies).ok().flatten();
    let company = company.or_else(|| known.companies.first().map(|access| access.company.clone()));
    let KnownIdentity { kind, name, companies, .. } = known;
    let kind = match kind {
        Some(Kind::User) => "user ",
        Some(Kind::ServiceAccount) => "service account ",
        None => "",
    };
    let name = name.as_deref().unwrap_or("an identity that the server does not tell");
    let number =
        if companies.len() == 1 { "1 company".to_owned() } else { format!("{} companies", companies.len()) };
    let signed_in = Finding::ok(NAME, format!("signed in as {kind}{name}, with access in {number}"));
    Ok(vec![signed_in, routes::look(session, company.map(|company| company.id)).await])
}

fn not_signed_in(settings: &Settings) -> CliError {
    let who = store::slot(settings).map(|slot| format!(" as {} at {}", slot.username, slot.origin));
    let error = CliError::not_signed_in(format!("not signed in{}", who.unwrap_or_default()));
    ways_in(settings).into_iter().fold(error, CliError::hint)
}
