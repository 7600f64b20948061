//! Products, as admins make and change them, and what is generated of them from then on.

use serde_json::{Value, json};

use super::{REVISION, with};
use crate::support::tables::number;
use crate::support::{Partner, TestApp, audited, within_a_second};

fn function(code: &str, name: &str, uses: i64) -> Value {
    json!({"function_code": code, "function_name": name, "uses": uses})
}

fn price(kind: &str, price: &str, currency: &str) -> Value {
    json!({"customer_type": kind, "price": price, "currency": currency})
}

/// A product to make.
fn luxury() -> Value {
    json!({
        "product_code": "LX", "product_name": "豪華 Luxury",
        "functions": [function("ferry", "Ferry: both ways", 2), function("spa", "Spa", 1)],
        "prices": [
            {"customer_type": "adult", "price": "175.5"},
            {"customer_type": "child", "price": 80},
            {"customer_type": "adult", "price": "20", "currency": "EUR"}
        ]
    })
}

/// The functions and uses of a ticket that is generated now.
fn minted(partner: &Partner, product_id: i64) -> Value {
    let order = json!({"product_id": product_id, "quantity": 1});
    let ticket = partner.order(&order).expect(201).body["tickets"][0].clone();
    let entitlements = ticket["entitlements"].as_array().unwrap().iter();
    entitlements.map(|one| json!([one["function_code"], one["total_uses"]])).collect()
}

#[test]
fn a_product_is_made_listed_and_changed() {
    let (app, admin) = TestApp::closed().with_admin();
    let made = admin.post("/admin/products", &luxury()).expect(201).body;
    let first = json!({
        "product_id": 109, "product_code": "LX", "product_name": "豪華 Luxury",
        "functions": [function("ferry", "Ferry: both ways", 2), function("spa", "Spa", 1)],
        "prices": [price("adult", "175.50", "HKD"), price("child", "80.00", "HKD"),
                   price("adult", "20.00", "EUR")],
        "is_active": true
    });
    assert_eq!(made, first);
    let list = |query: &str| admin.get(&format!("/admin/products{query}")).expect(200).body;
    let ids = |list: &Value| -> Vec<Value> {
        list["items"].as_array().unwrap().iter().map(|one| one["product_id"].clone()).collect()
    };
    assert_eq!(ids(&list("")), [106, 107, 108, 109]);
    // In a list the prices are in order.
    let in_order = json!([
        price("adult", "20.00", "EUR"),
        price("adult", "175.50", "HKD"),
        price("child", "80.00", "HKD")
    ]);
    let listed = with(first.clone(), &json!({"prices": in_order}));
    assert_eq!(
        list("?page=2&limit=3"),
        json!({"items": [listed], "total": 4, "page": 2, "page_size": 3, "has_more": false})
    );
    let change = |body: Value| admin.patch("/admin/products/109", &body).expect(200).body;
    let named = with(listed.clone(), &json!({"product_name": "Luxury"}));
    assert_eq!(change(json!({"product_name": "Luxury"})), named);
    let revision = || number(&mut app.session(), REVISION);
    let before = revision();
    assert_eq!(change(json!({})), named);
    let again = json!({"product_name": "Luxury", "prices": luxury()["prices"], "is_active": true,
        "functions": luxury()["functions"]});
    assert_eq!(change(again), named);
    assert_eq!(revision(), before, "nothing was changed");
    let functions = json!([function("spa", "Spa", 3)]);
    let other = with(named.clone(), &json!({"functions": functions, "prices": []}));
    assert_eq!(change(json!({"functions": functions, "prices": []})), other);
    assert_eq!(revision(), before + 1);
    let inactive = with(other.clone(), &json!({"is_active": false}));
    assert_eq!(change(json!({"is_active": false})), inactive);
    assert_eq!(list("?page=2&limit=3")["items"], json!([inactive]));
    assert_eq!(
        audited(&admin, "subject=109"),
        [
            json!(["operator:anna", "product.create", "109", null, first]),
            json!(["operator:anna", "product.change", "109", listed, named]),
            json!(["operator:anna", "product.change", "109", named, other]),
            json!(["operator:anna", "product.change", "109", other, inactive]),
        ]
    );
}

