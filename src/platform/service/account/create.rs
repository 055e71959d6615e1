//! Creating an account.
//!
//! Responsible for creating all or nothing, at most once for an idempotency key. Refuses the key of another request.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::read::detail;
use crate::api::AccountDetail;
use crate::api::account::CreateAccount;
use crate::domain::{
    AccountName, Company, CompanyId, Description, Operation, Permission, PermissionSet, Violation, decision,
    password,
};
use crate::platform::audit::{self, Action, Author, Object};
use crate::platform::context::RequestContext;
use crate::platform::hash::Party;
use crate::platform::hex::hex;
use crate::platform::service::assignment::{self, Wanted};
use crate::platform::service::presented;
use crate::platform::store::access::{Assignment, Grant};
use crate::platform::store::account::{KeyedRequest, Made, NewAccount};
use crate::platform::store::company::Hold;
use crate::platform::store::{self, Connection, Tx};
use crate::platform::{Error, authz};

/// The request for an account, in the name of the company that will own it.
#[derive(Clone, Copy)]
struct Creation<'a> {
    context: &'a RequestContext,
    request: &'a CreateAccount,
    key: Option<&'a str>,
}

/// What a request leads to.
enum Plan {
    /// The same request has created this account before.
    Made(Made, Grant),
    /// The account may be created.
    Make(Draft),
}

/// An account that may be created.
struct Draft {
    name: AccountName,
    description: Option<Description>,
    access: Vec<(CompanyId, Wanted)>,
}

/// Creates an account that the company owns. The same request, repeated by the same caller with the same idempotency
/// key, is answered with the account that was created the first time.
///
/// # Errors
/// A refusal, in the order of [`service`](crate::platform::service), `name_taken`, or a failure of the database.
pub async fn create(
    context: &RequestContext,
    request: CreateAccount,
    idempotency_key: Option<&str>,
) -> Result<AccountDetail, Error> {
    let RequestContext { platform, caller, company, .. } = context;
    let creation = Creation { context, request: &request, key: idempotency_key };
    let db = platform.store().reader();
    // Checked once before the transaction, so that nothing is hashed for a request that is refused, and again inside.
    // There the unique index finds a repeated key.
    match creation.plan().await? {
        Plan::Made(made, member) => return creation.repeat(&made, &member).await,
        Plan::Make(draft) if store::principal::exists(db, draft.name.as_str()).await? => {
            return creation.name_is_taken().await;
        }
        Plan::Make(_) => {}
    }
    let hash = platform.hasher().hash(Party::signed_in(caller.id), request.password.clone()).await?;

    let tx = context.begin_change().await?;
    store::company::lock(&*tx, creation.companies(), Hold::Alone).await?;
    let member = authz::hold(&*tx, context, Operation::Create.permission()).await?;
    let owner = member.company.clone();
    let grants = creation.grants(&*tx, member).await?;
    let draft = creation.draft(&*tx, &grants).await?;
    if !creation.make(&tx, &draft, &owner, hash).await? {
        drop(tx);
        return creation.name_is_taken().await;
    }
    let seen = store::named::in_full(&*tx, *company, &request.name).await?;
    let seen = seen.ok_or_else(|| Error::internal(anyhow::anyhow!("a new account is not there")))?;
    let made = detail(seen, &owner);
    tx.commit().await?;
    Ok(made)
}

