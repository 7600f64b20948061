//! The OpenAPI document: what is committed is what is served, and every operation in it is exercised.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::TestApp;

fn in_repository(path: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The document's operations, such as `POST /qr/{code}`.
fn operations() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(&ticketgate::app::openapi_json()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect()
}

/// Each operation with the test that looks at its whole answer.
const TESTS: &[(&str, &str, &str)] = &[
    (
        "POST /ota/tickets/bulk-generate",
        "ota/generate.rs",
        "tickets_of_a_direct_sale_are_active_at_once",
    ),
    (
        "GET /ota/tickets",
        "ota/list.rs",
        "a_page_says_where_it_stands_and_an_entry_what_a_ticket_is",
    ),
    ("POST /qr/decrypt", "qr/decrypt.rs", "a_look_tells_all_and_changes_nothing"),
    ("POST /qr/{code}", "qr/issue.rs", "a_new_code_says_what_it_is_and_how_long_it_is_good"),
    ("GET /qr/{code}", "qr/current.rs", "it_is_the_same_to_the_letter_in_every_picture"),
    ("GET /qr/{code}/info", "qr/info.rs", "a_partner_sees_its_ticket_and_leaves_no_trace"),
    ("GET /venue", "http/routes.rs", "every_path_answers_under_api_too"),
    ("POST /venue/scan", "venue/scan.rs", "a_scan_takes_one_use_and_says_what_is_left"),
    ("POST /venue/redemptions/{id}/reverse", "http/routes.rs", "every_path_answers_under_api_too"),
    ("GET /venue/analytics/redemptions", "http/routes.rs", "every_path_answers_under_api_too"),
    (
        "POST /admin/partners",
        "admin/partners.rs",
        "a_new_partner_is_told_whole_and_its_key_is_good_at_once",
    ),
    ("GET /admin/partners", "admin/partners.rs", "partners_are_listed_by_code_in_pages"),
    (
        "PATCH /admin/partners/{partner_code}",
        "admin/partners.rs",
        "a_partner_is_renamed_and_disabled",
    ),
    ("POST /admin/keys", "admin/keys.rs", "a_further_key_is_told_whole_and_may_what_it_was_given"),
    ("GET /admin/keys", "admin/keys.rs", "keys_are_listed_without_their_secrets"),
    ("PATCH /admin/keys/{key_prefix}", "admin/keys.rs", "a_key_is_changed_field_by_field"),
    (
        "POST /admin/keys/{key_prefix}/rotate",
        "admin/keys.rs",
        "a_rotated_key_goes_on_until_its_overlap_ends",
    ),
    ("POST /admin/keys/{key_prefix}/revoke", "admin/keys.rs", "a_revoked_key_is_over_for_good"),
    ("POST /terminals/pair", "access/pairing.rs", "a_code_is_exchanged_for_a_key_once"),
    ("GET /admin/terminals", "admin/terminals.rs", "a_terminal_is_made_listed_changed_and_revoked"),
    (
        "POST /admin/terminals",
        "admin/terminals.rs",
        "a_terminal_is_made_listed_changed_and_revoked",
    ),
    (
        "PATCH /admin/terminals/{terminal_device_id}",
        "admin/terminals.rs",
        "a_terminal_is_made_listed_changed_and_revoked",
    ),
    (
        "POST /admin/terminals/{terminal_device_id}/pairing-code",
        "admin/terminals.rs",
        "a_new_pairing_code_is_shown_as_text_and_picture",
    ),
    (
        "POST /admin/terminals/{terminal_device_id}/revoke",
        "admin/terminals.rs",
        "a_terminal_is_made_listed_changed_and_revoked",
    ),
    ("GET /admin/products", "admin/products.rs", "a_product_is_made_listed_and_changed"),
    ("POST /admin/products", "admin/products.rs", "a_product_is_made_listed_and_changed"),
    (
        "PATCH /admin/products/{product_id}",
        "admin/products.rs",
        "a_product_is_made_listed_and_changed",
    ),
    ("GET /admin/venues", "admin/venues.rs", "a_venue_is_made_listed_and_changed"),
    ("POST /admin/venues", "admin/venues.rs", "a_venue_is_made_listed_and_changed"),
    ("PATCH /admin/venues/{venue_code}", "admin/venues.rs", "a_venue_is_made_listed_and_changed"),
    (
        "POST /operators/login",
        "access/log_in.rs",
        "who_logs_in_gets_a_token_and_is_told_who_they_are",
    ),
    ("GET /operators/me", "access/log_in.rs", "who_logs_in_gets_a_token_and_is_told_who_they_are"),
    (
        "POST /operators/logout",
        "access/log_in.rs",
        "logging_out_ends_this_session_only_and_at_once",
    ),
    (
        "POST /operators/password",
        "access/password.rs",
        "a_changed_password_ends_the_other_sessions_and_the_old_one_no_longer_does",
    ),
    ("POST /admin/operators", "admin/operators.rs", "operators_are_made_listed_and_changed"),
    ("GET /admin/operators", "admin/operators.rs", "operators_are_made_listed_and_changed"),
    (
        "PATCH /admin/operators/{username}",
        "admin/operators.rs",
        "operators_are_made_listed_and_changed",
    ),
    ("GET /admin/audit", "admin/audit.rs", "the_audit_log_is_read_by_admins_newest_first"),
    (
        "POST /admin/privacy/erase",
        "admin/privacy.rs",
        "a_tickets_customer_is_erased_and_its_ledger_stays",
    ),
    (
        "GET /.well-known/ticketgate-keys.json",
        "token/public_keys.rs",
        "the_live_keys_are_published_the_current_one_first_and_check_every_token",
    ),
    (
        "PATCH /admin/partners/{partner_code}/rate-limits",
        "access/limits.rs",
        "a_partner_has_its_own_limits_within_a_second",
    ),
    ("GET /healthz", "http/routes.rs", "every_path_answers_under_api_too"),
    ("GET /readyz", "http/routes.rs", "every_path_answers_under_api_too"),
    ("GET /metrics", "http/routes.rs", "every_path_answers_under_api_too"),
];

/// Whether a path of a request is one of the document's, such as `/qr/X/info` of `/qr/{code}/info`.
fn is_path_of(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template.zip(path).all(|(wanted, found)| {
            wanted == found || (wanted.starts_with('{') && !found.is_empty())
        })
}

/// The operation that a request is of: a path without variables comes before one with them.
fn operation_of<'o>(operations: &'o BTreeSet<String>, method: &str, path: &str) -> Option<&'o str> {
    let exact = operations.get(&format!("{method} {path}"));
    let found = exact.or_else(|| {
        operations.iter().find(|operation| {
            let (its_method, template) = operation.split_once(' ').unwrap();
            its_method == method && is_path_of(template, path)
        })
    });
    found.map(String::as_str)
}

