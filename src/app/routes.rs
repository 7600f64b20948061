//! Every URL on one page, each with its handler; route and OpenAPI operation are made in one act.

use actix_web::{HttpResponse, Route, guard, web};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi as _};

use super::permissions::{Operation, describe};
use super::{docs, health, keys};
use crate::access::http as access;
use crate::access::{
    AdminPermit, EnterPermit, GeneratePermit, InfoPermit, IssuePermit, LookPermit, MetricsPermit,
    OpenPermit, PasswordPermit, Permit, ReportPermit, ReversePermit, ScanPermit, SelfPermit,
    TicketListPermit, VenueListPermit, for_holders_of,
};
use crate::admin::http as admin;
use crate::http::{Problem, ProblemBody, with_room_in};
use crate::ota::http as ota;
use crate::qr::QrState;
use crate::qr::http as qr;
use crate::venue::VenueState;
use crate::venue::http as venue;

macro_rules! names {
    (get) => {
        "GET, HEAD"
    };
    (post) => {
        "POST"
    };
    (patch) => {
        "PATCH"
    };
}

macro_rules! routes {
    ($($url:literal { $($method:ident $room:ident :: $handler:ident for $permit:ident
        $(with room in $state:ident)?;)+ })+) => {
        fn mount_api(config: &mut web::ServiceConfig) {
            $(config.service(
                web::resource($url)
                    $(.route({
                        let route = for_holders_of::<$permit>($method().to($room::$handler));
                        $(let route = with_room_in::<$state>(route);)?
                        route
                    }))+
                    .default_service(no_other_method(concat!($(names!($method), ", "),+))),
            );)+
        }

        /// The OpenAPI document.
        #[derive(utoipa::OpenApi)]
        #[openapi(
            paths($($($room::$handler,)+)+),
            components(schemas(ProblemBody)),
            modifiers(&Finish),
            info(
                title = "ticketgate",
                description = "Ticket redemption for venues: bulk tickets, encrypted and signed \
                    QR codes, each redeemed exactly once. Every path also answers under /api."
            )
        )]
        struct Document;

        /// Every operation, and who may ask for it.
        pub const OPERATIONS: &[Operation] = &[$($(Operation {
            method: stringify!($method),
            path: $url,
            grant: $permit::GRANT,
            class: $permit::CLASS,
            counts_failures_only: $permit::COUNTS_FAILURES_ONLY,
        },)+)+];
    };
}

// They are tried in this order: what the gate asks at every ticket comes first.
routes! {
    "/venue/scan" { post venue::scan for ScanPermit with room in VenueState; }
    "/qr/decrypt" { post qr::decrypt for LookPermit with room in QrState; }

    "/ota/tickets/bulk-generate" { post ota::bulk_generate for GeneratePermit; }
    "/ota/tickets" { get ota::list_tickets for TicketListPermit; }

    "/qr/{code}" { post qr::issue for IssuePermit; get qr::current for IssuePermit; }
    "/qr/{code}/info" { get qr::ticket_info for InfoPermit; }

    "/venue" { get venue::list_venues for VenueListPermit; }
    "/venue/redemptions/{id}/reverse" { post venue::undo for ReversePermit; }
    "/venue/analytics/redemptions" { get venue::redemptions for ReportPermit; }

    "/operators/login" { post access::login for EnterPermit; }
    "/operators/logout" { post access::logout for SelfPermit; }
    "/operators/me" { get access::me for SelfPermit; }
    "/operators/password" { post access::change_password for PasswordPermit; }
    "/terminals/pair" { post access::pair_terminal for EnterPermit; }

    "/admin/partners" {
        post admin::create_partner for AdminPermit;
        get admin::list_partners for AdminPermit;
    }
    "/admin/partners/{partner_code}" { patch admin::change_partner for AdminPermit; }
    "/admin/partners/{partner_code}/rate-limits" { patch admin::change_rate_limits for AdminPermit; }
    "/admin/keys" { post admin::create_key for AdminPermit; get admin::list_keys for AdminPermit; }
    "/admin/keys/{key_prefix}" { patch admin::change_key for AdminPermit; }
    "/admin/keys/{key_prefix}/rotate" { post admin::rotate_key for AdminPermit; }
    "/admin/keys/{key_prefix}/revoke" { post admin::revoke_key for AdminPermit; }
    "/admin/operators" {
        post admin::create_operator for AdminPermit;
        get admin::list_operators for AdminPermit;
    }
    "/admin/operators/{username}" { patch admin::change_operator for AdminPermit; }
    "/admin/terminals" {
        post admin::create_terminal for AdminPermit;
        get admin::list_terminals for AdminPermit;
    }
    "/admin/terminals/{terminal_device_id}" { patch admin::change_terminal for AdminPermit; }
    "/admin/terminals/{terminal_device_id}/pairing-code" { post admin::create_pairing_code for AdminPermit; }
    "/admin/terminals/{terminal_device_id}/revoke" { post admin::revoke_terminal for AdminPermit; }
    "/admin/products" {
        post admin::create_product for AdminPermit;
        get admin::list_products for AdminPermit;
    }
    "/admin/products/{product_id}" { patch admin::change_product for AdminPermit; }
    "/admin/venues" {
        post admin::create_venue for AdminPermit;
        get admin::list_venues for AdminPermit;
    }
    "/admin/venues/{venue_code}" { patch admin::change_venue for AdminPermit; }
    "/admin/audit" { get admin::audit for AdminPermit; }
    "/admin/privacy/erase" { post admin::erase_customer for AdminPermit; }

    "/.well-known/ticketgate-keys.json" { get keys::public_keys for OpenPermit; }

    "/healthz" { get health::healthz for OpenPermit; }
    "/readyz" { get health::readyz for OpenPermit; }
    "/metrics" { get health::metrics for MetricsPermit; }
}

