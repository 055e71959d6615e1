//! How the platform is: alive, ready, and what it can be asked.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;

use super::extract::NoQuery;
use super::refusal::{PublicRefusals, Refused};
use super::{Answer, success};
use crate::api::{Success, path};
use crate::platform::Platform;

/// A sign of life.
#[derive(Serialize, ToSchema)]
pub(in crate::platform) struct Life {
    /// `alive` or `ready`.
    state: &'static str,
}

/// Tell that the process is alive
#[utoipa::path(
    get, path = path::HEALTH, operation_id = "health", tag = "state",
    responses((status = 200, description = "The process answers", body = Success<Life>), PublicRefusals)
)]
pub(in crate::platform) async fn health(_: NoQuery) -> Answer<Life> {
    Ok(success(Life { state: "alive" }))
}

/// Tell that the database answers too
#[utoipa::path(
    get, path = path::READY, operation_id = "readiness", tag = "state",
    responses((status = 200, description = "The database answers", body = Success<Life>), PublicRefusals)
)]
pub(in crate::platform) async fn ready(State(platform): State<Platform>, _: NoQuery) -> Answer<Life> {
    platform.ready().await?;
    Ok(success(Life { state: "ready" }))
}

/// Describe every route, as OpenAPI 3.1
#[utoipa::path(
    get, path = path::OPENAPI, operation_id = "openapi", tag = "state",
    responses((status = 200, description = "The OpenAPI document", body = serde_json::Value), PublicRefusals)
)]
pub(in crate::platform) async fn openapi(
    Extension(document): Extension<Arc<OpenApi>>,
    _: NoQuery,
) -> Result<Json<OpenApi>, Refused> {
    Ok(Json(OpenApi::clone(&document)))
}
