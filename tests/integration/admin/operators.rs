//! Operators, as admins make, list and change them.

use serde_json::{Value, json};

use crate::support::test_app::{PASSWORD, START};
use crate::support::{Client, TestApp, audited};

fn operator(username: &str, display_name: &str, role: &str, is_active: bool) -> Value {
    json!({
        "username": username, "display_name": display_name, "role": role,
        "is_active": is_active, "created_at": START
    })
}

#[test]
fn operators_are_made_listed_and_changed() {
    let app = TestApp::closed();
    let admin = app.operator("carl", "admin");
    let new = json!({"username": "anna", "display_name": "Anna 安娜", "role": "steward", "password": PASSWORD});
    let made = admin.post("/admin/operators", &new).expect(201);
    let anna = operator("anna", "Anna 安娜", "steward", true);
    assert_eq!(made.body, anna);
    let page = json!({
        "items": [anna, operator("carl", "carl", "admin", true)],
        "total": 2, "page": 1, "page_size": 50, "has_more": false
    });
    assert_eq!(admin.get("/admin/operators").expect(200).body, page);
    let second = admin.get("/admin/operators?limit=1&page=2").expect(200).body;
    assert_eq!(second["items"], json!([operator("carl", "carl", "admin", true)]));

    let change = |body: Value| admin.patch("/admin/operators/anna", &body).expect(200).body;
    let renamed = operator("anna", "Anna", "steward", true);
    assert_eq!(change(json!({"display_name": "Anna"})), renamed);
    let disabled = operator("anna", "Anna", "supervisor", false);
    assert_eq!(change(json!({"role": "supervisor", "is_active": false})), disabled);
    assert_eq!(change(json!({})), disabled);
    assert_eq!(change(json!({"password": "a fresh password"})), disabled);
    assert_eq!(
        audited(&admin, "subject=anna"),
        [
            json!(["operator:carl", "operator.create", "anna", null, anna]),
            json!(["operator:carl", "operator.change", "anna", anna, renamed]),
            json!(["operator:carl", "operator.change", "anna", renamed, disabled]),
            json!(["operator:carl", "operator.password", "anna", null, null]),
        ]
    );
}

#[test]
fn a_change_of_role_or_password_and_disabling_end_sessions_and_a_name_does_not() {
    let app = TestApp::closed();
    let admin = app.operator("carl", "admin");
    let mut password = PASSWORD;
    app.new_operator("anna", "steward");
    for (change, is_over) in [
        (json!({"display_name": "Anna"}), false),
        (json!({"role": "steward", "is_active": true}), false),
        (json!({"role": "supervisor"}), true),
        (json!({"password": "a fresh password"}), true),
        (json!({"is_active": false}), true),
    ] {
        let token = app.log_in("anna", password).expect(200).text_at("/operator_token");
        let session = app.client().with("Authorization", &format!("Bearer {token}"));
        session.get("/operators/me").expect(200);
        admin.patch("/admin/operators/anna", &change).expect(200);
        let status = session.get("/operators/me").status;
        assert_eq!(status, if is_over { 401 } else { 200 }, "{change}");
        password = change["password"].as_str().map_or(password, |_| "a fresh password");
    }
    assert_eq!(app.log_in("anna", password).verdict(), (401, "INVALID_LOGIN"));
    admin.patch("/admin/operators/anna", &json!({"is_active": true})).expect(200);
    app.log_in("anna", password).expect(200);
}

#[test]
fn the_last_active_admin_can_be_neither_disabled_nor_demoted() {
    let app = TestApp::closed();
    let admin = app.operator("carl", "admin");
    app.new_operator("dora", "admin");
    admin.patch("/admin/operators/dora", &json!({"is_active": false})).expect(200);
    for change in [json!({"is_active": false}), json!({"role": "supervisor"})] {
        let reply = admin.patch("/admin/operators/carl", &change);
        assert_eq!(reply.verdict(), (409, "LAST_ADMIN"));
        let text = "failed to change operator carl: the last active admin can be neither disabled nor demoted";
        assert_eq!(reply.body["detail"], text);
    }
    admin.patch("/admin/operators/carl", &json!({"display_name": "Carl"})).expect(200);
    admin.patch("/admin/operators/dora", &json!({"is_active": true})).expect(200);
    admin.patch("/admin/operators/carl", &json!({"role": "steward"})).expect(200);
}

#[test]
fn of_two_admins_who_demote_each_other_one_stays() {
    let app = TestApp::closed();
    for round in 0..5 {
        let names = [format!("a{round}"), format!("b{round}")];
        let admins = names.each_ref().map(|name| app.operator(name, "admin"));
        let demote = |admin: &Client, name: &str| {
            admin.patch(&format!("/admin/operators/{name}"), &json!({"role": "steward"})).status
        };
        let statuses = std::thread::scope(|scope| {
            let first = scope.spawn(|| demote(&admins[0], &names[1]));
            let second = scope.spawn(|| demote(&admins[1], &names[0]));
            [first.join().unwrap(), second.join().unwrap()]
        });
        let active = "SELECT count(*) AS value FROM operators WHERE role = 'admin'";
        assert_eq!(crate::support::tables::number(&mut app.session(), active), 1, "{statuses:?}");
        crate::support::tables::run(&mut app.session(), "UPDATE operators SET role = 'steward'");
    }
}

#[test]
fn what_cannot_be_is_refused_and_its_field_named() {
    let app = TestApp::closed();
    let admin = app.operator("carl", "admin");
    let new = |name: &str, value: Value| {
        let mut body = json!({"username": "anna", "role": "steward", "password": PASSWORD});
        body[name] = value;
        body
    };
    let cases = [
        ("username", json!("an na")),
        ("username", json!("")),
        ("role", json!("boss")),
        ("password", json!("short")),
        ("display_name", json!("x".repeat(201))),
        ("display_name", json!(" ")),
    ];
    for (field, value) in cases {
        let reply = admin.post("/admin/operators", &new(field, value.clone())).expect(400);
        assert_eq!((reply.code(), reply.field()), ("INVALID_REQUEST", field), "{value}");
        if field != "username" {
            let reply = admin.patch("/admin/operators/carl", &json!({field: value})).expect(400);
            assert_eq!((reply.code(), reply.field()), ("INVALID_REQUEST", field), "{value}");
        }
    }
    for field in ["display_name", "role", "is_active", "password"] {
        let reply = admin.patch("/admin/operators/carl", &json!({field: null})).expect(400);
        let problem = "must not be null; leave it out to keep it as it is";
        assert_eq!(reply.body["errors"], json!([{"field": field, "problem": problem}]));
    }
    let misspelt = admin.patch("/admin/operators/carl", &json!({"pasword": PASSWORD}));
    assert_eq!((misspelt.verdict(), misspelt.field()), ((400, "INVALID_REQUEST"), "pasword"));
    let taken = admin.post("/admin/operators", &new("username", json!("carl")));
    assert_eq!(taken.verdict(), (409, "OPERATOR_EXISTS"));
    let nobody = admin.patch("/admin/operators/no%20body", &json!({"role": "boss"}));
    assert_eq!(nobody.verdict(), (404, "OPERATOR_NOT_FOUND"), "who it is comes before what");
    for name in ["nobody", "no%20body"] {
        let path = format!("/admin/operators/{name}");
        assert_eq!(admin.patch(&path, &json!({})).verdict(), (404, "OPERATOR_NOT_FOUND"));
    }
    assert_eq!(admin.get("/admin/operators?page=0").expect(400).field(), "page");
}
