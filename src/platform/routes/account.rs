//! The service accounts of a company, owned and external.
//!
//! Responsible for the requests about them. Refuses to decide: the service does.

use super::call::{InCompany, Named};
use super::extract::{IdempotencyKey, Json, NoQuery, Query};
use super::refusal::{Refusals, WriteRefusals};
use super::{AccountPath, Answer, CompanyPath, Listed, Placed, changed, placed, success};
use crate::api::account::{
    AccountQuery, CreateAccount, Deletion, EditAccount, PasswordChange, ResetPassword,
};
use crate::api::{Account, AccountDetail, Page, Success, path};
use crate::platform::service::account;

/// List the owned and external service accounts of the company
#[utoipa::path(
    get, path = path::ACCOUNTS, operation_id = "list_service_accounts", tag = "service accounts",
    security(("bearer" = [])), params(CompanyPath, AccountQuery),
    responses((status = 200, description = "One page of accounts", body = Page<Account>), Refusals)
)]
pub(in crate::platform) async fn list(
    InCompany(context): InCompany,
    Query(query): Query<AccountQuery>,
) -> Listed<Account> {
    Ok(axum::Json(account::list(&context, &query).await?))
}

/// Create a service account that the company owns
///
/// All or nothing: with access that cannot be given, there is no account. The same caller who repeats the
/// same request with the same `Idempotency-Key` and may view accounts gets the account that the first one made; with
/// another request the key is refused.
#[utoipa::path(
    post, path = path::ACCOUNTS, operation_id = "create_service_account", tag = "service accounts",
    security(("bearer" = [])),
    params(CompanyPath, ("Idempotency-Key" = Option<String>, Header,
        description = "1 to 128 visible ASCII characters, chosen by the caller", pattern = "^[!-~]{1,128}$")),
    request_body = CreateAccount,
    responses((status = 201, description = "The new account", body = Success<AccountDetail>), WriteRefusals)
)]
pub(in crate::platform) async fn create(
    InCompany(context): InCompany,
    _: NoQuery,
    IdempotencyKey(key): IdempotencyKey,
    Json(request): Json<CreateAccount>,
) -> Placed<AccountDetail> {
    let made = account::create(&context, request, key.as_deref()).await?;
    Ok((placed(true), changed(&context, made)))
}

/// Show one service account; its owner also sees where else it has access
#[utoipa::path(
    get, path = path::ACCOUNT, operation_id = "show_service_account", tag = "service accounts",
    security(("bearer" = [])), params(AccountPath),
    responses((status = 200, description = "The account", body = Success<AccountDetail>), Refusals)
)]
pub(in crate::platform) async fn show(Named(context, name): Named, _: NoQuery) -> Answer<AccountDetail> {
    Ok(success(account::show(&context, &name).await?))
}

/// Change the description; only the owner company may
#[utoipa::path(
    patch, path = path::ACCOUNT, operation_id = "edit_service_account", tag = "service accounts",
    security(("bearer" = [])), params(AccountPath), request_body = EditAccount,
    responses((status = 200, description = "The account as it is now", body = Success<Account>), WriteRefusals)
)]
pub(in crate::platform) async fn edit(
    Named(context, name): Named,
    _: NoQuery,
    Json(request): Json<EditAccount>,
) -> Answer<Account> {
    Ok(changed(&context, account::edit(&context, &name, request).await?))
}

/// Reset the password and end every token of the account; only the owner company may
#[utoipa::path(
    put, path = path::PASSWORD, operation_id = "reset_service_account_password", tag = "service accounts",
    security(("bearer" = [])), params(AccountPath), request_body = ResetPassword,
    responses(
        (status = 200, description = "The account; all its older tokens were revoked", body = Success<PasswordChange>),
        WriteRefusals
    )
)]
pub(in crate::platform) async fn reset_password(
    Named(context, name): Named,
    _: NoQuery,
    Json(request): Json<ResetPassword>,
) -> Answer<PasswordChange> {
    Ok(changed(&context, account::reset_password(&context, &name, request).await?))
}

/// Delete the account everywhere; only the owner company may
#[utoipa::path(
    delete, path = path::ACCOUNT, operation_id = "delete_service_account", tag = "service accounts",
    security(("bearer" = [])), params(AccountPath),
    responses((status = 200, description = "The account was deleted", body = Success<Deletion>), Refusals)
)]
pub(in crate::platform) async fn delete(Named(context, name): Named, _: NoQuery) -> Answer<Deletion> {
    Ok(changed(&context, account::delete(&context, &name).await?))
}
