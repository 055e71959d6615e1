//! Requests about an account of a server that knows it only by its id.
//!
//! Responsible for looking the id up by the name. Refuses to guess: an account that is not in the list is not found.

use super::about::{About, Asked};
use super::call::Call;
use super::reply::Reply;
use super::retry::Repeat;
use super::session::Nothing;
use super::{Error, Pages, Result, Session};
use crate::api::account::AccountQuery;
use crate::api::routes::{ApiOperation, Place};
use crate::api::{Account, Code};
use crate::domain::AccountId;

impl Session {
    /// Sends a call, with the number of its account where the server asks for that.
    pub(super) async fn send_located(&self, call: Call) -> Result<Reply> {
        let Some(place) = call.lacks_account_id() else { return self.send(call).await };
        let id = self.account_id(place).await?;
        self.send(call.with_account_id(id)).await
    }

    /// The number of the account at `place`, from the list of accounts.
    async fn account_id(&self, place: &Place) -> Result<AccountId> {
        let name = place.name.as_deref().unwrap_or_default();
        let query = AccountQuery { search: Some(name.to_owned()), ..AccountQuery::default() };
        let place = Place { company: place.company, ..Place::default() };
        let pages: Pages<'_, Account> = Pages::new(self, ApiOperation::ListAccounts, place, &query)?;
        let found = pages.all().await?.into_iter().find(|account| account.name.eq_ignore_ascii_case(name));
        found.map(|account| account.id).ok_or_else(|| Error {
            status: Some(404),
            ..Error::new(Code::NotFound, format!("no service account {name}"))
        })
    }

    /// Reads the `data` of a document that is about what was asked for.
    pub(super) async fn get_about<T: About>(
        &self,
        operation: ApiOperation,
        place: Place,
        asked: Asked,
    ) -> Result<T> {
        let call = self.call(operation, place, Repeat::Read)?.query(&Nothing {})?;
        asked.answered(self.send_located(call).await)
    }
}
