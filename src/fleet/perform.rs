//! One step, sent.
//!
//! Responsible for the requests of a step, so that it can be repeated after any failure. Refuses to decide what is to
//! be done.

use crate::api::Code;
use crate::api::access::{AdjustPermissions, SetAccess};
use crate::api::account::{CreateAccount, EditAccount, ResetPassword};
use crate::api::role::{CreateRole, SetRole};
use crate::client::{self, Gateway, Session, SignIn};
use crate::domain::Password;
use crate::error::{CliError, Result};
use sha2::{Digest, Sha256};

use super::journal::{Journal, Line, Moment, Progress, crash};
use super::passwords::Passwords;
use super::saved::hex;
use crate::output::{Op, Outcome, Step};

/// How often a change is sent while it is unknown whether the server has carried it out.
const ATTEMPTS: u32 = 4;

/// What steps are carried out with.
pub(super) struct Performer<'a> {
    /// The signed-in client.
    pub(super) session: &'a Session,
    /// The server, for signing in with new passwords.
    pub(super) gateway: &'a Gateway,
    /// Where the run is written down.
    pub(super) journal: &'a Journal,
    /// The name of the run: the same step of the same run is carried out once.
    pub(super) run: &'a str,
    /// Where new passwords go.
    pub(super) passwords: Option<&'a Passwords>,
    /// Whether a grant sends what is gained and lost, not the whole list.
    pub(super) adjusts: bool,
}

