//! `GET /venue/analytics/redemptions`: the ledger, filtered and page by page.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Client, Gate, TestApp, masked};

const PATH: &str = "/venue/analytics/redemptions";

/// The device of each event found: in these tests every scan has a device of its own.
fn devices(client: &Client, query: &str) -> Vec<String> {
    let reply = client.get(&format!("{PATH}?{query}")).expect(200);
    let items = reply.body["items"].as_array().unwrap();
    assert_eq!(reply.body["total"], json!(items.len()), "{query}");
    items.iter().map(|event| event["terminal_device_id"].as_str().unwrap().to_owned()).collect()
}

struct World {
    app: TestApp,
    codes: Vec<String>,
    jtis: Vec<String>,
}

/// Two tickets of one partner and one of another, scanned a minute apart by D-1 to D-6.
fn world() -> World {
    let app = TestApp::demo();
    let other = app.new_partner("other_partner", "");
    let mut issued: Vec<_> =
        app.partner().generate(2).iter().map(|code| app.partner().issue(code)).collect();
    issued.push(other.issue(&other.ticket()));
    let tokens: Vec<String> = issued.iter().map(|code| code.text_at("/encrypted_data")).collect();
    let scans = [
        (0, "ferry", json!({"venue_code": "central-pier"})),
        (0, "ferry", json!({"venue_code": "cheung-chau"})),
        (0, "gift", json!({})),
        (1, "tokens", json!({"venue_code": "cheung-chau"})),
        (1, "spa", json!({})),
        (2, "ferry", json!({"venue_code": "central-pier"})),
    ];
    for (number, (ticket, function, more)) in (1..).zip(scans) {
        let gate = Gate { device: format!("D-{number}"), ..app.gate() };
        gate.scan_with(&tokens[ticket], function, &more);
        app.clock.advance(TimeDelta::minutes(1));
    }
    let codes = issued.iter().map(|code| code.text_at("/ticket_code")).collect();
    let jtis = issued.iter().map(|code| code.text_at("/jti")).collect();
    World { app, codes, jtis }
}

#[test]
fn each_filter_finds_its_events_newest_first() {
    let World { app, codes, jtis } = world();
    let visitor = app.client();
    let cases = [
        (String::new(), vec!["D-6", "D-5", "D-4", "D-3", "D-2", "D-1"]),
        (
            "from=2026-11-21&to=2026-11-21".to_owned(),
            vec!["D-6", "D-5", "D-4", "D-3", "D-2", "D-1"],
        ),
        ("from=2026-11-22".to_owned(), vec![]),
        ("to=2026-11-20".to_owned(), vec![]),
        (format!("ticket_code={}", codes[1]), vec!["D-5", "D-4"]),
        (format!("jti={}", jtis[0]), vec!["D-3", "D-2", "D-1"]),
        (format!("jti={}", jtis[0].to_uppercase()), vec!["D-3", "D-2", "D-1"]),
        (format!("jti={}&ticket_code={}", jtis[0], codes[0]), vec!["D-3", "D-2", "D-1"]),
        (format!("jti={}&ticket_code={}", jtis[0], codes[1]), vec![]),
        ("venue_code=cheung-chau".to_owned(), vec!["D-4", "D-2"]),
        ("function_code=ferry".to_owned(), vec!["D-6", "D-2", "D-1"]),
        ("function_code=spa".to_owned(), vec!["D-5"]),
        ("terminal_device_id=D-3".to_owned(), vec!["D-3"]),
        ("result=success".to_owned(), vec!["D-6", "D-4", "D-3", "D-1"]),
        ("result=reject".to_owned(), vec!["D-5", "D-2"]),
        ("result=reversal".to_owned(), vec![]),
        ("reason=ALREADY_REDEEMED".to_owned(), vec!["D-2"]),
        ("from=2026-11-21T02:03:00Z".to_owned(), vec!["D-6", "D-5", "D-4"]),
        ("to=2026-11-21T10:01:00%2B08:00".to_owned(), vec!["D-2", "D-1"]),
        ("from=2026-11-21T02:01:00Z&to=2026-11-21T02:03:00Z".to_owned(), vec!["D-4", "D-3", "D-2"]),
        ("from=2026-11-21T02:03:00Z&to=2026-11-21T02:01:00Z".to_owned(), vec![]),
        (
            "function_code=ferry&result=success&venue_code=central-pier".to_owned(),
            vec!["D-6", "D-1"],
        ),
        ("ticket_code=OTA-CP-20261121-999999".to_owned(), vec![]),
        ("jti=00000000-0000-4000-8000-000000000000".to_owned(), vec![]),
    ];
    for (query, expected) in cases {
        assert_eq!(devices(&visitor, &query), expected, "{query}");
    }
}

#[test]
fn a_partner_sees_the_events_of_its_own_tickets_only() {
    let World { app, codes, jtis } = world();
    let own = app.partner().client;
    let cases = [
        (String::new(), vec!["D-5", "D-4", "D-3", "D-2", "D-1"]),
        ("function_code=ferry".to_owned(), vec!["D-2", "D-1"]),
        (format!("jti={}", jtis[0]), vec!["D-3", "D-2", "D-1"]),
        ("terminal_device_id=D-6".to_owned(), vec![]),
    ];
    for (query, expected) in cases {
        assert_eq!(devices(&own, &query), expected, "{query}");
    }
    let unknown = own.get(&format!("{PATH}?jti=00000000-0000-4000-8000-000000000000")).expect(200);
    assert_eq!(
        unknown.body,
        json!({"items": [], "total": 0, "page": 1, "page_size": 50, "has_more": false})
    );
    for query in [format!("jti={}", jtis[2]), format!("ticket_code={}", codes[2])] {
        assert_eq!(own.get(&format!("{PATH}?{query}")).expect(200).body, unknown.body, "{query}");
    }
}

