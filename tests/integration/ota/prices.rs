//! `special_pricing`: decimals of major units, as text or as numbers, in a currency's own decimals.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::tables::lines;

fn order(pricing: &Value) -> Value {
    json!({"product_id": 106, "quantity": 1, "special_pricing": pricing})
}

/// The prices as they were stored with the latest order.
fn stored(app: &TestApp) -> Value {
    let latest = "SELECT request AS value FROM batches ORDER BY first_sequence DESC LIMIT 1";
    let requests = lines(&mut app.session(), latest);
    serde_json::from_str::<Value>(&requests[0]).unwrap()["prices"].clone()
}

#[test]
fn prices_are_kept_in_minor_units_of_their_currency() {
    let cases = [
        (json!({"base_price": "175.00"}), "HKD", 17_500),
        (json!({"base_price": 175}), "HKD", 17_500),
        (json!({"base_price": 175.5}), "HKD", 17_550),
        (json!({"base_price": "0"}), "HKD", 0),
        (json!({"base_price": "1000000000"}), "HKD", 100_000_000_000_i64),
        (json!({"base_price": "19.990"}), "HKD", 1_999),
        (json!({"base_price": "500", "currency": "JPY"}), "JPY", 500),
        (json!({"base_price": "1.234", "currency": "KWD"}), "KWD", 1_234),
    ];
    let app = TestApp::demo();
    for (pricing, currency, minor) in cases {
        app.partner().order(&order(&pricing)).expect(201);
        let expected =
            json!({"currency": currency, "base_price_minor": minor, "by_customer_type": []});
        assert_eq!(stored(&app), expected, "{pricing}");
    }
}

#[test]
fn each_kind_of_customer_may_have_a_price() {
    let app = TestApp::demo();
    let pricing = json!({"base_price": "288.00", "customer_type_pricing": [
        {"customer_type": "adult", "price": "288.00"}, {"customer_type": "长者", "price": 99.9}]});
    let named = |pricing: &Value| {
        let mut order = order(pricing);
        order["batch_id"] = json!("B-1");
        order
    };
    app.partner().order(&named(&pricing)).expect(201);
    let expected = json!({"currency": "HKD", "base_price_minor": 28_800,
                          "by_customer_type": [["adult", 28_800], ["长者", 9_990]]});
    assert_eq!(stored(&app), expected);
    // A price as text and as a number is the same order.
    let same = json!({"base_price": 288, "currency": "HKD", "customer_type_pricing": [
        {"customer_type": "adult", "price": 288.0}, {"customer_type": "长者", "price": "99.90"}]});
    app.partner().order(&named(&same)).expect(200);
}

#[test]
fn what_is_no_price_is_refused_by_name() {
    let app = TestApp::demo();
    let no_number = "must be a decimal number such as \"175.00\"";
    let decimals = "must not have more decimals than the currency has";
    let base = |price: Value| json!({"base_price": price});
    let cases = [
        (base(json!("ten")), "base_price", no_number),
        (base(json!("")), "base_price", no_number),
        (base(json!("1,000.00")), "base_price", no_number),
        (base(json!("1_000")), "base_price", no_number),
        (base(json!("+5")), "base_price", no_number),
        (base(json!(".5")), "base_price", no_number),
        (base(json!("5.")), "base_price", no_number),
        (base(json!("1.2.3")), "base_price", no_number),
        (base(json!(" 5")), "base_price", no_number),
        (base(json!("-")), "base_price", no_number),
        (base(json!("1e3")), "base_price", no_number),
        (base(json!(1e300)), "base_price", no_number),
        (base(json!("NaN")), "base_price", no_number),
        (base(json!("１７５")), "base_price", no_number),
        (base(json!("-0.01")), "base_price", "must not be negative"),
        (base(json!(-5)), "base_price", "must not be negative"),
        (base(json!("175.001")), "base_price", decimals),
        (base(json!(0.001)), "base_price", decimals),
        (base(json!("0.00000000000000000000000000000000001")), "base_price", decimals),
        (base(json!("1000000000.01")), "base_price", "must be at most 1000000000"),
        (base(json!("9".repeat(40))), "base_price", "must be at most 1000000000"),
        (json!({"base_price": "500.5", "currency": "JPY"}), "base_price", decimals),
        (
            json!({"base_price": 1, "currency": "hkd"}),
            "currency",
            "must be a currency of three capital letters such as HKD",
        ),
        (
            json!({"base_price": 1, "currency": "DOLLAR"}),
            "currency",
            "must be a currency of three capital letters such as HKD",
        ),
        (
            json!({"base_price": 1, "customer_type_pricing": [{"customer_type": "a", "price": 1}, {"customer_type": "child", "price": -1}]}),
            "customer_type_pricing[1].price",
            "must not be negative",
        ),
        (
            json!({"base_price": 1, "customer_type_pricing": [{"customer_type": "", "price": 1}]}),
            "customer_type_pricing[0].customer_type",
            "must not be empty",
        ),
    ];
    for (pricing, field, problem) in cases {
        let reply = app.partner().order(&order(&pricing));
        let errors = json!([{"field": format!("special_pricing.{field}"), "problem": problem}]);
        assert_eq!(
            (reply.verdict(), &reply.body["errors"]),
            ((400, "INVALID_REQUEST"), &errors),
            "{pricing}"
        );
    }
}

#[test]
fn a_price_of_another_type_is_refused_by_name() {
    let app = TestApp::demo();
    for price in [json!(null), json!(true), json!([1]), json!({"amount": 1})] {
        let reply = app.partner().order(&order(&json!({"base_price": price})));
        assert_eq!((reply.verdict().0, reply.field()), (400, "special_pricing.base_price"));
        let list = json!([{"customer_type": "adult", "price": price}]);
        let pricing = json!({"base_price": 1, "customer_type_pricing": list});
        let reply = app.partner().order(&order(&pricing));
        let field = "special_pricing.customer_type_pricing[0].price";
        assert_eq!((reply.verdict().0, reply.field()), (400, field), "{}", reply.text);
    }
}
