//! The optional fields of an order: what is taken, what it means, and what is refused by name.

use serde_json::{Value, json};

use crate::support::TestApp;

fn order_with(more: &Value) -> Value {
    let mut order = json!({"product_id": 106, "quantity": 1});
    for (name, value) in more.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

/// The one problem that an order with these fields has.
fn problem_of(app: &TestApp, more: &Value) -> (String, String) {
    let reply = app.partner().order(&order_with(more));
    assert_eq!(reply.verdict(), (400, "INVALID_REQUEST"), "{more}");
    assert_eq!(reply.body["errors"].as_array().unwrap().len(), 1, "{}", reply.text);
    (reply.field().to_owned(), reply.text_at("/errors/0/problem"))
}

#[test]
fn customers_have_names_of_any_script() {
    let app = TestApp::demo();
    let long = "名".repeat(200);
    for name in ["张三", "🧑‍🚀🎫", "عبد الله", "O'Brien; DROP TABLE tickets", "<b>&amp;</b>", &long]
    {
        let order = order_with(&json!({"customer_info":
            {"type": "adult", "name": name, "email": "a@例子.测试", "phone": "+852 1234"}}));
        let code = app.partner().order(&order).expect(201).text_at("/tickets/0/ticket_code");
        let info = app.partner().client.get(&format!("/qr/{code}/info")).expect(200).body;
        let customer =
            json!({"type": "adult", "name": name, "email": "a@例子.测试", "phone": "+852 1234"});
        assert_eq!(info["customer_info"], customer);
    }
}

#[test]
fn the_kind_of_customer_is_that_of_the_customer_where_both_are_given() {
    let app = TestApp::demo();
    let cases = [
        (json!({"customer_type": "adult"}), json!("adult")),
        (json!({"customer_info": {"type": "child"}}), json!("child")),
        (json!({"customer_type": "adult", "customer_info": {"type": "child"}}), json!("child")),
        (json!({"customer_type": "adult", "customer_info": {"name": "Lo"}}), json!("adult")),
        (json!({"customer_type": null, "customer_info": null}), Value::Null),
    ];
    for (more, kind) in cases {
        let code = app.partner().order(&order_with(&more)).expect(201);
        let code = code.text_at("/tickets/0/ticket_code");
        let info = app.partner().client.get(&format!("/qr/{code}/info")).expect(200).body;
        assert_eq!(info["customer_info"]["type"], kind, "{more}");
    }
}

#[test]
fn texts_that_are_too_long_empty_or_of_control_characters_are_refused() {
    let app = TestApp::demo();
    let too_long = |max: usize, length: usize| {
        let text = json!("🎫".repeat(length));
        (text, format!("must be at most {max} characters, not {length}"))
    };
    let fields =
        [("type", 100), ("name", 200), ("email", 200), ("phone", 100)].map(|(field, max)| {
            (
                format!("customer_info.{field}"),
                max,
                move |value: Value| json!({"customer_info": {field: value}}),
            )
        });
    for (field, max, order) in fields {
        let cases = [
            too_long(max, max + 1),
            too_long(max, 10_000),
            (json!(""), "must not be empty".to_owned()),
            (json!("\u{3000} "), "must not be empty".to_owned()),
            (json!("a\u{0}b"), "must not contain control characters".to_owned()),
            (json!("a\nb"), "must not contain control characters".to_owned()),
            (json!("\u{85}x\u{9b}1m"), "must not contain control characters".to_owned()),
            (json!(7), "is not valid: invalid type: integer `7`, expected a string".to_owned()),
        ];
        for (value, problem) in cases {
            assert_eq!(problem_of(&app, &order(value)), (field.clone(), problem));
        }
    }
    let (value, problem) = too_long(100, 101);
    let expected = ("customer_type".to_owned(), problem);
    assert_eq!(problem_of(&app, &json!({"customer_type": value})), expected);
}

#[test]
fn fields_of_another_type_are_refused_by_name() {
    let app = TestApp::demo();
    let cases = [
        (json!({"distribution_mode": "gift"}), "distribution_mode"),
        (json!({"distribution_mode": 1}), "distribution_mode"),
        (json!({"distribution_mode": null}), "distribution_mode"),
        (json!({"customer_type": 1}), "customer_type"),
        (json!({"customer_info": "Lo"}), "customer_info"),
        (json!({"customer_info": 1}), "customer_info"),
        (json!({"valid_from": 20_261_201}), "valid_from"),
        (json!({"valid_until": {}}), "valid_until"),
        (json!({"reseller_metadata": "text"}), "reseller_metadata"),
        (json!({"reseller_metadata": [1]}), "reseller_metadata"),
        (json!({"batch_metadata": 5}), "batch_metadata"),
        (json!({"special_pricing": 175}), "special_pricing"),
        (json!({"special_pricing": {}}), "special_pricing.base_price"),
    ];
    for (more, field) in cases {
        assert_eq!(problem_of(&app, &more).0, field, "{more}");
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let app = TestApp::demo();
    let reply = app.partner().order(&json!({
        "product_id": 106, "quantity": 0, "batch_id": "", "customer_type": "",
        "customer_info": {"name": "\u{7}"}, "valid_from": "soon", "valid_until": "later",
        "special_pricing": {"base_price": -1}
    }));
    let fields: Vec<&str> = reply.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    let expected = [
        "quantity",
        "batch_id",
        "customer_type",
        "customer_info.name",
        "valid_from",
        "valid_until",
        "special_pricing.base_price",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn metadata_is_the_partners_own() {
    let app = TestApp::demo();
    let odd = json!({"": null, "a\u{0}b": "\u{0}", "🎫": [1.5e300, -0.0, {"x": [[[]]]}]});
    let more = json!({"batch_id": "B-1", "reseller_metadata": odd, "batch_metadata": odd});
    let made = app.partner().order(&order_with(&more)).expect(201).body;
    assert_eq!(app.partner().order(&order_with(&more)).expect(200).body, made);
}

#[test]
fn unknown_fields_are_of_no_matter() {
    let app = TestApp::demo();
    let made = app.partner().order(&order_with(&json!({"batch_id": "B-1"}))).expect(201).body;
    let more = order_with(&json!({"batch_id": "B-1", "colour": "red"}));
    assert_eq!(app.partner().order(&more).expect(200).body, made);
}

/// What a ticket of such an order says of its validity.
fn validity(app: &TestApp, more: &Value) -> [Value; 2] {
    let batch_id = app.partner().order(&order_with(more)).expect(201).text_at("/batch_id");
    let list = app.partner().client.get(&format!("/ota/tickets?batch_id={batch_id}")).expect(200);
    ["valid_from", "valid_until"].map(|field| list.body["tickets"][0][field].clone())
}

#[test]
fn a_date_means_that_day_in_the_servers_time_zone() {
    let app = TestApp::demo();
    let cases = [
        (json!({}), [Value::Null, Value::Null]),
        (
            json!({"valid_from": "2026-12-01", "valid_until": "2026-12-01"}),
            [json!("2026-11-30T16:00:00.000Z"), json!("2026-12-01T15:59:59.999Z")],
        ),
        (
            json!({"valid_from": "2026-12-01T08:00:00+08:00", "valid_until": "2026-12-01T00:00:00.5Z"}),
            [json!("2026-12-01T00:00:00.000Z"), json!("2026-12-01T00:00:00.500Z")],
        ),
        (
            json!({"valid_from": "2028-02-29", "valid_until": null}),
            [json!("2028-02-28T16:00:00.000Z"), Value::Null],
        ),
        (json!({"valid_until": "9999-12-31"}), [Value::Null, json!("9999-12-31T15:59:59.999Z")]),
    ];
    for (more, expected) in cases {
        assert_eq!(validity(&app, &more), expected, "{more}");
    }
}

#[test]
fn what_is_neither_a_date_nor_a_time_is_refused() {
    let app = TestApp::demo();
    let bad = [
        "",
        "tomorrow",
        "2026-02-29",
        "2026-13-01",
        "20261201",
        "2026-1-1",
        "2026-12-01T08:00:00",
        "2026-12-01 08:00",
        "+9999-1-01",
        "+99999-1-1",
        "-999-12-31",
        "0000-01-01",
        "2026-12-1\u{0}",
        "2026-12-01T08:00:00+99:00",
        "10000-01-01T00:00:00Z",
        "0000-12-31T00:00:00Z",
        "２０２６-12-01",
    ];
    let problem = "must be a time such as 2026-11-21T08:00:00Z or a date such as 2026-11-21";
    for field in ["valid_from", "valid_until"] {
        for text in bad {
            let found = problem_of(&app, &json!({field: text}));
            assert_eq!(found, (field.to_owned(), problem.to_owned()), "{text}");
        }
    }
}

#[test]
fn a_validity_does_not_end_before_it_begins() {
    let app = TestApp::demo();
    let cases = [
        ("2026-12-02", "2026-12-01"),
        ("2026-12-01T00:00:00.001Z", "2026-12-01T00:00:00Z"),
        // The day ends at 15:59:59.999 UTC.
        ("2026-12-01T16:00:00Z", "2026-12-01"),
    ];
    for (from, until) in cases {
        let found = problem_of(&app, &json!({"valid_from": from, "valid_until": until}));
        let expected = ("valid_until".to_owned(), "must not be before valid_from".to_owned());
        assert_eq!(found, expected, "{from} to {until}");
    }
    let instant = json!({"valid_from": "2026-12-01T15:59:59.999Z", "valid_until": "2026-12-01"});
    app.partner().order(&order_with(&instant)).expect(201);
}