/// Mounts every route at the root and again under `/api`, and the pages.
pub(super) fn mount(config: &mut web::ServiceConfig) {
    let page =
        |url, route| web::resource(url).route(route).default_service(no_other_method(names!(get)));
    config
        .configure(mount_api)
        .service(page("/openapi.json", get().to(openapi)))
        .service(page("/docs", get().to(docs::page)))
        .service(page("/docs/", get().to(docs::page)))
        .service(page("/docs/{name}", get().to(docs::asset)))
        .service(web::scope("/api").configure(mount_api).default_service(web::to(not_found)))
        .default_service(web::to(not_found));
}

async fn openapi() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(openapi_json())
}

async fn not_found() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found("NOT_FOUND", "there is nothing at this address; /docs lists what is"))
}

/// GET, and HEAD, which is GET without its body (RFC 9110, section 9.3.2).
fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

fn post() -> Route {
    web::post()
}

fn patch() -> Route {
    web::patch()
}

/// Answers every method but those of this list, each followed by a comma where there are several.
fn no_other_method(list: &'static str) -> Route {
    let allowed = list.trim_end_matches(", ");
    web::to(move || async move { Err::<HttpResponse, _>(Problem::method_not_allowed(allowed)) })
}

/// What all operations have in common.
struct Finish;

impl Modify for Finish {
    fn modify(&self, document: &mut OpenApi) {
        // The macro makes an empty one of a licence that Cargo.toml does not name.
        document.info.license = None;
        let components = document.components.get_or_insert_default();
        for (name, header) in [("ApiKey", "X-API-Key"), ("TerminalKey", "X-Terminal-Key")] {
            let scheme = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new(header)));
            components.add_security_scheme(name, scheme);
        }
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("OperatorToken", bearer);
        let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemBody"))).build();
        let problem = ResponseBuilder::new()
            .description("A problem (RFC 9457); `error` is its stable code")
            .content("application/problem+json", body)
            .build();
        for Operation { method, path, grant, .. } in OPERATIONS {
            let item = document.paths.paths.get_mut(*path);
            let described = item.and_then(|item| match *method {
                "get" => item.get.as_mut(),
                "patch" => item.patch.as_mut(),
                _ => item.post.as_mut(),
            });
            if let Some(operation) = described {
                describe(operation, *grant);
                let responses = &mut operation.responses.responses;
                responses.insert("default".to_owned(), RefOr::T(problem.clone()));
            }
        }
    }
}

/// The OpenAPI document as JSON, as `openapi.json` in the repository has it.
#[must_use]
pub fn openapi_json() -> String {
    let mut json = Document::openapi().to_pretty_json().unwrap_or_default();
    json.push('\n');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_and_document_name_the_same_operations() {
        let document = Document::openapi();
        let mut described: Vec<(&str, &str)> = Vec::new();
        for (url, item) in &document.paths.paths {
            described.extend(item.get.iter().map(|_| ("get", url.as_str())));
            described.extend(item.post.iter().map(|_| ("post", url.as_str())));
            described.extend(item.patch.iter().map(|_| ("patch", url.as_str())));
        }
        described.sort_unstable();
        let mut mounted: Vec<_> = OPERATIONS.iter().map(|one| (one.method, one.path)).collect();
        mounted.sort_unstable();
        assert_eq!(mounted, described);
    }
}
