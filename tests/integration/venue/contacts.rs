//! Who sees at a scan how a customer can be reached, and who sees it masked; the first time and replayed.

use serde_json::json;

use crate::qr::contacts::{shortened, sold, whole};
use crate::support::{Gate, TestApp};

#[test]
fn stewards_and_terminals_see_contacts_masked_also_in_a_replay() {
    let app = TestApp::closed();
    let partner = app.new_partner("acme", "");
    let terminal = app.terminal("GATE-1", "cheung-chau").client;
    let [steward, supervisor] =
        [("stella", "steward"), ("sam", "supervisor")].map(|(name, role)| app.operator(name, role));
    let cases = [
        (terminal.clone(), shortened()),
        (terminal.with_operator(&steward), shortened()),
        (steward, shortened()),
        (terminal.with_operator(&supervisor), whole()),
        (supervisor, whole()),
    ];
    for (client, customer) in cases {
        let gate = Gate { client, device: "GATE-1".to_owned() };
        let token = sold(&partner);
        for replayed in [json!(null), json!(true)] {
            let scan = gate.scan_with(&token, "ferry", &json!({"scan_id": "s-1"})).expect(200);
            assert_eq!(scan.body["replayed"], replayed);
            assert_eq!(scan.body["customer_info"], customer);
        }
    }
}

#[test]
fn the_demo_shows_a_visitor_all() {
    let app = TestApp::demo();
    let scan = app.gate().scan(&sold(&app.partner()), "ferry").expect(200);
    assert_eq!(scan.body["customer_info"], whole());
}
