//! `GET /ota/tickets`: filters, pages, and nobody else's tickets.

use serde_json::{Value, json};

use crate::support::TestApp;

/// Three batches of two products and two statuses: 3 + 2 + 1 tickets.
fn stocked() -> TestApp {
    let app = TestApp::demo();
    for order in [
        json!({"product_id": 106, "quantity": 3, "batch_id": "A", "customer_type": "adult",
               "customer_info": {"name": "Lo"}, "valid_from": "2026-12-01", "valid_until": "2026-12-31"}),
        json!({"product_id": 106, "quantity": 2, "batch_id": "B", "distribution_mode": "reseller_batch"}),
        json!({"product_id": 107, "quantity": 1, "batch_id": "C c/ä&?"}),
    ] {
        app.partner().order(&order).expect(201);
    }
    app
}

fn codes(list: &Value) -> Vec<&str> {
    let tickets = list["tickets"].as_array().unwrap();
    tickets.iter().map(|ticket| ticket["ticket_code"].as_str().unwrap()).collect()
}

#[test]
fn a_page_says_where_it_stands_and_an_entry_what_a_ticket_is() {
    let app = stocked();
    let list = app.partner().client.get("/ota/tickets?limit=1").expect(200).body;
    let one = |code: &str, name: &str| {
        json!({"function_code": code, "function_name": name,
               "remaining_uses": 1, "total_uses": 1})
    };
    assert_eq!(
        list,
        json!({
            "tickets": [{
                "ticket_code": "OTA-CP-20261121-000001",
                "status": "ACTIVE",
                "batch_id": "A",
                "product_id": 106,
                "customer_type": "adult",
                "valid_from": "2026-11-30T16:00:00.000Z",
                "valid_until": "2026-12-31T15:59:59.999Z",
                "created_at": "2026-11-21T02:00:00.000Z",
                "entitlements": [one("ferry", "Ferry Ride"), one("gift", "Souvenir Gift"),
                                 one("tokens", "Playground Tokens")]
            }],
            "total_count": 6,
            "page": 1,
            "page_size": 1,
            "has_more": true,
            "pagination": {"page": 1, "page_size": 1, "total_count": 6, "total_pages": 6,
                           "has_more": true}
        })
    );
}

#[test]
fn filters_choose_together() {
    let app = stocked();
    let premium = |n: i64| format!("OTA-CP-20261121-{n:06}");
    let all: Vec<String> =
        (1..=5).map(premium).chain(["OTA-CS-20261121-000001".to_owned()]).collect();
    let cases: [(&str, &[String]); 10] = [
        ("", &all),
        ("batch_id=A", &all[..3]),
        ("batch_id=C%20c%2F%C3%A4%26%3F", &all[5..]),
        ("batch_id=C+c/%C3%A4%26?", &all[5..]),
        ("batch_id=unknown", &[]),
        ("status=PRE_GENERATED", &all[3..5]),
        ("product_id=107", &all[5..]),
        ("product_id=999", &[]),
        ("batch_id=A&status=ACTIVE&product_id=106", &all[..3]),
        ("batch_id=A&status=PRE_GENERATED", &[]),
    ];
    for (query, expected) in cases {
        let list = app.partner().client.get(&format!("/ota/tickets?{query}")).expect(200).body;
        assert_eq!(codes(&list), expected, "{query}");
        assert_eq!(list["total_count"], expected.len(), "{query}");
    }
}

#[test]
fn the_pages_together_are_the_list() {
    let app = stocked();
    let mut seen = Vec::new();
    for page in 1..=3 {
        let query = format!("/ota/tickets?page={page}&limit=2");
        let list = app.partner().client.get(&query).expect(200).body;
        assert_eq!((&list["page"], &list["page_size"]), (&json!(page), &json!(2)));
        assert_eq!(list["has_more"], json!(page < 3));
        assert_eq!(list["pagination"]["total_pages"], 3);
        seen.extend(codes(&list).into_iter().map(str::to_owned));
    }
    let all = app.partner().client.get("/ota/tickets").expect(200).body;
    assert_eq!(seen, codes(&all));
    for page in [4, i64::MAX] {
        let query = format!("/ota/tickets?page={page}&limit=2");
        let list = app.partner().client.get(&query).expect(200).body;
        assert_eq!((codes(&list).len(), &list["total_count"]), (0, &json!(6)));
        assert_eq!(list["has_more"], false);
    }
}