#[test]
fn a_product_that_was_made_a_moment_ago_is_sold_at_once_and_its_number_may_be_chosen() {
    let (app, admin) = TestApp::closed().with_admin();
    let partner = app.new_partner("acme", "");
    assert_eq!(minted(&partner, 106), json!([["ferry", 1], ["gift", 1], ["tokens", 1]]));
    let order = with(luxury(), &json!({"product_id": 7}));
    assert_eq!(admin.post("/admin/products", &order).expect(201).body["product_id"], 7);
    assert_eq!(minted(&partner, 7), json!([["ferry", 2], ["spa", 1]]));
}

#[test]
fn other_functions_are_for_tickets_made_from_then_on() {
    let (app, admin) = TestApp::closed().with_admin();
    let partner = app.new_partner("acme", "");
    let code = partner.generate_of(107, 1).remove(0);
    let held = || partner.client.get(&format!("/qr/{code}/info")).expect(200).body;
    let before = held();
    let body = json!({"functions": [function("tokens", "Tokens", 5)]});
    admin.patch("/admin/products/107", &body).expect(200);
    within_a_second("the change of the product", || {
        (minted(&partner, 107) == json!([["tokens", 5]])).then_some(())
    });
    assert_eq!(held(), before);
    let gate = app.terminal("GATE-1", "cheung-chau");
    gate.scan(&partner.token(&code), "ferry").expect(200);
}

#[test]
fn an_inactive_product_generates_no_tickets_but_an_order_that_was_made_gets_its_batch_again() {
    let (app, admin) = TestApp::closed().with_admin();
    let partner = app.new_partner("acme", "");
    let order = json!({"product_id": 107, "quantity": 2, "batch_id": "B-1"});
    let batch = partner.order(&order).expect(201).body;
    let set = |is_active: bool| {
        admin.patch("/admin/products/107", &json!({"is_active": is_active})).expect(200);
    };
    set(false);
    let another = json!({"product_id": 107, "quantity": 1});
    within_a_second("the end of the product", || {
        let reply = partner.order(&another);
        (reply.status != 201).then(|| assert_eq!(reply.verdict(), (409, "PRODUCT_INACTIVE")))
    });
    assert_eq!(partner.order(&order).expect(200).body, batch);
    partner.order(&json!({"product_id": 106, "quantity": 1})).expect(201);
    set(true);
    within_a_second("the return of the product", || {
        (partner.order(&another).status == 201).then_some(())
    });
}

