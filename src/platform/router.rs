//! Every route of the platform, and the OpenAPI document that is generated from the same lines.
//!
//! Responsible for the table of routes, on one screen. Refuses to handle a request: the routes do.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use axum::routing::get;
use axum::{Extension, Router, middleware};
use utoipa::openapi::path::Parameter;
use utoipa::openapi::schema::{Array, Object, OneOf, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{self, RefOr, Schema};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Platform;
use super::routes::answer::Edge;
use super::routes::call::DryRun;
use super::routes::refusal::Refused;
use super::routes::{access, account, answer, audit, company, metrics, role, session, state};
use crate::api::{Code, Problem, path};

/// How long a request may take, its body included.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);

/// The routes and the document about them.
fn every_route() -> (Router<Platform>, openapi::OpenApi) {
    let (router, mut document) = described_routes().split_for_parts();
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
        let parameters =
            operations.into_iter().flatten().filter_map(|operation| operation.parameters.as_mut());
        for parameter in parameters.flatten() {
            if let RefOr::T(Parameter { schema: Some(schema), explode, .. }) = parameter {
                never_null(schema);
                // No parameter is repeated: several values stand between commas.
                *explode = matches!(schema, RefOr::T(Schema::Array(_))).then_some(false);
            }
        }
    }
    (router, document)
}

/// A parameter is there or it is not: a URL or a header has no null.
fn never_null(schema: &mut RefOr<Schema>) {
    let is_null = |schema: &RefOr<Schema>| matches!(schema, RefOr::T(Schema::Object(it)) if it.schema_type == Type::Null.into());
    match schema {
        RefOr::T(
            Schema::Object(Object { schema_type: kind, .. }) | Schema::Array(Array { schema_type: kind, .. }),
        ) => {
            if let SchemaType::Array(kinds) = kind {
                kinds.retain(|kind| *kind != Type::Null);
                if let [only] = &kinds[..] {
                    *kind = SchemaType::Type(only.clone());
                }
            }
        }
        RefOr::T(Schema::OneOf(OneOf { items, .. })) => {
            items.retain(|item| !is_null(item));
            if let [only] = &mut items[..] {
                *schema = std::mem::take(only);
            }
        }
        _ => {}
    }
}

fn described_routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(session::token))
        .routes(routes!(session::revocation))
        .routes(routes!(state::health))
        .routes(routes!(state::ready))
        .routes(routes!(state::openapi))
        .routes(routes!(company::me))
        .routes(routes!(company::permissions))
        .routes(routes!(company::list))
        .routes(routes!(company::show))
        .routes(routes!(role::list))
        .routes(routes!(role::show))
        .routes(routes!(account::list))
        .routes(routes!(account::show))
        .routes(routes!(audit::list))
        .merge(writes())
        .nest(path::DRY_RUN, dry_runs())
}

/// All routes that change something in a company.
fn writes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new()
        .routes(routes!(role::create))
        .routes(routes!(role::set, role::adjust, role::delete))
        .routes(routes!(account::create))
        .routes(routes!(account::edit, account::delete))
        .routes(routes!(account::reset_password))
        .routes(routes!(access::set, access::adjust, access::remove))
}

/// The same routes as dry runs, whose changes are not kept.
fn dry_runs() -> OpenApiRouter<Platform> {
    let mut router = writes();
    for item in router.get_openapi_mut().paths.paths.values_mut() {
        let operations = [&mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            let of_the_real = |text: &mut Option<String>| text.take().unwrap_or_default();
            operation.operation_id = Some(format!("dry_run_{}", of_the_real(&mut operation.operation_id)));
            operation.summary = Some(format!("Dry run: {}", of_the_real(&mut operation.summary)));
            operation.description = Some(ABOUT_DRY_RUNS.to_owned());
        }
    }
    router.layer(Extension(DryRun)).layer(middleware::map_response(answer::mark_dry_run))
}

const ABOUT_DRY_RUNS: &str = "Answers as the path without `/dry-run` would now, with `\"dry_run\": true`, and changes \
                              nothing. The `id` of a new account is the only value that a later real request need not \
                              repeat.";

/// The operation of each method and path of `document`.
fn operations(document: &openapi::OpenApi) -> HashMap<(Method, String), String> {
    let paths = document.paths.paths.iter();
    let each = paths.flat_map(|(path, item)| {
        let methods = [
            (Method::GET, &item.get),
            (Method::PUT, &item.put),
            (Method::POST, &item.post),
            (Method::PATCH, &item.patch),
            (Method::DELETE, &item.delete),
        ];
        methods.into_iter().filter_map(|(method, operation)| {
            Some(((method, path.clone()), operation.as_ref()?.operation_id.clone()?))
        })
    });
    each.collect()
}

/// The router of a running platform.
pub fn router(platform: Platform) -> Router {
    let (router, document) = every_route();
    let operations = Arc::new(operations(&document));
    let edge = Edge { limit: REQUEST_LIMIT, operations, platform: Some(platform.clone()) };
    router
        .fallback(async || Refused::not_found())
        .method_not_allowed_fallback(async || {
            Refused::new(Code::MethodNotAllowed, "this path does not support this method")
        })
        .layer(Extension(state::Description::of(&document)))
        .layer(middleware::from_fn_with_state(edge, answer::around))
        .with_state(platform)
}

/// The one route of the listener for metrics.
pub fn metrics_router(platform: Platform) -> Router {
    Router::new().route("/metrics", get(metrics::show)).with_state(platform)
}

/// The OpenAPI document of [`router`].
pub fn document() -> openapi::OpenApi {
    every_route().1
}

#[derive(OpenApi)]
#[openapi(components(schemas(Problem)), modifiers(&BearerToken))]
struct Description;

struct BearerToken;

impl Modify for BearerToken {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document.components.get_or_insert_default().add_security_scheme("bearer", scheme);
    }
}