#[test]
fn a_limit_over_500_is_capped() {
    let app = TestApp::demo();
    app.partner().generate(501);
    for limit in [501, 100_000, i64::MAX] {
        let list = app.partner().client.get(&format!("/ota/tickets?limit={limit}")).expect(200);
        assert_eq!(list.body["page_size"], 500);
        assert_eq!((codes(&list.body).len(), &list.body["has_more"]), (500, &json!(true)));
    }
    let list = app.partner().client.get("/ota/tickets").expect(200);
    assert_eq!((&list.body["page_size"], codes(&list.body).len()), (&json!(50), 50));
}

#[test]
fn a_query_that_makes_no_sense_is_refused_by_name() {
    let app = stocked();
    let statuses = "must be one of PRE_GENERATED, ACTIVE, USED, CANCELLED, EXPIRED, REFUND_LOCKED";
    let at_least_one = "must be a whole number of 1 or more";
    let whole = "must be a whole number";
    let cases = [
        ("page=0", "page", at_least_one),
        ("page=-1", "page", at_least_one),
        ("page=1.5", "page", at_least_one),
        ("page=", "page", at_least_one),
        ("page=99999999999999999999", "page", at_least_one),
        ("limit=0", "limit", at_least_one),
        ("limit=ten", "limit", at_least_one),
        ("status=SHINY", "status", statuses),
        ("status=active", "status", statuses),
        ("status=", "status", statuses),
        ("product_id=x", "product_id", whole),
        ("product_id=", "product_id", whole),
        ("product_id=106.0", "product_id", whole),
        ("batch_id=%00", "batch_id", "must not contain control characters"),
        ("batch_id=", "batch_id", "must not be empty"),
    ];
    for (query, field, problem) in cases {
        let reply = app.partner().client.get(&format!("/ota/tickets?{query}"));
        let errors = json!([{"field": field, "problem": problem}]);
        assert_eq!(
            (reply.verdict(), &reply.body["errors"]),
            ((400, "INVALID_REQUEST"), &errors),
            "{query}"
        );
    }
    let reply = app.partner().client.get("/ota/tickets?page=0&limit=0&status=x&product_id=x");
    assert_eq!(reply.body["errors"].as_array().unwrap().len(), 4);
    let twice = app.partner().client.get("/ota/tickets?page=1&page=2");
    assert_eq!(twice.verdict(), (400, "INVALID_REQUEST"));
    assert!(twice.text_at("/detail").contains("`page`"), "{}", twice.text);
}

#[test]
fn a_partner_sees_its_own_tickets_only() {
    let app = stocked();
    let other = app.new_partner("other_partner", "");
    let empty = json!({
        "tickets": [], "total_count": 0, "page": 1, "page_size": 50, "has_more": false,
        "pagination": {"page": 1, "page_size": 50, "total_count": 0, "total_pages": 0,
                       "has_more": false}
    });
    for query in ["", "?batch_id=A", "?product_id=106", "?status=ACTIVE"] {
        assert_eq!(other.client.get(&format!("/ota/tickets{query}")).expect(200).body, empty);
    }
    other.order(&json!({"product_id": 106, "quantity": 1, "batch_id": "A"})).expect(201);
    let list = other.client.get("/ota/tickets?batch_id=A").expect(200).body;
    assert_eq!(codes(&list), ["OTA-CP-20261121-000006"]);
    assert_eq!(app.partner().client.get("/ota/tickets").expect(200).body["total_count"], 6);
}
