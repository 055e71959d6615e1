//! The state of the platform.
//!
//! Responsible for three routes: liveness, readiness and the OpenAPI document. Refuses to reveal any data.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;

use super::answer::Shared;
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

/// The OpenAPI document as it is sent, written once.
#[derive(Clone)]
pub(in crate::platform) struct Description(Bytes);

impl Description {
    /// Writes `document`. One that cannot be written would be a mistake in the code, and is sent as nothing.
    pub(in crate::platform) fn of(document: &OpenApi) -> Self {
        Self(serde_json::to_vec(document).unwrap_or_default().into())
    }
}

/// Tell that the process is alive
#[utoipa::path(
    get, path = path::HEALTH, operation_id = "health", tag = "state",
    responses((status = 200, description = "The process answers", body = Success<Life>), PublicRefusals)
)]
pub(in crate::platform) async fn health(_: NoQuery) -> Answer<Life> {
    Ok(success(Life { state: "alive" }))
}

/// Tell that the database takes writes too
#[utoipa::path(
    get, path = path::READY, operation_id = "readiness", tag = "state",
    responses((status = 200, description = "The database takes writes", body = Success<Life>), PublicRefusals)
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
    Extension(Description(text)): Extension<Description>,
    _: NoQuery,
) -> Result<impl IntoResponse, Refused> {
    Ok((Extension(Shared), [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], text))
}
