//! Every operation, asked by everybody: without credentials, with bad ones, with those of others, with the right ones.
//!
//! The table of operations says who is let in; here everybody knocks at every door. Operations that take a body are
//! sent one that is no JSON: who may not ask is told so before the body is read, and who may changes nothing by it.

use chrono::TimeDelta;
use serde_json::{Value, json};
use ticketgate::access::{Grant, Partners, Permission, Role};
use ticketgate::app::{OPERATIONS, Operation, openapi_json};

use crate::support::tables::{everything, run};
use crate::support::{Client, Reply, TestApp};

/// Who asks, as far as it decides whether they are let in.
#[derive(Clone, Copy, Debug)]
enum Who {
    /// Nobody in particular.
    Nobody,
    /// Anybody, at a demo.
    Visitor,
    /// A partner that has every permission.
    Partner,
    /// A partner that has every permission but this one.
    PartnerWithout(Permission),
    /// A terminal.
    Terminal,
    /// An operator.
    Operator(Role),
    /// An operator with a terminal.
    OperatorAtTerminal(Role),
    /// Somebody with credentials that this is wrong with.
    Wrong(u16, &'static str),
}

const FORBIDDEN: Option<(u16, &str)> = Some((403, "INSUFFICIENT_PERMISSIONS"));

/// Why they are turned away, if they are.
fn refusal(who: Who, grant: Grant) -> Option<(u16, &'static str)> {
    if grant.anybody {
        return None;
    }
    let is_for_partners_only = !grant.terminals && grant.operators.is_none();
    let unknown = if is_for_partners_only { "API_KEY_REQUIRED" } else { "CREDENTIALS_REQUIRED" };
    let may = |role: Role| grant.operators.is_some_and(|least| least <= role);
    let is_let_in = match who {
        Who::Wrong(status, code) => return Some((status, code)),
        Who::Visitor if may(Role::Supervisor) && !grant.is_personal => true,
        Who::Nobody | Who::Visitor => return Some((401, unknown)),
        Who::Partner => grant.partners != Partners::Never,
        Who::PartnerWithout(missing) => match grant.partners {
            Partners::Never => false,
            Partners::Any => true,
            Partners::With(needed) => needed != missing,
        },
        Who::Terminal => grant.terminals,
        Who::Operator(role) => may(role),
        Who::OperatorAtTerminal(role) => may(role) || grant.terminals,
    };
    if is_let_in { None } else { FORBIDDEN }
}

/// Whether a part of a path is the code of a ticket.
fn is_ticket_code(operation: &Operation, part: &str) -> bool {
    // The code of a partner is another.
    matches!(part, "{code}" | "{ticket_code}") && !operation.path.starts_with("/admin/partners/")
}

/// Whether the path says which ticket an operation is about.
fn is_about_a_ticket(operation: &Operation) -> bool {
    operation.path.split('/').any(|part| is_ticket_code(operation, part))
}

/// Asks for an operation on a ticket, or on something else that is not there, with this body.
fn ask_with(client: &Client, operation: &Operation, ticket: &str, body: &[u8]) -> Reply {
    let nothing = "01936f00-0000-7000-8000-000000000000";
    let fill = |part: &str| match part {
        code if is_ticket_code(operation, code) => ticket.to_owned(),
        variable if variable.starts_with('{') => nothing.to_owned(),
        word => word.to_owned(),
    };
    let path: Vec<String> = operation.path.split('/').map(fill).collect();
    let path = path.join("/");
    match operation.method {
        "get" => client.get(&path),
        "patch" => client.patch_raw(&path, "application/json", body),
        _ => client.post_raw(&path, "application/json", body),
    }
}

/// Asks for an operation with a body that is no JSON.
pub(super) fn ask(client: &Client, operation: &Operation, ticket: &str) -> Reply {
    ask_with(client, operation, ticket, b"{ nonsense")
}

/// Ends the session that it is asked with.
fn is_log_out(operation: &Operation) -> bool {
    operation.path == "/operators/logout"
}

/// All operations, logging out last.
pub(super) fn operations() -> impl Iterator<Item = &'static Operation> {
    let (last, others): (Vec<&Operation>, Vec<&Operation>) =
        OPERATIONS.iter().partition(|operation| is_log_out(operation));
    others.into_iter().chain(last)
}

#[track_caller]
fn walk(client: &Client, who: Who, ticket: &str) {
    for operation in operations() {
        let Operation { method, path, grant, .. } = operation;
        let reply = ask(client, operation, ticket);
        let about = format!("{who:?} asks for {method} {path}: {} {}", reply.status, reply.text);
        if let Some(expected) = refusal(who, *grant) {
            assert_eq!(reply.verdict(), expected, "{about}");
            assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{about}");
            assert_eq!(reply.header("www-authenticate").is_some(), reply.status == 401, "{about}");
        } else if reply.code() == "INVALID_REQUEST" {
            assert_eq!((reply.status, *method == "get"), (400, false), "{about}");
        } else {
            // Nothing is found, or there was nothing to read a body for.
            assert!(matches!(reply.status, 200 | 204 | 404), "{about}");
        }
    }
}