#[test]
fn what_is_wrong_with_a_product_is_refused_and_named() {
    let (_app, admin) = TestApp::closed().with_admin();
    let before = admin.get("/admin/products").expect(200).body;
    let make = |more: Value| admin.post("/admin/products", &with(luxury(), &more));
    let ferry = || function("ferry", "Ferry", 1);
    let priced = |price: Value| json!({"prices": [{"customer_type": "adult", "price": price}]});
    let long = "x".repeat(201);
    let many: Vec<Value> = (0..101).map(|n| function(&format!("f{n}"), "F", 1)).collect();
    let bad = [
        (make(json!({"product_code": "cruise"})), "product_code"),
        (make(json!({"product_name": " "})), "product_name"),
        (make(json!({"product_name": long})), "product_name"),
        (make(json!({"product_id": 0})), "product_id"),
        (make(json!({"product_id": 2_147_483_648_i64})), "product_id"),
        (make(json!({"functions": []})), "functions"),
        (make(json!({"functions": many})), "functions"),
        (make(json!({"functions": [ferry(), ferry()]})), "functions[1].function_code"),
        (
            make(json!({"functions": [ferry(), function("g g", "G", 1)]})),
            "functions[1].function_code",
        ),
        (make(json!({"functions": [function("g", "", 1)]})), "functions[0].function_name"),
        (make(json!({"functions": [ferry(), function("g", "G", 0)]})), "functions[1].uses"),
        (make(json!({"functions": [function("g", "G", 1001)]})), "functions[0].uses"),
        (
            make(json!({"functions": [{"function_code": "g", "function_name": "G"}]})),
            "functions[0].uses",
        ),
        (make(priced(json!("ten"))), "prices[0].price"),
        (make(priced(json!("-1"))), "prices[0].price"),
        (make(priced(json!("1.005"))), "prices[0].price"),
        (make(priced(json!(null))), "prices[0].price"),
        (make(json!({"prices": [price("adult", "1", "hkd")]})), "prices[0].currency"),
        (make(json!({"prices": [price("", "1", "HKD")]})), "prices[0].customer_type"),
        (
            make(
                json!({"prices": [price("adult", "1", "HKD"), {"customer_type": "adult", "price": 2}]}),
            ),
            "prices[1].customer_type",
        ),
        (admin.get("/admin/products?limit=none"), "limit"),
    ];
    for (reply, field) in bad {
        assert_eq!(reply.verdict(), (400, "INVALID_REQUEST"), "{}", reply.text);
        assert_eq!(reply.field(), field, "{}", reply.text);
    }
    assert_eq!(admin.get("/admin/products").expect(200).body, before);
}

#[test]
fn what_is_wrong_with_a_change_of_a_product_is_refused_and_named() {
    let (_app, admin) = TestApp::closed().with_admin();
    let before = admin.get("/admin/products").expect(200).body;
    let change = |body: Value| admin.patch("/admin/products/106", &body);
    let bad = [
        (change(json!({"functions": []})), "functions"),
        (change(json!({"functions": [function("g", "G", 0)]})), "functions[0].uses"),
        (change(json!({"product_name": ""})), "product_name"),
        (change(json!({"is_active": "no"})), "is_active"),
        (change(json!({"product_name": null})), "product_name"),
        (change(json!({"functions": null})), "functions"),
        (change(json!({"prices": null})), "prices"),
        (change(json!({"is_active": null})), "is_active"),
        (change(json!({"product_code": "LY"})), "product_code"),
        (
            change(
                json!({"prices": [price("adult", "1", "HKD"), {"customer_type": "adult", "price": 1}]}),
            ),
            "prices[1].customer_type",
        ),
        (change(json!({"prices": [price("adult", "1.005", "HKD")]})), "prices[0].price"),
    ];
    for (reply, field) in bad {
        assert_eq!(reply.verdict(), (400, "INVALID_REQUEST"), "{}", reply.text);
        assert_eq!(reply.field(), field, "{}", reply.text);
    }
    assert_eq!(admin.get("/admin/products").expect(200).body, before);
}

#[test]
fn a_product_that_is_there_and_one_that_is_not_are_told_apart() {
    let (_app, admin) = TestApp::closed().with_admin();
    let before = admin.get("/admin/products").expect(200).body;
    let make = |more: Value| admin.post("/admin/products", &with(luxury(), &more));
    let refused = [
        (make(json!({"product_code": "CP"})), 409, "PRODUCT_EXISTS"),
        (make(json!({"product_id": 106})), 409, "PRODUCT_EXISTS"),
        (admin.patch("/admin/products/9", &json!({})), 404, "PRODUCT_NOT_FOUND"),
        (admin.patch("/admin/products/nine", &json!({})), 404, "PRODUCT_NOT_FOUND"),
    ];
    for (reply, status, code) in refused {
        assert_eq!(reply.verdict(), (status, code), "{}", reply.text);
    }
    assert_eq!(admin.get("/admin/products").expect(200).body, before);
}
