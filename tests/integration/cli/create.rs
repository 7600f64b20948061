//! Making partners, terminals, venues and products: once, listed, and refused with a sentence.

use serde_json::{Value, json};

use crate::support::process::{command, failure, run, run_json};
use crate::support::{Site, masked};

#[test]
fn what_is_there_already_is_refused_with_a_sentence() {
    let site = Site::new();
    let cases: [(&[&str], &str); 6] = [
        (
            &["keys", "generate"],
            "generate the first key: there is one already; `keys add` makes another",
        ),
        (
            &["product", "create", "CP", "--name", "Again", "--function", "ferry"],
            "create product CP: its id or its code is taken",
        ),
        (
            &["product", "create", "CQ", "--name", "Again", "--function", "ferry", "--id", "106"],
            "create product CQ: its id or its code is taken",
        ),
        (
            &["venue", "create", "pier", "--functions", "ferry"],
            "create venue pier: there is one already",
        ),
        (&["partner", "create", "acme"], "create partner acme: there is one already"),
        (
            &["terminal", "create", "GATE-1", "--venue", "pier"],
            "create terminal GATE-1: there is one already",
        ),
    ];
    for (arguments, sentence) in cases {
        let expected = format!("ticketgate: failed to {sentence}");
        assert_eq!(failure(site.command(arguments)), expected, "{arguments:?}");
    }
}

#[test]
fn lists_show_what_was_made_and_no_secret() {
    let site = Site::new();
    let all = "tickets:generate,tickets:read,tickets:activate,tickets:cancel,qr:issue,webhooks:manage,reports:read";
    let permissions: Vec<&str> = all.split(',').collect();
    let cases = [
        (
            "partner",
            json!([{"partner_code": "acme", "partner_name": null, "is_active": true, "rate_limits": {}, "created_at": "*"}]),
        ),
        (
            "api-key",
            json!([{"key_prefix": "*", "partner_code": "acme", "key_name": null,
                "permissions": permissions, "created_at": "*", "expires_at": null,
                "revoked_at": null, "last_used_at": null}]),
        ),
        (
            "terminal",
            json!([{"terminal_device_id": "GATE-1", "venue_code": "pier", "functions": null, "is_active": true,
                "created_at": "*", "paired_at": "*", "last_seen_at": null, "revoked_at": null}]),
        ),
        (
            "venue",
            json!([{"venue_id": 1, "venue_code": "pier", "venue_name": "pier", "venue_type": "venue",
                "timezone": "UTC", "supported_functions": ["ferry", "gift"], "is_active": true}]),
        ),
        (
            "product",
            json!([{"product_id": 106, "product_code": "CP", "product_name": "Cruise",
                "functions": [
                    {"function_code": "ferry", "function_name": "ferry", "uses": 1},
                    {"function_code": "gift", "function_name": "gift", "uses": 1}
                ], "prices": [],
                "is_active": true}]),
        ),
    ];
    for (what, expected) in cases {
        let list = run_json(&site.database, &[what, "list"]);
        assert_eq!(
            masked(&list, &["/0/key_prefix", "/0/created_at", "/0/paired_at"]),
            expected,
            "{what}"
        );
        let table = String::from_utf8(run(&site.database, &[what, "list"]).stdout).unwrap();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 2, "a head and a row: {table}");
        assert_eq!(lines[0], lines[0].to_uppercase());
        for secret in [&site.api_key, &site.terminal_key] {
            let (_, end) = secret.split_at(secret.len() - 16);
            assert!(!table.contains(end) && !list.to_string().contains(end), "{table}");
        }
    }
}

#[test]
fn products_and_venues_take_everything_that_they_can_have() {
    let site = Site::new();
    let product = [
        "product",
        "create",
        "LX",
        "--name",
        "豪華 Luxury",
        "--function",
        "ferry:2:Ferry ride: both ways",
        "--function",
        "tokens:3",
        "--price",
        "adult:175.00:HKD",
        "--price",
        "child:80",
        "--price",
        "adult:20.5:EUR",
    ];
    assert_eq!(
        run_json(&site.database, &product),
        json!({"product_id": 107, "product_code": "LX", "product_name": "豪華 Luxury",
            "functions": [
                {"function_code": "ferry", "function_name": "Ferry ride: both ways", "uses": 2},
                {"function_code": "tokens", "function_name": "tokens", "uses": 3}
            ],
            "prices": [
                {"customer_type": "adult", "price": "175.00", "currency": "HKD"},
                {"customer_type": "child", "price": "80.00", "currency": "HKD"},
                {"customer_type": "adult", "price": "20.50", "currency": "EUR"}
            ],
            "is_active": true})
    );
    let table = run(&site.database, &["product", "list"]).stdout;
    let table = String::from_utf8(table).unwrap();
    for part in
        ["ferry Ferry ride: both ways 2, tokens tokens 3", "HKD adult 175.00, HKD child 80.00"]
    {
        assert!(table.contains(part), "{table}");
    }
    let venue = [
        "venue",
        "create",
        "shop",
        "--name",
        "Gift Shop",
        "--type",
        "shop",
        "--timezone",
        "Asia/Hong_Kong",
        "--functions",
        "gift",
    ];
    assert_eq!(
        run_json(&site.database, &venue),
        json!({"venue_id": 2, "venue_code": "shop", "venue_name": "Gift Shop", "venue_type": "shop",
            "timezone": "Asia/Hong_Kong", "supported_functions": ["gift"], "is_active": true})
    );
}