/// Credentials that nobody has, or has any longer.
fn wrong_credentials(app: &TestApp) -> Vec<(Client, Who)> {
    let no_key = Who::Wrong(401, "INVALID_API_KEY");
    let no_terminal = Who::Wrong(401, "INVALID_TERMINAL_KEY");
    let no_operator = Who::Wrong(401, "OPERATOR_TOKEN_INVALID");
    let mut wrong = Vec::new();
    let unknown = "0123456789abcdef_0123456789abcdef0123456789abcdef0123456789abcdef0123";
    for text in [
        "",
        " ",
        "nonsense",
        "tg_live_",
        "tg_live__",
        "tg_live_票_票",
        "' OR 1=1 --",
        &format!("tg_live_{unknown}"),
        &format!("tg_term_{unknown}"),
        &format!("tg_op_{unknown}"),
        &"k".repeat(4000),
    ] {
        wrong.push((app.client().with("X-API-Key", text), no_key));
        wrong.push((app.client().with("X-Terminal-Key", text), no_terminal));
        // The client refuses to send any other.
        if text.is_ascii() {
            let bearer = app.client().with("Authorization", &format!("Bearer {text}"));
            wrong.push((bearer, no_operator));
        }
    }
    wrong.extend(former_credentials(app));
    wrong
}

/// Credentials of those who were let in once.
fn former_credentials(app: &TestApp) -> Vec<(Client, Who)> {
    let mut former = Vec::new();
    let change = |sql: String| run(&mut app.session(), &sql);
    for (code, column) in [
        ("revoked", "revoked_at = '2026-11-21 01:00:00'"),
        ("expired", "expires_at = '2026-11-21 02:00:00'"),
        ("with_another_secret", "secret_hash = secret_hash || secret_hash"),
    ] {
        let partner = app.new_partner(code, "");
        change(format!("UPDATE api_keys SET {column} WHERE partner_code = '{code}'"));
        former.push((partner.client, Who::Wrong(401, "INVALID_API_KEY")));
        let operator = app.operator(code, "admin");
        change(format!("UPDATE operator_sessions SET {column} WHERE username = '{code}'"));
        former.push((operator, Who::Wrong(401, "OPERATOR_TOKEN_INVALID")));
    }
    let (partner, operator) = (app.new_partner("disabled", ""), app.operator("disabled", "admin"));
    let at = "disabled_at = '2026-11-21 01:00:00'";
    change(format!("UPDATE partners SET {at} WHERE partner_code = 'disabled'"));
    change(format!("UPDATE operators SET {at} WHERE username = 'disabled'"));
    former.push((partner.client, Who::Wrong(401, "INVALID_API_KEY")));
    former.push((operator, Who::Wrong(401, "OPERATOR_TOKEN_INVALID")));
    let terminal = app.terminal("REVOKED", "cheung-chau");
    change("UPDATE terminals SET revoked_at = '2026-11-21 01:00:00'".to_owned());
    former.push((terminal.client, Who::Wrong(401, "INVALID_TERMINAL_KEY")));
    former
}

/// Partners with and without each permission.
fn walk_partners(app: &TestApp, ticket: &str) {
    walk(&app.new_partner("foreign", "").client, Who::Partner, ticket);
    for (number, missing) in (1..).zip(Permission::ALL) {
        let others = Permission::ALL.into_iter().filter(|one| *one != missing);
        let others: Vec<&str> = others.map(Permission::name).collect();
        let partner = app.new_partner(&format!("lacking_{number}"), &others.join(","));
        walk(&partner.client, Who::PartnerWithout(missing), ticket);
    }
}

/// Everybody whose answers do not depend on how open the server is.
fn walk_all(app: &TestApp) {
    let owner = app.new_partner("owner", "");
    let ticket = owner.ticket();
    owner.token(&ticket);
    let before = everything(&mut app.session());
    for (client, who) in wrong_credentials(app) {
        walk(&client, who, &ticket);
    }
    walk(&owner.client, Who::Partner, &ticket);
    walk_partners(app, &ticket);
    let terminal = app.terminal("GATE-1", "cheung-chau").client;
    walk(&terminal, Who::Terminal, &ticket);
    for role in Role::ALL {
        walk(&app.operator(role.name(), role.name()), Who::Operator(role), &ticket);
        let operator = app.operator(&format!("{}2", role.name()), role.name());
        let both = terminal.with_operator(&operator);
        walk(&both, Who::OperatorAtTerminal(role), &ticket);
    }
    let admin = app.operator("admin3", "admin");
    for client in [
        owner.client.with("X-Terminal-Key", &terminal.header("X-Terminal-Key")),
        terminal.with("X-API-Key", "tg_live_a_b"),
        admin.with("X-API-Key", &owner.client.header("X-API-Key")),
    ] {
        walk(&client, Who::Wrong(400, "INVALID_REQUEST"), &ticket);
    }
    let revoked = terminal.with("Authorization", "Bearer tg_op_a_b");
    walk(&revoked, Who::Wrong(401, "OPERATOR_TOKEN_INVALID"), &ticket);
    let revoked = admin.with("X-Terminal-Key", "tg_term_a_b");
    walk(&revoked, Who::Wrong(401, "INVALID_TERMINAL_KEY"), &ticket);
    assert_eq!(everything(&mut app.session()), before);
}

