//! Every route of the platform on one screen, and the OpenAPI document that is made of the same lines.

use std::time::Duration;

use axum::{Extension, Router, middleware};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Platform;
use super::routes::refusal::Refused;
use super::routes::{access, account, answer, company, role, session, state};
use crate::api::{Code, Problem};

/// How long a request may take, its body included.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);

fn every_route() -> OpenApiRouter<Platform> {
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
        .routes(routes!(role::list, role::create))
        .routes(routes!(role::show, role::set, role::adjust, role::delete))
        .routes(routes!(account::list, account::create))
        .routes(routes!(account::show, account::edit, account::delete))
        .routes(routes!(account::reset_password))
        .routes(routes!(access::set, access::adjust, access::remove))
}

/// The router of a running platform.
pub fn router(platform: Platform) -> Router {
    let (router, document) = every_route().split_for_parts();
    router
        .fallback(async || Refused::not_found())
        .method_not_allowed_fallback(async || {
            Refused::new(Code::MethodNotAllowed, "this path does not take this method")
        })
        .layer(Extension(state::Description::of(&document)))
        .layer(middleware::from_fn_with_state(REQUEST_LIMIT, answer::around))
        .with_state(platform)
}

/// The OpenAPI document of [`router`].
pub fn document() -> utoipa::openapi::OpenApi {
    every_route().split_for_parts().1
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
