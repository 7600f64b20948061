//! `GET /qr/{code}/info`: for the ticket's partner, and for supervisors, on record.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::tables::{everything, lines, run};
use crate::support::{TestApp, masked};

const AUDIT: &str = "SELECT principal || ' ' || action || ' ' || subject || ' ' || request_id \
     AS value FROM audit_log WHERE action = 'ticket.info' ORDER BY id";

fn ticket(app: &TestApp) -> (String, Value) {
    let order = json!({"product_id": 107, "quantity": 1,
        "customer_info": {"type": "adult", "name": "张三 🎫", "email": "z@example.com", "phone": "+86 10"}});
    let code = app.partner().order(&order).expect(201).text_at("/tickets/0/ticket_code");
    let info = json!({
        "ticket_code": code,
        "ticket_type": "OTA",
        "status": "ACTIVE",
        "entitlements": [
            {"function_code": "ferry", "function_name": "Ferry Ride",
             "remaining_uses": 1, "total_uses": 1},
            {"function_code": "gift", "function_name": "Souvenir Gift",
             "remaining_uses": 1, "total_uses": 1}
        ],
        "can_generate_qr": true,
        "product_info": {"id": 107, "name": "Cruise Standard"},
        "customer_info": {"type": "adult", "name": "张三 🎫", "email": "z@example.com",
                          "phone": "+86 10"}
    });
    (code, info)
}

#[test]
fn a_partner_sees_its_ticket_and_leaves_no_trace() {
    let app = TestApp::demo();
    let (code, info) = ticket(&app);
    let before = everything(&mut app.session());
    for _ in 0..2 {
        let reply = app.partner().client.get(&format!("/qr/{code}/info")).expect(200);
        assert_eq!(reply.body, info);
    }
    assert_eq!(everything(&mut app.session()), before);
    assert_eq!(lines(&mut app.session(), AUDIT), [""; 0]);
}

#[test]
fn a_supervisor_sees_any_ticket_and_is_put_on_record() {
    let app = TestApp::demo();
    let (code, info) = ticket(&app);
    let before = everything(&mut app.session());
    let visitor = app.client().with("X-Request-Id", "look-1");
    assert_eq!(visitor.get(&format!("/qr/{code}/info")).expect(200).body, info);
    assert_eq!(everything(&mut app.session()), before);
    assert_eq!(
        lines(&mut app.session(), AUDIT),
        [format!("demo-visitor ticket.info {code} look-1")]
    );
    // So is a look for a ticket that is not there: codes can be guessed.
    let missing = visitor.get("/qr/OTA-CP-19990101-000001/info");
    assert_eq!(missing.verdict(), (404, "TICKET_NOT_FOUND"));
    assert_eq!(
        lines(&mut app.session(), AUDIT)[1],
        "demo-visitor ticket.info OTA-CP-19990101-000001 look-1"
    );
}

#[test]
fn others_do_not_see_it() {
    let app = TestApp::demo();
    let (code, _) = ticket(&app);
    let path = format!("/qr/{code}/info");
    let other = app.new_partner("other_partner", "");
    let reply = other.client.get(&path);
    let unknown = other.client.get("/qr/OTA-CP-19990101-000001/info");
    assert_eq!(reply.verdict(), (404, "TICKET_NOT_FOUND"));
    assert_eq!(masked(&reply.body, &["/request_id"]), masked(&unknown.body, &["/request_id"]));
    let terminal = app.terminal("GATE-1", "central-pier");
    assert_eq!(terminal.client.get(&path).verdict(), (403, "INSUFFICIENT_PERMISSIONS"));
}

#[test]
fn it_says_whether_a_code_would_be_issued() {
    let app = TestApp::demo();
    let order = json!({"product_id": 106, "quantity": 1, "valid_until": "2026-11-21T03:00:00Z"});
    let code = app.partner().order(&order).expect(201).text_at("/tickets/0/ticket_code");
    let path = format!("/qr/{code}/info");
    let can = |expected: bool| {
        let info = app.partner().client.get(&path).expect(200).body;
        assert_eq!(info["can_generate_qr"], expected, "{info}");
        let status = app.partner().issue(&code).status;
        assert_eq!(status, if expected { 200 } else { 409 });
    };
    for status in ["PRE_GENERATED", "USED", "CANCELLED", "EXPIRED", "REFUND_LOCKED", "ACTIVE"] {
        run(&mut app.session(), &format!("UPDATE tickets SET status = '{status}'"));
        can(matches!(status, "PRE_GENERATED" | "ACTIVE"));
    }
    app.clock.advance(TimeDelta::minutes(60) - TimeDelta::milliseconds(1));
    can(true);
    app.clock.advance(TimeDelta::milliseconds(1));
    can(false);
}
