//! What is stored for an account that has reset its own password.
//!
//! Responsible for a store that signs in after the reset as it did before. Refuses to store a password where none was
//! stored.

use super::Context;
use super::ways_in::login;
use crate::config::credentials::{Credentials, Slot, Store};
use crate::config::{Identity, Settings};
use crate::domain::Password;
use crate::error::{CliError, Result};

impl Context {
    /// Replaces the stored password of `account` by the new one, if this call is signed in as that account. The reset
    /// is done: what goes wrong here is a warning.
    pub async fn keep_own_password(&self, account: &str, password: Password) {
        let Ok(settings) = self.settings() else { return };
        match self.store_own_password(settings, account, password).await {
            Ok(None | Some(true)) => {}
            Ok(Some(false)) => self.ui().hint(login(settings).after("sign in with the new password with: ")),
            Err(error) => {
                let why = error.whole_message();
                self.ui().warning(format!("the new password of {account} cannot be stored: {why}"));
                let login = login(settings).switch("--store-password");
                self.ui().hint(login.after("store it with: "));
            }
        }
    }

    /// Whether a password is stored again; `None` where nothing is stored for the account.
    async fn store_own_password(
        &self,
        settings: &Settings,
        account: &str,
        password: Password,
    ) -> Result<Option<bool>> {
        let Identity::Stored(named) = &settings.identity else { return Ok(None) };
        let username = named.as_deref().or_else(|| settings.stored_username());
        let Some(username) = username.filter(|name| name.eq_ignore_ascii_case(account)) else {
            return Ok(None);
        };
        let slot = Slot { origin: self.session().await?.origin().clone(), username: username.to_owned() };
        let store = Store::new(settings.credential_store.value, &settings.folder);
        let Some(found) = store.load(&slot).await? else { return Ok(None) };
        if found.password.is_none() {
            return Ok(Some(false));
        }
        // The reset has ended every token.
        let credentials = Credentials { token: None, expires_at: None, password: Some(password) };
        store.save(&slot, &credentials).await.map_err(CliError::from)?;
        Ok(Some(true))
    }
}
