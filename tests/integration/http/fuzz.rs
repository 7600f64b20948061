//! No input gives a 500: every route with odd values, the same ones in every run.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::support::tables::assert_invariants;
use crate::support::{Reply, TestApp};

/// Requests for each route.
pub(super) const REQUESTS: usize = 60;

/// Odd values, from a seed of its own for each route.
pub(super) struct Oddities(TestRunner);

impl Oddities {
    pub(super) fn new(seed: u8) -> Self {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
        Self(TestRunner::new_with_rng(Config::default(), rng))
    }

    pub(super) fn next<T: std::fmt::Debug>(&mut self, strategy: &impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.0).unwrap().current()
    }

    /// A body with these fields, some of them missing, some good and some odd.
    pub(super) fn body(&mut self, good: &Value) -> Value {
        let mut body = json!({});
        for (name, value) in good.as_object().unwrap() {
            let value = match self.next(&(0..6_u8)) {
                0 => continue,
                1 | 2 => self.next(&odd_value()),
                _ => value.clone(),
            };
            body[name] = value;
        }
        body
    }

    /// A query of these names, some of them missing.
    pub(super) fn query(&mut self, names: &[&str]) -> String {
        let mut query = String::new();
        for name in names {
            if self.next(&any::<bool>()) {
                let value = percent_encoded(&self.next(&odd_text()));
                query.extend(["&", name, "=", &value]);
            }
        }
        query
    }
}

/// Texts that have brought programs down, and some that are good somewhere.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\0",
    "a\0b",
    "\u{7f}",
    "null",
    "-1",
    "0",
    "1",
    "1.5",
    "1e999",
    "NaN",
    "true",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "2026-11-21",
    "0001-01-01",
    "9999-12-31",
    "-262143-01-01",
    "+10000-01-01T00:00:00Z",
    "0000-00-00",
    "2026-11-21T02:00:00Z",
    "1969-12-31T23:59:59.999Z",
    "9999-12-31T23:59:59.999Z",
    "2016-12-31T23:59:60Z",
    "OTA-CP-20261121-000001",
    "ferry",
    "central-pier",
    "ACTIVE",
    "success",
    "png",
    "'; DROP TABLE tickets; --",
    "%",
    "_",
    "%s%n",
    "\\",
    "\"",
    "../..",
    "张三 🎫",
    "\u{202e}abc",
    "\u{feff}",
    "e\u{301}",
    "İ",
    "ß",
    "\u{fffd}",
    "\u{10ffff}",
    "00000000-0000-0000-0000-000000000000",
    "HKD",
    "direct_sale",
    "0.001",
    "-0",
    "1_000",
];

pub(super) fn odd_text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => proptest::sample::select(TEXTS).prop_map(str::to_owned),
        1 => "\\PC{0,80}",
        1 => any::<String>(),
        1 => Just("x".repeat(10_000)),
    ]
}

fn odd_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-2..10_i64).prop_map(Value::from),
        odd_text().prop_map(Value::from),
        odd_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(odd_text(), inner, 0..4)
                .prop_map(|map| Value::from(map.into_iter().collect::<serde_json::Map<_, _>>())),
        ]
    })
}

/// A text in an address, which clients and servers bear up to some length only.
pub(super) fn percent_encoded(text: &str) -> String {
    data_encoding::HEXUPPER
        .encode(text.as_bytes())
        .as_bytes()
        .chunks(2)
        .take(1000)
        .flat_map(|byte| [b'%', byte[0], byte[1]])
        .map(char::from)
        .collect()
}

/// An answer of the contract: no fault of the server's, and a problem where it is an error.
#[track_caller]
pub(super) fn assert_answered(reply: &Reply, what: &str) {
    let is_scan_refusal = reply.status == 422 && reply.body["result"] == "reject";
    if matches!(reply.status, 200 | 201) || is_scan_refusal {
        return;
    }
    assert!(matches!(reply.status, 400 | 404 | 409 | 413), "{what}: {}", reply.text);
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{what}");
    assert_eq!(reply.body["status"], reply.status, "{what}: {}", reply.text);
    if reply.code() == "INVALID_REQUEST" {
        let errors = reply.body["errors"].as_array().unwrap();
        assert!(errors.iter().all(|error| error["field"] != ""), "{what}: {}", reply.text);
    }
}

#[test]
fn orders_of_odd_values_are_answered() {
    let app = TestApp::demo();
    let mut odd = Oddities::new(1);
    let good = json!({
        "product_id": 106, "quantity": 1, "batch_id": "B-1", "distribution_mode": "direct_sale",
        "customer_type": "adult", "customer_info": {"type": "adult", "name": "Lo", "email": "a@b", "phone": "1"},
        "valid_from": "2026-12-01", "valid_until": "2026-12-31", "reseller_metadata": {},
        "batch_metadata": {}, "special_pricing": {"base_price": "1.00", "customer_type_pricing": []}
    });
    for _ in 0..REQUESTS {
        let mut body = odd.body(&good);
        for part in ["customer_info", "special_pricing"] {
            if odd.next(&any::<bool>()) {
                body[part] = odd.body(&good[part]);
            }
        }
        assert_answered(&app.partner().order(&body), &body.to_string());
    }
    // Whatever was made of them can be read.
    app.partner().client.get("/ota/tickets?limit=500").expect(200);
}

