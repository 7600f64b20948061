//! Every operation, asked by everybody: without credentials, with bad ones, with those of others, with the right ones.
//!
//! The operations that take a body are sent one that is no JSON: who may not ask is told so before the body is read.

use chrono::TimeDelta;
use serde_json::Value;
use ticketgate::app::openapi_json;

use crate::support::tables::{everything, run};
use crate::support::{Client, Reply, TestApp};

/// Whom an operation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    /// Everybody.
    All,
    /// Partners whose key has this permission.
    Partner(&'static str),
    /// Those partners, terminals and supervisors.
    PartnerTerminalOrSupervisor(&'static str),
    /// Those partners and supervisors.
    PartnerOrSupervisor(&'static str),
    /// Terminals and supervisors.
    TerminalOrSupervisor,
    /// Supervisors.
    Supervisor,
    /// Admins.
    Admin,
    /// Whoever is known.
    Known,
}

/// Method, path, and whom it is for. A new operation belongs into this table.
const OPERATIONS: &[(&str, &str, For)] = &[
    ("post", "/ota/tickets/bulk-generate", For::Partner("tickets:generate")),
    ("get", "/ota/tickets", For::Partner("tickets:read")),
    ("post", "/qr/{code}", For::Partner("qr:issue")),
    ("get", "/qr/{code}", For::Partner("qr:issue")),
    ("get", "/qr/{code}/info", For::PartnerOrSupervisor("tickets:read")),
    ("post", "/qr/decrypt", For::PartnerTerminalOrSupervisor("tickets:read")),
    ("post", "/venue/scan", For::TerminalOrSupervisor),
    ("post", "/venue/redemptions/{id}/reverse", For::Supervisor),
    ("get", "/venue/analytics/redemptions", For::PartnerOrSupervisor("reports:read")),
    ("get", "/venue", For::Known),
    ("get", "/admin/audit", For::Admin),
    ("get", "/healthz", For::All),
    ("get", "/readyz", For::All),
    ("get", "/metrics", For::All),
];

const PERMISSIONS: [&str; 7] = [
    "tickets:generate",
    "tickets:read",
    "tickets:activate",
    "tickets:cancel",
    "qr:issue",
    "webhooks:manage",
    "reports:read",
];

/// Asks for an operation on a ticket that is the demo partner's.
fn ask(client: &Client, (method, path): (&str, &str), ticket: &str) -> Reply {
    let path =
        path.replace("{code}", ticket).replace("{id}", "01936f00-0000-7000-8000-000000000000");
    match method {
        "get" => client.get(&path),
        _ => client.post_raw(&path, "application/json", b"{ nonsense"),
    }
}

/// Who asks, as far as it decides whether they are let in.
#[derive(Clone, Copy, Debug)]
enum Who {
    /// Nobody in particular.
    Nobody,
    /// Anybody, at a demo.
    Visitor,
    /// A partner that has every permission but this one.
    PartnerWithout(&'static str),
    /// A terminal.
    Terminal,
    /// Somebody with credentials that this is wrong with.
    Wrong(u16, &'static str),
}

const IN: Option<(u16, &str)> = None;
const FORBIDDEN: Option<(u16, &str)> = Some((403, "INSUFFICIENT_PERMISSIONS"));

/// Why they are turned away, if they are.
fn refusal(who: Who, operation: For) -> Option<(u16, &'static str)> {
    match (who, operation) {
        (Who::Wrong(..), For::All) => IN,
        (Who::Wrong(status, code), _) => Some((status, code)),
        (Who::Nobody | Who::Visitor, For::Partner(_)) => Some((401, "API_KEY_REQUIRED")),
        (Who::Visitor, For::Admin) => Some((401, "CREDENTIALS_REQUIRED")),
        (Who::Nobody, _) if operation != For::All => Some((401, "CREDENTIALS_REQUIRED")),
        (
            Who::PartnerWithout(missing),
            For::Partner(needed)
            | For::PartnerOrSupervisor(needed)
            | For::PartnerTerminalOrSupervisor(needed),
        ) if missing == needed => FORBIDDEN,
        (Who::PartnerWithout(_), For::TerminalOrSupervisor | For::Supervisor | For::Admin)
        | (
            Who::Terminal,
            For::Partner(_) | For::PartnerOrSupervisor(_) | For::Supervisor | For::Admin,
        ) => FORBIDDEN,
        (Who::Nobody | Who::Visitor | Who::Terminal | Who::PartnerWithout(_), _) => IN,
    }
}

#[track_caller]
fn walk(client: &Client, who: Who, ticket: &str) {
    for (method, path, operation) in OPERATIONS {
        let reply = ask(client, (method, path), ticket);
        let about = format!("{who:?} asks for {method} {path}: {}", reply.text);
        if let Some(expected) = refusal(who, *operation) {
            assert_eq!(reply.verdict(), expected, "{about}");
            assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{about}");
            assert_eq!(reply.header("www-authenticate").is_some(), reply.status == 401, "{about}");
        } else if *method == "post" {
            assert_eq!(
                (reply.verdict(), reply.field()),
                ((400, "INVALID_REQUEST"), "body"),
                "{about}"
            );
        } else {
            assert!(matches!(reply.status, 200 | 404), "{about}");
            assert!(matches!(reply.code(), "" | "TICKET_NOT_FOUND"), "{about}");
        }
    }
}

/// Credentials that nobody has, or has any longer.
fn wrong_credentials(app: &TestApp) -> Vec<(Client, Who)> {
    let (no_key, no_terminal) =
        (Who::Wrong(401, "INVALID_API_KEY"), Who::Wrong(401, "INVALID_TERMINAL_KEY"));
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
        &"k".repeat(4000),
    ] {
        wrong.push((app.client().with("X-API-Key", text), no_key));
        wrong.push((app.client().with("X-Terminal-Key", text), no_terminal));
    }
    let at = |key: &str| format!("UPDATE api_keys SET {key} WHERE partner_code = ");
    for (code, change) in [
        ("revoked", at("revoked_at = '2026-11-21 01:00:00'")),
        ("expired", at("expires_at = '2026-11-21 02:00:00'")),
        ("with_another_secret", at("secret_hash = secret_hash || secret_hash")),
    ] {
        let partner = app.new_partner(code, "");
        run(&mut app.session(), &format!("{change} '{code}'"));
        wrong.push((partner.client, no_key));
    }
    let terminal = app.terminal("REVOKED", "cheung-chau");
    run(&mut app.session(), "UPDATE terminals SET revoked_at = '2026-11-21 01:00:00'");
    wrong.push((terminal.client, no_terminal));
    wrong
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
    walk(&owner.client, Who::PartnerWithout("nothing"), &ticket);
    walk(&app.new_partner("foreign", "").client, Who::PartnerWithout("nothing"), &ticket);
    for (number, missing) in (1..).zip(PERMISSIONS) {
        let others: Vec<&str> = PERMISSIONS.into_iter().filter(|one| *one != missing).collect();
        let partner = app.new_partner(&format!("lacking_{number}"), &others.join(","));
        walk(&partner.client, Who::PartnerWithout(missing), &ticket);
    }
    let terminal = app.terminal("GATE-1", "cheung-chau").client;
    walk(&terminal, Who::Terminal, &ticket);
    let both = [
        owner.client.with("X-Terminal-Key", "tg_term_a_b"),
        terminal.with("X-API-Key", "tg_live_a_b"),
    ];
    for client in both {
        walk(&client, Who::Wrong(400, "INVALID_REQUEST"), &ticket);
    }
    assert_eq!(everything(&mut app.session()), before);
}

#[test]
fn everybody_gets_their_own_answers_from_a_closed_server() {
    let app = TestApp::closed();
    walk_all(&app);
    walk(&app.client(), Who::Nobody, "OTA-CP-20261121-000001");
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
    walk(&app.partner().client, Who::PartnerWithout("nothing"), "OTA-CP-20261121-000001");
    let demo_terminal = app.client().with("X-Terminal-Key", "terminal_test_key_12345");
    walk(&demo_terminal, Who::Terminal, "OTA-CP-20261121-000001");
}

#[test]
fn every_operation_is_in_the_walk() {
    let document: Value = serde_json::from_str(&openapi_json()).unwrap();
    let mut described: Vec<(String, String)> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        described
            .extend(item.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())));
    }
    described.sort_unstable();
    let mut walked: Vec<(String, String)> = OPERATIONS
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
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