impl Performer<'_> {
    /// Carries out step `place`, which has come as far as `progress` says.
    ///
    /// # Errors
    /// Those of writing.
    pub(super) async fn perform(&self, place: usize, step: &Step, progress: &Progress) -> Result<Outcome> {
        let company = step.company.id;
        let account = step.account.as_deref().unwrap_or_default();
        let was_begun = progress.begun;
        match step.op {
            Op::Create => self.create(place, step, account, progress).await,
            Op::Edit => {
                let description = step.description.as_ref().and_then(|change| change.after.clone());
                self.session.edit_account(company, account, &EditAccount { description }).await?;
                Ok(Outcome::Changed)
            }
            Op::Grant if self.adjusts => {
                let changed = self.adjust(step, account).await?;
                Ok(outcome(changed || was_begun))
            }
            Op::Grant => {
                let access = step.wanted().map_or_else(SetAccess::default, |wanted| wanted.to_set());
                let done = self.session.set_access(company, account, &access).await?;
                Ok(outcome(done.changed || was_begun))
            }
            Op::Revoke => {
                let done = self.session.remove_access(company, account).await;
                Ok(outcome(match gone(done, was_begun)? {
                    Some(removal) => removal.changed || was_begun,
                    None => true,
                }))
            }
            Op::Delete => {
                gone(self.session.delete_account(company, account).await, was_begun)?;
                Ok(Outcome::Changed)
            }
            Op::RoleCreate => self.create_role(step).await,
            Op::RoleEdit => {
                let (name, permissions) = role_of(step);
                self.session.set_role(company, &name, &SetRole { permissions }).await?;
                Ok(Outcome::Changed)
            }
            Op::RoleDelete => {
                let (name, _) = role_of(step);
                gone(self.session.delete_role(company, &name).await, was_begun)?;
                Ok(Outcome::Changed)
            }
            Op::Rotate => self.rotate(place, step, account, progress).await,
        }
    }

    /// Adds what the step gains and removes what it loses, again while it is unknown whether the last attempt did it:
    /// that changes nothing more.
    async fn adjust(&self, step: &Step, account: &str) -> Result<bool> {
        let names = |permissions: &[String]| permissions.to_vec();
        let change = AdjustPermissions { add: names(&step.gained), remove: names(&step.lost) };
        let mut was_sent = false;
        for _ in 1..ATTEMPTS {
            match self.session.adjust_access(step.company.id, account, &change).await {
                Err(error) if error.code == Code::OutcomeUnknown => was_sent = true,
                done => return Ok(done?.changed || was_sent),
            }
        }
        Ok(self.session.adjust_access(step.company.id, account, &change).await?.changed || was_sent)
    }

    /// Creates the role, again while it is unknown whether the last attempt did it: the name makes that safe.
    async fn create_role(&self, step: &Step) -> Result<Outcome> {
        let (name, permissions) = role_of(step);
        let new = CreateRole { name: name.clone(), permissions: permissions.clone() };
        let mut left = ATTEMPTS;
        loop {
            let Err(error) = self.session.create_role(step.company.id, &new).await else {
                return Ok(Outcome::Changed);
            };
            if !matches!(error.code, Code::NameTaken | Code::OutcomeUnknown) {
                return Err(error.into());
            }
            left -= 1;
            match self.session.show_role(step.company.id, &name).await {
                // An attempt whose answer was lost has done it.
                Ok(role) if role.permissions.iter().eq(permissions.iter().map(String::as_str)) => {
                    return Ok(Outcome::Changed);
                }
                Err(missing) if missing.code == Code::NotFound && left > 0 => {}
                _ => return Err(error.into()),
            }
        }
    }

    fn passwords(&self) -> Result<&Passwords> {
        self.passwords.ok_or_else(|| CliError::usage("no place for new passwords was given"))
    }

    async fn create(&self, place: usize, step: &Step, account: &str, progress: &Progress) -> Result<Outcome> {
        let passwords = self.passwords()?;
        if progress.verified {
            return self.hand_over_again(passwords, account).await;
        }
        let (password, was_sent) = passwords.prepare_new(account, progress.begun)?;
        crash("written");
        let new = CreateAccount {
            name: account.to_owned(),
            password: password.clone(),
            description: step.description.as_ref().and_then(|change| change.after.clone()),
            access: Vec::new(),
        };
        if let Err(error) = self.session.create_account(step.company.id, &new, &self.key(place)).await {
            if !error.leaves_doubt() && !was_sent {
                let _ = std::fs::remove_file(passwords.current(account));
                return Err(error.into());
            }
            let file = passwords.current(account);
            let hint = format!("if the account was created, its password is in {}", file.display());
            return Err(CliError::from(error).hint(hint));
        }
        crash("created");
        self.journal.write(Line::Verified(Moment::of(place))).await?;
        passwords.hand_over(account, &password).await?;
        Ok(Outcome::Changed)
    }

    /// What is left of a step whose password was in force: to give it away, if it still is. Another run may have
    /// prepared a new one since.
    async fn hand_over_again(&self, passwords: &Passwords, account: &str) -> Result<Outcome> {
        if let Some(password) = passwords.read(account)? {
            self.signs_in(account, &password).await.map_err(|error| {
                let file = passwords.current(account);
                CliError::from(error).hint(format!("the password in {} does not sign in", file.display()))
            })?;
            passwords.settle(account)?;
            passwords.hand_over(account, &password).await?;
        }
        Ok(Outcome::Changed)
    }

    async fn rotate(&self, place: usize, step: &Step, account: &str, progress: &Progress) -> Result<Outcome> {
        let passwords = self.passwords()?;
        if progress.verified {
            return self.hand_over_again(passwords, account).await;
        }
        let kept = if progress.prepared { passwords.read(account)? } else { None };
        let was_sent = kept.is_some();
        let password = if let Some(password) = kept {
            password
        } else {
            self.clear_doubt(passwords, account).await?;
            let password = passwords.prepare_next(account)?;
            crash("written");
            self.journal.write(Line::Prepared(Moment::of(place))).await?;
            password
        };
        let reset = ResetPassword { password: password.clone(), current_password: None };
        if let Err(error) = self.session.reset_password(step.company.id, account, &reset).await {
            if !error.leaves_doubt() && !was_sent {
                self.journal.write(Line::Withdrawn(Moment::of(place))).await?;
                return Err(withdrawn(passwords, account, error));
            }
            return Err(self.in_doubt(passwords, account, &password, error).await);
        }
        crash("reset");
        if let Err(error) = self.signs_in(account, &password).await {
            let file = passwords.current(account);
            return Err(CliError::from(error).hint(format!(
                "the new password was set, and signing in with it failed; it is in {}",
                file.display()
            )));
        }
        self.journal.write(Line::Verified(Moment::of(place))).await?;
        passwords.settle(account)?;
        passwords.hand_over(account, &password).await?;
        Ok(Outcome::Changed)
    }

    /// Finds out which of two passwords is valid that an earlier attempt has left in files, and keeps that one alone.
    /// If neither is, the older one is removed: the next password replaces both.
    async fn clear_doubt(&self, passwords: &Passwords, account: &str) -> Result<()> {
        let Some((newer, older)) = passwords.in_doubt(account)? else { return Ok(()) };
        let unclear = |error: client::Error| {
            let (current, previous) = (passwords.current(account), passwords.previous(account));
            CliError::from(error).hint(format!(
                "nothing was changed: the valid password is in {} (new) or {} (old)",
                current.display(),
                previous.display()
            ))
        };
        match self.signs_in(account, &newer).await {
            Ok(()) => return passwords.settle(account),
            Err(error) if error.code == Code::InvalidGrant => {}
            Err(error) => return Err(unclear(error)),
        }
        match self.signs_in(account, &older).await {
            Ok(()) => passwords.restore(account),
            Err(error) if error.code == Code::InvalidGrant => passwords.settle(account),
            Err(error) => Err(unclear(error)),
        }
    }

    /// The error of a reset that may have been carried out. It says which password is valid.
    async fn in_doubt(
        &self,
        passwords: &Passwords,
        account: &str,
        password: &Password,
        error: client::Error,
    ) -> CliError {
        let (current, previous) = (passwords.current(account), passwords.previous(account));
        let error = CliError::from(error);
        match self.signs_in(account, password).await {
            Ok(()) => error.hint(format!("the new password is valid; it is in {}", current.display())),
            Err(_) => error.hint(format!(
                "the valid password is in {} (new) or {} (old); run the same run again to finish",
                current.display(),
                previous.display()
            )),
        }
    }

    /// Signs in, and out again.
    async fn signs_in(&self, account: &str, password: &Password) -> client::Result<()> {
        let who = SignIn { username: account.to_owned(), password: password.clone(), otp: None };
        let grant = self.gateway.sign_in(&who).await?;
        // The token was for looking only; it also ends by itself.
        let _ = self.gateway.revoke(&grant.access_token).await;
        Ok(())
    }

    /// The key that makes the creation of step `place` safe to repeat.
    fn key(&self, place: usize) -> String {
        let digest = Sha256::digest(format!("{}/{place}", self.run));
        hex(&digest[..16])
    }
}

