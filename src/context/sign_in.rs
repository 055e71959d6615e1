//! Signing in with a password, and when the token ends that comes of it.

use jiff::Timestamp;

use crate::api::Code;
use crate::api::session::TokenGrant;
use crate::client::{Gateway, SignIn};
use crate::domain::Password;
use crate::domain::secret::OneTimeCode;
use crate::error::{CliError, Result};
use crate::ui::Ui;

/// Signs in; a person who needs a second factor is asked for the code.
///
/// # Errors
/// Those of a sign-in; `mfa_required` when a code is needed and nobody can be asked.
pub async fn sign_in(
    gateway: &Gateway,
    ui: &Ui,
    username: &str,
    password: &Password,
    otp: Option<OneTimeCode>,
) -> Result<TokenGrant> {
    if password.expose().is_empty() {
        return Err(CliError::usage(format!("the password of {username} is empty: nothing was sent")));
    }
    let asked_already = otp.is_some();
    let mut who = SignIn { username: username.to_owned(), password: password.clone(), otp };
    match gateway.sign_in(&who).await {
        Err(error) if error.code == Code::MfaRequired && !asked_already && ui.is_interactive() => {
            let code = ui.prompt_secret("Code of the authenticator app").await?;
            who.otp = Some(OneTimeCode::new(code.trim()));
            Ok(gateway.sign_in(&who).await?)
        }
        outcome => Ok(outcome?),
    }
}

/// When the token of `grant` ends, by this machine's clock.
pub fn expiry(grant: &TokenGrant) -> Option<Timestamp> {
    let seconds = i64::try_from(grant.expires_in).ok()?;
    // Whole seconds: the answer is no more exact than that.
    let now = Timestamp::from_second(Timestamp::now().as_second()).ok()?;
    now.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()
}