#[test]
fn dates_at_the_ends_of_the_calendar_can_be_stored_and_read() {
    let app = TestApp::demo();
    for (from, until) in [("0001-01-01", "0001-01-01"), ("9999-12-31", "9999-12-31")] {
        let order =
            json!({"product_id": 106, "quantity": 1, "valid_from": from, "valid_until": until});
        let made = app.partner().order(&order);
        assert_answered(&made, from);
        if made.status == 201 {
            let code = made.text_at("/tickets/0/ticket_code");
            assert_answered(&app.partner().issue(&code), from);
        }
    }
    app.partner().client.get("/ota/tickets").expect(200);
}

#[test]
fn codes_and_bodies_of_odd_values_are_answered() {
    let app = TestApp::demo();
    let mut odd = Oddities::new(2);
    let code = app.partner().ticket();
    let client = app.partner().client;
    for _ in 0..REQUESTS {
        let body = odd.body(&json!({"expiry_minutes": 60, "image": "none"}));
        assert_answered(&client.post(&format!("/qr/{code}"), &body), &body.to_string());
        let other = percent_encoded(&odd.next(&odd_text()));
        // The path of no code at all is another address.
        let path = format!("/qr/x{other}");
        assert_answered(&client.post(&path, &body), &path);
        let query = odd.query(&["image"]);
        assert_answered(&client.get(&format!("{path}?{query}")), &path);
        assert_answered(&client.get(&format!("/qr/{code}?{query}")), &query);
        assert_answered(&client.get(&format!("{path}/info")), &path);
    }
}

#[test]
fn looks_and_scans_of_odd_values_are_answered() {
    let app = TestApp::demo();
    let mut odd = Oddities::new(3);
    let token = app.partner().token(&app.partner().ticket());
    for _ in 0..REQUESTS {
        let look = odd.body(&json!({"encrypted_data": token, "venue_code": "central-pier"}));
        assert_answered(&app.client().post("/qr/decrypt", &look), &look.to_string());
        let scan = odd.body(&json!({
            "qr_token": token, "function_code": "ferry", "terminal_device_id": "T-1",
            "venue_code": "central-pier", "session_code": "S", "scan_id": "1",
            "scanned_at": "2026-11-21T02:00:00Z"
        }));
        assert_answered(&app.client().post("/venue/scan", &scan), &scan.to_string());
    }
    assert_invariants(&mut app.session());
}

#[test]
fn undoings_of_odd_values_are_answered() {
    let app = TestApp::demo();
    let mut odd = Oddities::new(4);
    let token = app.partner().token(&app.partner().ticket());
    let id = app.gate().scan(&token, "ferry").expect(200).text_at("/redemption_id");
    for _ in 0..REQUESTS {
        let body = odd.body(&json!({"reason": "by mistake"}));
        let other = percent_encoded(&odd.next(&odd_text()));
        for id in [&id, &format!("x{other}")] {
            let path = format!("/venue/redemptions/{id}/reverse");
            assert_answered(&app.client().post(&path, &body), &path);
        }
    }
    for odd in ["%00", "a%00b", "%FF", "%F0%9F%8E%AB", "..", "%2F", " "] {
        let path = format!("/venue/redemptions/x{odd}/reverse").replace(' ', "%20");
        let reply = app.client().post(&path, &json!({"reason": "by mistake"}));
        assert_eq!(reply.status, 404, "{path}: {}", reply.text);
    }
    assert_invariants(&mut app.session());
}

#[test]
fn queries_of_odd_values_are_answered() {
    let app = TestApp::demo();
    let mut odd = Oddities::new(5);
    app.partner().generate(2);
    let routes: [(&str, &[&str]); 3] = [
        ("/ota/tickets", &["batch_id", "status", "product_id", "page", "limit", "x"]),
        ("/venue", &["include_inactive", "x"]),
        (
            "/venue/analytics/redemptions",
            &[
                "jti",
                "ticket_code",
                "venue_code",
                "function_code",
                "terminal_device_id",
                "result",
                "reason",
                "from",
                "to",
                "page",
                "limit",
            ],
        ),
    ];
    for (path, names) in routes {
        for _ in 0..REQUESTS {
            let query = odd.query(names);
            let reply = app.partner().client.get(&format!("{path}?{query}"));
            assert_answered(&reply, &format!("{path}?{query}"));
        }
        // One odd value at a time gets past the others.
        for name in names {
            for value in ["%00", "a%00b", "%FF", "", "%F0%9F%8E%AB", "9223372036854775807"] {
                let reply = app.partner().client.get(&format!("{path}?{name}={value}"));
                assert_answered(&reply, &format!("{path}?{name}={value}"));
            }
        }
    }
}

#[test]
fn pairings_of_odd_values_are_answered() {
    let app = TestApp::closed();
    let mut odd = Oddities::new(6);
    for _ in 0..REQUESTS {
        let body = odd.body(&json!({"pairing_code": "0123-4567-89AB"}));
        let reply = app.client().post("/terminals/pair", &body);
        let verdict = reply.verdict();
        let expected =
            [(401, "INVALID_PAIRING_CODE"), (400, "INVALID_REQUEST"), (413, "PAYLOAD_TOO_LARGE")];
        assert!(expected.contains(&verdict), "{body}: {}", reply.text);
    }
}
