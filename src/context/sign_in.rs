//! Signs in with a password, and finds out when the token expires.
//!
//! Responsible for the request and its errors. Refuses to store anything.

use jiff::Timestamp;

use crate::api::Code;
use crate::api::session::TokenGrant;
use crate::client::{self, Gateway, SignIn};
use crate::domain::Password;
use crate::domain::secret::OneTimeCode;
use crate::error::CliError;
use crate::ui::Ui;

/// How often a code is asked for.
const CODES: usize = 3;

/// Why a sign-in failed.
#[derive(Debug)]
pub struct SignInFailure {
    /// What the user reads.
    pub error: CliError,
    /// Whether the user name or the password is wrong, so that another one may be typed.
    pub is_wrong_password: bool,
}

impl From<SignInFailure> for CliError {
    fn from(failure: SignInFailure) -> Self {
        failure.error
    }
}

impl From<CliError> for SignInFailure {
    fn from(error: CliError) -> Self {
        Self { error, is_wrong_password: false }
    }
}

/// Signs in; a person who needs a second factor is asked for the code, again where it is wrong.
///
/// # Errors
/// Those of a sign-in; `mfa_required` when a code is needed and no question can be asked.
pub async fn sign_in(
    gateway: &Gateway,
    ui: &Ui,
    username: &str,
    password: &Password,
    otp: Option<OneTimeCode>,
) -> std::result::Result<TokenGrant, SignInFailure> {
    if password.expose().is_empty() {
        return Err(CliError::usage(format!("the password of {username} is empty: nothing was sent")).into());
    }
    let asked_already = otp.is_some();
    let mut who = SignIn { username: username.to_owned(), password: password.clone(), otp };
    let refusal = match gateway.sign_in(&who).await {
        Ok(grant) => return Ok(grant),
        Err(error) => error,
    };
    if refusal.code != Code::MfaRequired || asked_already || !ui.is_interactive() {
        let is_wrong_password = refusal.code == Code::InvalidGrant && !asked_already;
        return Err(SignInFailure { error: named(refusal, username, gateway), is_wrong_password });
    }
    let mut asked = 1;
    loop {
        let code = ui.prompt_secret("Code of the authenticator app").await?;
        who.otp = Some(OneTimeCode::new(code.trim()));
        match gateway.sign_in(&who).await {
            Ok(grant) => return Ok(grant),
            Err(error) if error.code == Code::InvalidGrant && asked < CODES => {
                ui.ask_about("The code is wrong or was used before; try again with the next one.");
            }
            Err(error) => return Err(named(error, username, gateway).into()),
        }
        asked += 1;
    }
}

/// The refusal with the account and the server that it is about.
fn named(refusal: client::Error, username: &str, gateway: &Gateway) -> CliError {
    let is_about_the_account =
        matches!(refusal.code, Code::InvalidGrant | Code::MfaRequired | Code::UnauthorizedClient);
    let error = CliError::from(refusal);
    if !is_about_the_account {
        return error;
    }
    let message = format!("{}: {username} at {}", error.message(), gateway.origin());
    error.worded(message)
}

/// When the token of `grant` ends, by this machine's clock.
pub fn expiry(grant: &TokenGrant) -> Option<Timestamp> {
    let seconds = i64::try_from(grant.expires_in).ok()?;
    // Whole seconds: the answer is not more exact.
    let now = Timestamp::from_second(Timestamp::now().as_second()).ok()?;
    now.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()
}
