//! Each operation is limited with the class that the table of operations, and so `docs/permissions.md`, says.

use ticketgate::access::{Class, Partners};
use ticketgate::app::Operation;

use super::walk::{ask, operations};
use crate::support::TestApp;
use crate::support::test_app::LIMITS;

#[test]
fn every_operation_is_limited_with_the_class_that_the_table_says() {
    let (app, admin) = TestApp::limited(&LIMITS.map(|name| (name, "1000/s"))).with_admin();
    let partner = app.new_partner("acme", "");
    let ticket = partner.ticket();
    let terminal = app.terminal("GATE-1", "cheung-chau").client;
    for operation in operations() {
        let Operation { method, path, grant, class, counts_failures_only } = operation;
        let client = if grant.operators.is_some() {
            &admin
        } else if grant.partners != Partners::Never {
            &partner.client
        } else {
            &terminal
        };
        let reply = ask(client, operation, &ticket);
        assert!(!matches!(reply.status, 401 | 403), "{method} {path}: {}", reply.text);
        let limited = reply.header("ratelimit").and_then(|item| item.split(';').next());
        let is_counted = *class != Class::Unlimited && !counts_failures_only;
        let expected = is_counted.then(|| format!("\"{}\"", class.name()));
        assert_eq!(limited, expected.as_deref(), "{method} {path}: {}", reply.text);
    }
}