#[test]
fn everybody_gets_their_own_answers_from_a_closed_server() {
    let app = TestApp::closed();
    walk_all(&app);
    walk(&app.client(), Who::Nobody, "OTA-CP-20261121-000001");
    // A scheme that is not a token's is no credential of ours: a proxy before us may have its own.
    let basic = app.client().with("Authorization", "Basic YTpi");
    walk(&basic, Who::Nobody, "OTA-CP-20261121-000001");
    // The well-known keys are known to demos only.
    walk(&app.partner().client, Who::Wrong(401, "INVALID_API_KEY"), "OTA-CP-20261121-000001");
    let demo_terminal = app.client().with("X-Terminal-Key", "terminal_test_key_12345");
    walk(&demo_terminal, Who::Wrong(401, "INVALID_TERMINAL_KEY"), "OTA-CP-20261121-000001");
}

#[test]
fn everybody_gets_their_own_answers_from_a_demo() {
    let app = TestApp::demo();
    walk_all(&app);
    walk(&app.client(), Who::Visitor, "OTA-CP-20261121-000001");
    walk(&app.partner().client, Who::Partner, "OTA-CP-20261121-000001");
    let demo_terminal = app.client().with("X-Terminal-Key", "terminal_test_key_12345");
    walk(&demo_terminal, Who::Terminal, "OTA-CP-20261121-000001");
}

/// A body that an operation on a ticket takes.
fn good_body(operation: &Operation) -> Value {
    match (operation.method, operation.path) {
        ("post", "/qr/{code}") => json!({"image": "none"}),
        _ => json!({}),
    }
}

#[test]
fn of_everything_about_a_ticket_its_own_partner_is_told_and_another_finds_nothing() {
    let app = TestApp::closed();
    let (owner, foreign) = (app.new_partner("owner", ""), app.new_partner("foreign", ""));
    let ticket = owner.ticket();
    let token = owner.token(&ticket);
    let before = everything(&mut app.session());
    let about = operations().filter(|operation| {
        is_about_a_ticket(operation) && operation.grant.partners != Partners::Never
    });
    let about: Vec<&Operation> = about.collect();
    let body = |operation: &Operation| good_body(operation).to_string().into_bytes();
    for operation in &about {
        let Operation { method, path, .. } = operation;
        let reply = ask_with(&foreign.client, operation, &ticket, &body(operation));
        assert_eq!(reply.verdict(), (404, "TICKET_NOT_FOUND"), "{method} {path}: {}", reply.text);
    }
    let look = json!({"encrypted_data": token});
    let reply = foreign.client.post("/qr/decrypt", &look);
    assert_eq!(reply.verdict(), (404, "TICKET_NOT_FOUND"), "{}", reply.text);
    assert_eq!(everything(&mut app.session()), before);
    owner.client.post("/qr/decrypt", &look).expect(200);
    // The bodies are good: with them the ticket's own partner gets what it asks for.
    for operation in &about {
        let Operation { method, path, .. } = operation;
        let reply = ask_with(&owner.client, operation, &ticket, &body(operation));
        assert!(matches!(reply.status, 200..=204), "{method} {path}: {}", reply.text);
    }
    let named: Vec<_> = about.iter().map(|one| (one.method, one.path)).collect();
    for known in [("post", "/qr/{code}"), ("get", "/qr/{code}"), ("get", "/qr/{code}/info")] {
        assert!(named.contains(&known), "{named:?}");
    }
}

#[test]
fn every_operation_of_the_document_is_in_the_table() {
    let document: Value = serde_json::from_str(&openapi_json()).unwrap();
    let mut described: Vec<(&str, &str)> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        described.extend(item.as_object().unwrap().keys().map(|method| (&**method, &**path)));
    }
    described.sort_unstable();
    let mut walked: Vec<_> = OPERATIONS.iter().map(|one| (one.method, one.path)).collect();
    walked.sort_unstable();
    assert_eq!(walked, described);
}

#[test]
fn a_key_works_until_the_moment_that_it_expires() {
    let app = TestApp::closed();
    let until = |code: &str| {
        let partner = app.new_partner(code, "");
        let change = format!(
            "UPDATE api_keys SET expires_at = '2026-11-21 02:00:01' WHERE partner_code = '{code}'"
        );
        run(&mut app.session(), &change);
        partner.client
    };
    let (early, late) = (until("early"), until("late"));
    app.clock.advance(TimeDelta::milliseconds(999));
    early.get("/venue").expect(200);
    app.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(late.get("/venue").verdict(), (401, "INVALID_API_KEY"));
}
