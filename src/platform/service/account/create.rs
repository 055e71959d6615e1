//! Creating an account, all or nothing, at most once for one idempotency key.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::read::detail;
use crate::api::AccountDetail;
use crate::api::access::InitialAccess;
use crate::api::account::CreateAccount;
use crate::domain::{
    AccountName, CompanyId, Description, Operation, Permission, PermissionSet, Violation, decision, password,
};
use crate::platform::audit::{self, Action, Author, Object};
use crate::platform::authn::{self, Caller};
use crate::platform::service::assignment::{self, Wanted};
use crate::platform::store::access::Grant;
use crate::platform::store::account::{NewAccount, Sighting};
use crate::platform::store::{self, Connection, Tx};
use crate::platform::{Error, Platform, authz};

/// Who creates an account where.
#[derive(Clone, Copy)]
struct Order<'a> {
    platform: &'a Platform,
    caller: &'a Caller,
    owner: CompanyId,
    request: &'a CreateAccount,
    key: Option<&'a str>,
    request_id: &'a str,
}

/// What an order comes to.
enum Plan {
    /// The same request was carried out before and made this account.
    Made(Box<Sighting>, Grant),
    /// It may be carried out.
    Make(Draft),
}

/// An account that may be made.
struct Draft {
    name: AccountName,
    description: Option<Description>,
    member: Grant,
    access: Vec<(CompanyId, Wanted)>,
}

/// Creates an account that the company owns. Repeated with the same idempotency key by the same caller, it
/// answers with the account that was made the first time.
///
/// # Errors
/// A refusal in the order of the module, `name_taken`, or a failure of the database.
pub async fn create(
    platform: &Platform,
    caller: &Caller,
    company: CompanyId,
    request: CreateAccount,
    idempotency_key: Option<&str>,
    request_id: &str,
) -> Result<AccountDetail, Error> {
    let request = &request;
    let order = Order { platform, caller, owner: company, request, key: idempotency_key, request_id };
    let db = platform.store().reader();
    // Planned once outside the transaction, so that nothing is hashed for a request that is refused, and once
    // inside, where it counts.
    match order.plan(db).await? {
        Plan::Made(seen, member) => return detail(db, *seen, &member.company).await,
        Plan::Make(draft) if is_taken(db, &draft.name).await? => return order.lost_race().await,
        Plan::Make(_) => {}
    }
    let turn = platform.hasher().turn().await?;
    let hash = platform.hasher().hash(&turn, request.password.clone()).await?;
    drop(turn);

    let tx = platform.store().begin().await?;
    store::company::lock(&*tx, order.companies()).await?;
    authn::hold(&*tx, caller).await?;
    let (draft, member) = match order.plan(&*tx).await? {
        Plan::Made(seen, member) => return detail(&*tx, *seen, &member.company).await,
        Plan::Make(draft) => {
            let member = draft.member.clone();
            (draft, member)
        }
    };
    if !order.make(&tx, draft, hash).await? {
        drop(tx);
        return order.lost_race().await;
    }
    let seen = store::account::by_name(&*tx, company, &request.name).await?;
    let seen = seen.ok_or_else(|| Error::internal(anyhow::anyhow!("a new account is not there")))?;
    let made = detail(&*tx, seen, &member.company).await?;
    tx.commit().await?;
    Ok(made)
}