#[test]
fn a_partner_does_not_see_who_works_at_a_venue() {
    let app = TestApp::closed();
    let partner = app.new_partner("acme", "");
    let token = partner.token(&partner.ticket());
    let gate = Gate { client: app.operator("anna", "supervisor"), device: "D-1".to_owned() };
    let redeemed = gate.scan(&token, "ferry").expect(200).text_at("/redemption_id");
    gate.undo(&redeemed).expect(200);
    let seen = |client: &Client| -> Vec<Value> {
        let page = client.get(PATH).expect(200).body;
        let of = |event: &Value| {
            json!([event["result"], event["principal"], event["operator"], event["reason"]])
        };
        page["items"].as_array().unwrap().iter().map(of).collect()
    };
    assert_eq!(
        seen(&gate.client),
        [
            json!(["reversal", "operator:anna", "anna", "scanned by mistake"]),
            json!(["success", "operator:anna", "anna", null])
        ]
    );
    assert_eq!(
        seen(&partner.client),
        [json!(["reversal", "operator", null, null]), json!(["success", "operator", null, null])]
    );
}

#[test]
fn the_list_comes_page_by_page() {
    let World { app, .. } = world();
    let page = |query: &str| {
        let mut body = app.client().get(&format!("{PATH}?{query}")).expect(200).body;
        for item in body["items"].as_array_mut().unwrap() {
            *item = item["terminal_device_id"].clone();
        }
        body
    };
    let expected = |items: &[&str], page: i64, page_size: i64, has_more: bool| json!({"items": items, "total": 6, "page": page, "page_size": page_size, "has_more": has_more});
    assert_eq!(page("limit=4"), expected(&["D-6", "D-5", "D-4", "D-3"], 1, 4, true));
    assert_eq!(page("limit=4&page=2"), expected(&["D-2", "D-1"], 2, 4, false));
    assert_eq!(page("limit=3&page=2"), expected(&["D-3", "D-2", "D-1"], 2, 3, false));
    assert_eq!(page("limit=4&page=3"), expected(&[], 3, 4, false));
    assert_eq!(page("page=9223372036854775807"), expected(&[], i64::MAX, 50, false));
    let whole = ["D-6", "D-5", "D-4", "D-3", "D-2", "D-1"];
    assert_eq!(page(""), expected(&whole, 1, 50, false));
    assert_eq!(page("limit=501"), expected(&whole, 1, 500, false));
    assert_eq!(page("limit=9223372036854775807"), expected(&whole, 1, 500, false));
}

const NUMBER: &str = "must be a whole number of 1 or more";
const TIME: &str = "must be a time such as 2026-11-21T08:00:00Z or a date such as 2026-11-21";
const UUID: &str = "must be a UUID such as 550e8400-e29b-41d4-a716-446655440000";
const CODE: &str = "must be 1 to 64 capital letters, digits and hyphens";
const RESULT: &str = "must be one of success, reject, reversal";

#[test]
fn a_bad_value_is_told_by_the_name_of_its_field() {
    let app = TestApp::demo();
    let cases = [
        ("page", "0", NUMBER),
        ("page", "-1", NUMBER),
        ("page", "1.5", NUMBER),
        ("page", "9223372036854775808", NUMBER),
        ("limit", "0", NUMBER),
        ("limit", "ten", NUMBER),
        ("jti", "", UUID),
        ("jti", "nonsense", UUID),
        ("ticket_code", "ota-cp", CODE),
        ("ticket_code", "", CODE),
        ("ticket_code", "%00", CODE),
        ("result", "SUCCESS", RESULT),
        ("result", "", RESULT),
        ("from", "yesterday", TIME),
        ("to", "2026-11-21T08:00:00", TIME),
        ("to", "%00", TIME),
    ];
    for (field, value, problem) in cases {
        let reply = app.client().get(&format!("{PATH}?{field}={value}"));
        let text = format!("{field} {problem}");
        assert_eq!(
            masked(&reply.body, &["/request_id"]),
            json!({
                "type": "urn:ticketgate:problem:invalid-request", "title": "Bad Request",
                "status": 400, "detail": text, "error": "INVALID_REQUEST", "message": text,
                "request_id": "*", "errors": [{"field": field, "problem": problem}]
            })
        );
    }
    let all = app.client().get(&format!("{PATH}?page=0&limit=0&jti=x&result=x&from=x&to=x"));
    let errors = all.expect(400).body["errors"].as_array().unwrap().clone();
    let fields: Vec<Value> = errors.iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["page", "limit", "jti", "result", "from", "to"]);
}

#[test]
fn a_text_that_no_event_can_have_is_told_by_the_name_of_its_field() {
    let app = TestApp::demo();
    for field in ["venue_code", "function_code", "terminal_device_id", "reason"] {
        for value in ["%00", "a%0Ab", &"x".repeat(1000)] {
            let reply = app.client().get(&format!("{PATH}?{field}={value}"));
            assert_eq!(reply.verdict(), (400, "INVALID_REQUEST"), "{field}: {}", reply.text);
            assert_eq!(reply.field(), field);
        }
    }
    let twice = app.client().get(&format!("{PATH}?page=1&page=2"));
    assert_eq!(twice.verdict(), (400, "INVALID_REQUEST"));
    assert!(twice.text_at("/detail").contains("`page`"), "{}", twice.text);
}