#[test]
fn a_partner_has_the_permissions_that_it_was_given_and_no_others() {
    let site = Site::new();
    let made =
        run_json(&site.database, &["partner", "create", "reader", "--permissions", "tickets:read"]);
    assert_eq!(masked(&made, &["/api_key"]), json!({"partner_code": "reader", "api_key": "*"}));
    let server = site.serve();
    let reader = server.client().with("X-API-Key", made["api_key"].as_str().unwrap());
    assert_eq!(reader.get("/ota/tickets").expect(200).body["total_count"], 0);
    let order =
        reader.post("/ota/tickets/bulk-generate", &json!({"product_id": 106, "quantity": 1}));
    assert_eq!(order.verdict(), (403, "INSUFFICIENT_PERMISSIONS"));
}

/// Arguments that a command refuses, and what its sentence says.
const BAD: [(&[&str], &str); 15] = [
    (&["partner", "create", "a b"], "the partner's code \"a b\": it must be 1 to 64 letters"),
    (&["partner", "create", ""], "the partner's code \"\""),
    (
        &["partner", "create", "x", "--permissions", "tickets:read,all"],
        "read permission all: known are tickets:generate",
    ),
    (
        &["terminal", "create", "T", "--venue", "nowhere"],
        "set up a terminal at venue nowhere: there is no such venue; `ticketgate venue list`",
    ),
    (&["terminal", "create", "T", "--venue", "no where"], "the venue's code \"no where\""),
    (&["venue", "create", "caf\u{e9}", "--functions", "ferry"], "the venue's code"),
    (&["venue", "create", "x", "--functions", "fer ry"], "the function's code \"fer ry\""),
    (
        &["venue", "create", "x", "--functions", "ferry", "--timezone", "Mars/Base"],
        "the time zone \"Mars/Base\": it must be an IANA time zone such as Asia/Hong_Kong",
    ),
    (&["venue", "close", "nowhere"], "find venue nowhere: there is none"),
    (
        &["product", "create", "cruise", "--name", "x", "--function", "ferry"],
        "the product's code \"cruise\": it must be 2 to 4 capital letters",
    ),
    (
        &["product", "create", "XX", "--name", "x", "--function", "ferry:0"],
        "must be CODE:USES with 1 to 1000 uses",
    ),
    (
        &["product", "create", "XX", "--name", "x", "--function", "ferry", "--function", "ferry:2"],
        "give product XX its functions: it needs at least one, and each once",
    ),
    (
        &["product", "create", "XX", "--name", "x", "--function", "ferry", "--price", "adult"],
        "must be TYPE:AMOUNT or TYPE:AMOUNT:CURRENCY",
    ),
    (
        &[
            "product",
            "create",
            "XX",
            "--name",
            "x",
            "--function",
            "ferry",
            "--price",
            "adult:1.234",
        ],
        "must not have more decimals",
    ),
    (
        &["product", "create", "XX", "--name", "x", "--function", "ferry", "--price", "adult:1:hk"],
        "must be a currency of three capital letters",
    ),
];

#[test]
fn what_makes_no_sense_is_refused_with_a_sentence_and_nothing_is_made() {
    let site = Site::new();
    let all = |what: &str| -> Value { run_json(&site.database, &[what, "list"]) };
    let before = ["partner", "terminal", "venue", "product"].map(all);
    for (arguments, part) in BAD {
        let sentence = failure(command(&site.database, arguments));
        assert!(sentence.starts_with("ticketgate: failed to "), "{sentence}");
        assert!(sentence.contains(part), "{arguments:?}: {sentence}");
    }
    assert_eq!(["partner", "terminal", "venue", "product"].map(all), before);
}