/// The error of a reset that was certainly not carried out. It leaves the old password in the file.
fn withdrawn(passwords: &Passwords, account: &str, error: client::Error) -> CliError {
    let had_old = passwords.previous(account).exists();
    let error = CliError::from(error);
    match passwords.restore(account) {
        Ok(()) if had_old => {
            let file = passwords.current(account);
            error.hint(format!("the old password is still valid; it is in {}", file.display()))
        }
        Ok(()) => error.hint("the old password is still valid"),
        Err(failed) => error.hint(format!("the old password is still valid; {}", failed.message())),
    }
}

fn role_of(step: &Step) -> (String, Vec<String>) {
    let access = step.after.as_ref().or(step.before.as_ref());
    let name = access.and_then(|access| access.role.clone()).unwrap_or_default();
    let permissions = access.map(|access| access.permissions.iter().map(str::to_owned).collect());
    (name, permissions.unwrap_or_default())
}

const fn outcome(changed: bool) -> Outcome {
    if changed { Outcome::Changed } else { Outcome::Unchanged }
}

/// Treats a thing that is not found as removed, if an earlier attempt may have removed it.
fn gone<T>(done: client::Result<Option<T>>, was_begun: bool) -> client::Result<Option<T>> {
    match done {
        Err(error) if was_begun && error.code == Code::NotFound => Ok(None),
        other => other,
    }
}