impl Order<'_> {
    fn companies(&self) -> BTreeSet<CompanyId> {
        self.request.access.iter().map(|access| access.company_id).chain([self.owner]).collect()
    }

    /// Decides on the order, in the order of refusals.
    async fn plan(&self, db: &impl Connection) -> Result<Plan, Error> {
        let member = authz::admit(db, self.caller, self.owner, Operation::Create).await?;
        let mut held = Vec::new();
        for company in self.companies() {
            let grant = if company == self.owner {
                member.clone()
            } else {
                let edit = Permission::SERVICE_ACCOUNTS_EDIT;
                authz::require(db, self.caller, company, edit).await?
            };
            held.push((company, grant.permissions));
        }
        if let Some(made) = self.made_before(db).await? {
            return Ok(Plan::Made(Box::new(made), member));
        }
        let (name, description, access) = self.check_input(db).await?;
        for (company, wanted) in &access {
            let held = held.iter().find(|(held_in, _)| held_in == company);
            let held = held.map_or(PermissionSet::EMPTY, |(_, permissions)| *permissions);
            decision::may_give(PermissionSet::EMPTY, wanted.permissions, held)?;
        }
        Ok(Plan::Make(Draft { name, description, member, access }))
    }

    async fn made_before(&self, db: &impl Connection) -> Result<Option<Sighting>, Error> {
        let Some(key) = self.key else { return Ok(None) };
        let made = store::account::by_idempotency_key(db, self.owner, self.caller.id, key).await?;
        match made {
            Some(made) if made.owner.id == self.owner && made.name == self.request.name => Ok(Some(made)),
            Some(_) => {
                let message = "this idempotency key was used for another account";
                Err(vec![Violation::new("Idempotency-Key", "idempotency_key", message)].into())
            }
            None => Ok(None),
        }
    }

    /// Checks everything and lists every broken rule at once.
    async fn check_input(
        &self,
        db: &impl Connection,
    ) -> Result<(AccountName, Option<Description>, Vec<(CompanyId, Wanted)>), Error> {
        let mut broken = Vec::new();
        let name = AccountName::new(self.request.name.as_str()).map_err(|rule| broken.push(rule)).ok();
        if let Err(rules) = password::check(&self.request.password) {
            broken.extend(rules.into_iter().map(password::Rule::violation));
        }
        let description = Description::new(self.request.description.clone().unwrap_or_default());
        let description = description.map_err(|rule| broken.push(rule)).ok().flatten();
        let mut access = Vec::new();
        for (index, asked) in self.request.access.iter().enumerate() {
            match self.check_access(db, index, asked).await? {
                Ok(wanted) => access.push((asked.company_id, wanted)),
                Err(rules) => broken.extend(rules),
            }
        }
        match name {
            Some(name) if broken.is_empty() => Ok((name, description, access)),
            _ => Err(broken.into()),
        }
    }

    async fn check_access(
        &self,
        db: &impl Connection,
        index: usize,
        asked: &InitialAccess,
    ) -> Result<Result<Wanted, Vec<Violation>>, Error> {
        let place = format!("access[{index}].");
        if self.request.access.iter().take(index).any(|earlier| earlier.company_id == asked.company_id) {
            let message = "each company stands here at most once";
            let field = format!("{place}company_id");
            return Ok(Err(vec![Violation::new(field, "duplicate_company", message)]));
        }
        match assignment::parse(asked.role.clone(), asked.permissions.as_deref(), &place) {
            Ok(parsed) => {
                let resolved = assignment::resolve(db, asked.company_id, parsed, &place).await?;
                Ok(resolved.map_err(|rule| vec![rule]))
            }
            Err(rules) => Ok(Err(rules)),
        }
    }

    /// Writes the account, unless its name or its key was taken meanwhile.
    async fn make(&self, tx: &Tx, draft: Draft, password_hash: String) -> Result<bool, Error> {
        let new = NewAccount {
            name: &draft.name,
            description: draft.description.as_ref(),
            owner: self.owner,
            password_hash,
            now: self.platform.now(),
            created_by: Some(self.caller.id),
            idempotency_key: self.key,
        };
        let Some(id) = store::account::insert(&**tx, new).await? else { return Ok(false) };
        for (company, wanted) in &draft.access {
            store::access::put(&**tx, id, *company, &wanted.assignment).await?;
        }
        let author =
            Author { caller: self.caller, company: &draft.member.company, request_id: self.request_id };
        let object = Object::Account(id, draft.name.as_str());
        let parts = self.parts(&draft);
        audit::record(self.platform, &**tx, &author, Action::AccountCreated, object, parts).await?;
        Ok(true)
    }

    /// What is recorded: in each company the access there, in the owner company also that it owns the account.
    fn parts(&self, draft: &Draft) -> Vec<(CompanyId, Value)> {
        let detail_in = |company: CompanyId| {
            let there = draft.access.iter().find(|(given_in, _)| *given_in == company);
            let access = there.map(|(_, wanted)| audit::assignment_detail(&wanted.assignment));
            json!({ "owned": company == self.owner, "access": access })
        };
        self.companies().into_iter().map(|company| (company, detail_in(company))).collect()
    }

    /// Somebody else was faster: the same request on another node, or another one for the same name.
    async fn lost_race(&self) -> Result<AccountDetail, Error> {
        let db = self.platform.store().reader();
        match self.plan(db).await? {
            Plan::Made(seen, member) => detail(db, *seen, &member.company).await,
            Plan::Make(_) => Err(Error::name_taken()),
        }
    }
}

/// Names of humans and of service accounts never meet, but both stand under one key.
async fn is_taken(db: &impl Connection, name: &AccountName) -> Result<bool, Error> {
    Ok(store::principal::by_name(db, name.as_str()).await?.is_some())
}