/// Every request of a Postman collection: its method, its path, and whether it has tests.
fn requests(items: &Value, found: &mut Vec<(String, String, bool)>) {
    for item in items.as_array().unwrap() {
        if let Some(folder) = item.get("item") {
            requests(folder, found);
            continue;
        }
        let url = &item["request"]["url"];
        let url = url.get("raw").unwrap_or(url).as_str().unwrap();
        let path = url.strip_prefix("{{baseUrl}}").unwrap_or(url).split('?').next().unwrap();
        let method = item["request"]["method"].as_str().unwrap();
        let asserts = item["event"].to_string().contains("pm.test");
        found.push((method.to_owned(), path.to_owned(), asserts));
    }
}

fn requests_of_collections() -> Vec<(String, String, bool)> {
    let mut found = Vec::new();
    for name in
        ["OTA-Scan-Redemption", "QR-Generation-and-Verification", "Access-and-Administration"]
    {
        let text = in_repository(&format!("postman/{name}.postman_collection.json"));
        let collection: Value = serde_json::from_str(&text).unwrap();
        requests(&collection["item"], &mut found);
    }
    found
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let committed = in_repository("openapi.json");
    let made = ticketgate::app::openapi_json();
    assert!(committed == made, "openapi.json is old; run `make documents`");
    let app = TestApp::closed();
    let served = app.client().get("/openapi.json").expect(200);
    assert_eq!(served.header("content-type"), Some("application/json"));
    assert!(served.text == made);
    assert_eq!(served.body["openapi"], "3.1.0");
}

#[test]
fn every_operation_has_a_test() {
    let listed: BTreeSet<String> =
        TESTS.iter().map(|(operation, ..)| (*operation).into()).collect();
    assert_eq!(listed, operations());
    for (operation, file, test) in TESTS {
        let source = in_repository(&format!("tests/integration/{file}"));
        assert!(source.contains(&format!("fn {test}()")), "{operation}: {test} is not in {file}");
    }
}

#[test]
fn the_collections_use_every_operation_but_the_metrics() {
    let operations = operations();
    let requests = requests_of_collections();
    let used: BTreeSet<&str> = requests
        .iter()
        .filter_map(|(method, path, _)| operation_of(&operations, method, path))
        .collect();
    let unused: Vec<&String> =
        operations.iter().filter(|operation| !used.contains(operation.as_str())).collect();
    assert_eq!(unused, ["GET /metrics"]);
}

#[test]
fn every_request_of_the_collections_is_of_the_document_and_asserts_something() {
    let operations = operations();
    for (method, path, asserts) in requests_of_collections() {
        assert!(asserts, "{method} {path}");
        let is_known = operation_of(&operations, &method, &path).is_some();
        assert!(is_known || path == "/openapi.json", "{method} {path}");
    }
}

#[test]
fn every_answer_of_the_document_is_described() {
    let document: Value = serde_json::from_str(&ticketgate::app::openapi_json()).unwrap();
    for operation in operations() {
        let (method, path) = operation.split_once(' ').unwrap();
        let operation = &document["paths"][path][method.to_lowercase()];
        assert!(operation["summary"].is_string(), "{method} {path}");
        let responses = operation["responses"].as_object().unwrap();
        let problem = &responses["default"]["content"]["application/problem+json"]["schema"];
        assert_eq!(problem["$ref"], "#/components/schemas/ProblemBody", "{method} {path}");
        for (status, response) in responses {
            let description = response["description"].as_str().unwrap();
            assert!(!description.is_empty(), "{method} {path} {status}");
        }
    }
}
