//! The audit log, as admins read it.

use serde_json::{Value, json};
use ticketgate::access::{AuditEntry, audit};

use crate::support::process::command_line;
use crate::support::{TestApp, masked};

#[test]
fn the_audit_log_is_read_by_admins_newest_first() {
    let app = TestApp::closed();
    let code = app.new_partner("acme", "").ticket();
    app.administer(|tx, admin, now| {
        let named = |name: &str| json!({"name": name});
        let change = |before, after| {
            AuditEntry::changed("partner.change", "acme", &named(before), &named(after))
        };
        audit(tx, admin.actor(), &change("A", "B"), now).unwrap();
        audit(tx, admin.actor(), &change("B", "C"), now).unwrap();
    });
    app.operator("sam", "supervisor").get(&format!("/qr/{code}/info")).expect(200);
    let admin = app.operator("anna", "admin");
    let read = |query: &str| admin.get(&format!("/admin/audit{query}")).expect(200).body;
    let line = |principal: &str, action: &str, subject: &str, before: Value, after: Value| {
        json!({
            "audit_id": "*", "at": "*", "principal": principal, "action": action,
            "subject": subject, "request_id": "*", "before": before, "after": after
        })
    };
    let change = |before, after| {
        let named = |name| json!({"name": name});
        line(&command_line(), "partner.change", "acme", named(before), named(after))
    };
    let hidden = ["audit_id", "at", "request_id"];
    let shown = |page: &Value| -> Vec<Value> {
        let paths = hidden.map(|name| format!("/{name}"));
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| masked(item, &paths.each_ref().map(String::as_str))).collect()
    };
    let look = line("operator:sam", "ticket.info", &code, Value::Null, Value::Null);
    assert_eq!(
        shown(&read("?subject=acme&action=partner.change")),
        [change("B", "C"), change("A", "B")]
    );
    assert_eq!(shown(&read("?principal=operator:sam")), [look]);
    assert_eq!(
        shown(&read("?subject=acme&action=partner.change&limit=1&page=2")),
        [change("A", "B")]
    );
    let none = json!({"items": [], "total": 0, "page": 1, "page_size": 50, "has_more": false});
    assert_eq!(read("?action=partner.change&to=2026-11-20"), none);
    assert_eq!(admin.get("/admin/audit?from=yesterday").expect(400).field(), "from");
}