impl Creation<'_> {
    /// Every company in which the account gets access, and its owner.
    fn companies(&self) -> BTreeSet<CompanyId> {
        self.request.access.iter().map(|access| access.company_id).chain([self.context.company]).collect()
    }

    /// Decides on the request, in the order of refusals, outside a transaction.
    async fn plan(&self) -> Result<Plan, Error> {
        let db = self.context.platform.store().reader();
        // Read again: what came with the token may be as old as a body that arrives slowly.
        let member = authz::hold(db, self.context, Operation::Create.permission()).await?;
        let grants = self.grants(db, member.clone()).await?;
        if let Some(made) = self.made_before(db).await? {
            return Ok(Plan::Made(made, member));
        }
        Ok(Plan::Make(self.draft(db, &grants).await?))
    }

    /// The caller's access in every company of the request; `member` is the one in the owner company.
    async fn grants(&self, db: &impl Connection, member: Grant) -> Result<HashMap<CompanyId, Grant>, Error> {
        let RequestContext { caller, company: owner, .. } = self.context;
        let mut elsewhere = self.companies();
        elsewhere.remove(owner);
        let edit = Permission::SERVICE_ACCOUNTS_EDIT;
        let mut grants = authz::require_in_each(db, caller, &elsewhere, edit).await?;
        grants.insert(*owner, member);
        Ok(grants)
    }

    /// The account, if every part of the request is valid and the caller may give this access.
    async fn draft(&self, db: &impl Connection, grants: &HashMap<CompanyId, Grant>) -> Result<Draft, Error> {
        let (name, description, access) = self.check_input(db, grants).await?;
        for (company, wanted) in &access {
            let grant = grants.get(company).ok_or_else(|| Error::company_not_found(*company))?;
            decision::may_give(PermissionSet::EMPTY, wanted.permissions, grant.permissions)
                .map_err(|refusal| Error::refused(refusal, &grant.company))?;
        }
        Ok(Draft { name, description, access })
    }

    /// The account that this request has created before. The same key with another request is refused.
    async fn made_before(&self, db: &impl Connection) -> Result<Option<Made>, Error> {
        let Some(key) = self.key else { return Ok(None) };
        let made = store::account::made_with(db, self.context.caller.id, key).await?;
        match made {
            Some(made) if made.request_digest.as_ref() != Some(&self.digest()) => Err(key_is_used()),
            made => Ok(made),
        }
    }

    /// A digest of the whole request except the password, of which only the hash is kept.
    fn digest(&self) -> String {
        let CreateAccount { name, password: _, description, access } = self.request;
        let asked = json!({
            "owner": self.context.company, "name": name, "description": description, "access": access,
        });
        hex(&Sha256::digest(asked.to_string()))
    }

    /// Answers a repeated request, if the caller may see the account and the password is the same. No transaction is
    /// open during this: verifying a password takes long.
    async fn repeat(&self, made: &Made, member: &Grant) -> Result<AccountDetail, Error> {
        decision::require(Operation::Show.permission(), Some(member.permissions))
            .map_err(|refusal| Error::refused(refusal, &member.company))?;
        let (password, hash) = (self.request.password.clone(), made.password_hash.clone());
        if !presented::is_right(self.context, password, hash).await? {
            return Err(key_is_used());
        }
        let db = self.context.platform.store().reader();
        let seen = store::named::in_full(db, self.context.company, &made.name).await?;
        let gone = || Error::account_not_found(&made.name, &member.company);
        Ok(detail(seen.ok_or_else(gone)?, &member.company))
    }

    /// Checks the whole request and lists every broken rule at once.
    async fn check_input(
        &self,
        db: &impl Connection,
        grants: &HashMap<CompanyId, Grant>,
    ) -> Result<(AccountName, Option<Description>, Vec<(CompanyId, Wanted)>), Error> {
        let mut broken = Vec::new();
        let name = AccountName::new(self.request.name.as_str()).map_err(|rule| broken.push(rule)).ok();
        if let Err(rules) = password::check(&self.request.password) {
            broken.extend(rules.into_iter().map(password::Rule::violation));
        }
        let description = Description::new(self.request.description.clone().unwrap_or_default());
        let description = description.map_err(|rule| broken.push(rule)).ok().flatten();
        let mut access = Vec::new();
        let (asked, misread) = self.read_access(grants);
        broken.extend(misread);
        for resolved in assignment::resolve_each(db, asked).await? {
            match resolved {
                Ok((company, wanted)) => access.push((company.id, wanted)),
                Err(rule) => broken.push(rule),
            }
        }
        match name {
            Some(name) if broken.is_empty() => Ok((name, description, access)),
            _ => Err(broken.into()),
        }
    }

    /// The access that is asked for, each with its company and its place in the request, and every broken rule of form.
    fn read_access<'g>(
        &self,
        grants: &'g HashMap<CompanyId, Grant>,
    ) -> (Vec<(&'g Company, Assignment, String)>, Vec<Violation>) {
        let (mut asked, mut broken, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for (index, one) in self.request.access.iter().enumerate() {
            // Every named company is in `grants`.
            let Some(there) = grants.get(&one.company_id) else { continue };
            let place = format!("access[{index}].");
            if !seen.insert(one.company_id) {
                let message = "each company may be listed only once";
                broken.push(Violation::new(format!("{place}company_id"), "duplicate_company", message));
                continue;
            }
            match assignment::parse(one.role.clone(), one.permissions.as_deref(), &place) {
                Ok(parsed) => asked.push((&there.company, parsed, place)),
                Err(rules) => broken.extend(rules),
            }
        }
        (asked, broken)
    }

    /// Writes the account, unless its name or its key has been taken since it was planned.
    async fn make(
        &self,
        tx: &Tx,
        draft: &Draft,
        company: &Company,
        password_hash: String,
    ) -> Result<bool, Error> {
        let RequestContext { platform, caller, company: owner, .. } = self.context;
        let new = NewAccount {
            name: &draft.name,
            description: draft.description.as_ref(),
            owner: *owner,
            password_hash,
            now: platform.now(),
            created_by: Some(caller.actor()),
            request: self.key.map(|key| KeyedRequest { key, digest: self.digest() }),
        };
        let Some(id) = store::account::insert(&**tx, new).await? else { return Ok(false) };
        let given = draft.access.iter().map(|(company, wanted)| (*company, &wanted.assignment));
        store::access::insert(&**tx, id, *owner, &draft.name.key(), given).await?;
        let author = Author { context: self.context, company };
        let object = Object::Account(id, draft.name.as_str());
        audit::record(&**tx, &author, Action::AccountCreated, object, self.parts(draft)).await?;
        Ok(true)
    }

    /// The audit records: in each company the access there, in the owner company also the creation.
    fn parts(&self, draft: &Draft) -> Vec<(CompanyId, Value)> {
        let owner = self.context.company;
        let part = |company: CompanyId, given: Option<&Wanted>| {
            let access = given.map(|wanted| audit::assignment_detail(&wanted.assignment));
            (company, json!({ "owned": company == owner, "access": access }))
        };
        let mut parts = BTreeMap::from([part(owner, None)]);
        parts.extend(draft.access.iter().map(|(company, wanted)| part(*company, Some(wanted))));
        parts.into_iter().collect()
    }

    /// The answer when the name or the key is taken: the account, if the same request created it; otherwise a refusal.
    async fn name_is_taken(&self) -> Result<AccountDetail, Error> {
        match self.plan().await? {
            Plan::Made(made, member) => self.repeat(&made, &member).await,
            Plan::Make(_) => Err(Error::name_taken(&self.request.name)),
        }
    }
}

fn key_is_used() -> Error {
    let message = "this idempotency key belongs to another request; a new request needs a new key";
    vec![Violation::new("Idempotency-Key", "idempotency_key", message)].into()
}
