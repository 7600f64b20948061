//! Who sees at a look how a customer can be reached, and who sees it masked.

use serde_json::{Value, json};

use crate::support::{Client, Gate, Partner, TestApp};

/// The token of a ticket whose customer can be reached.
pub fn sold(partner: &Partner) -> String {
    let order = json!({"product_id": 106, "quantity": 1, "customer_info": whole()});
    let code = partner.order(&order).expect(201).text_at("/tickets/0/ticket_code");
    partner.token(&code)
}

/// The customer as the partner gave them.
pub fn whole() -> Value {
    json!({"type": "adult", "name": "张三 🎫", "email": "zhang.san@example.com",
        "phone": "+852 9123 4567"})
}

/// The customer as stewards and terminals see them.
pub fn shortened() -> Value {
    json!({"type": "adult", "name": "张三 🎫", "email": "z***@example.com", "phone": "***4567"})
}

#[test]
fn stewards_and_terminals_see_contacts_masked() {
    let app = TestApp::closed();
    let partner = app.new_partner("acme", "");
    let token = sold(&partner);
    let look = |client: Client| {
        let gate = Gate { client, device: "GATE-1".to_owned() };
        gate.look(&token).expect(200).body["ticket_info"]["customer_info"].clone()
    };
    let terminal = app.terminal("GATE-1", "central-pier").client;
    let [steward, supervisor, admin] =
        [("stella", "steward"), ("sam", "supervisor"), ("anna", "admin")]
            .map(|(name, role)| app.operator(name, role));
    assert_eq!(look(terminal.clone()), shortened());
    assert_eq!(look(steward.clone()), shortened());
    assert_eq!(look(terminal.with_operator(&steward)), shortened());
    assert_eq!(look(supervisor.clone()), whole());
    assert_eq!(look(terminal.with_operator(&supervisor)), whole());
    assert_eq!(look(admin), whole());
    assert_eq!(look(partner.client.clone()), whole());
}

#[test]
fn the_demo_shows_a_visitor_all() {
    let app = TestApp::demo();
    let token = sold(&app.partner());
    let look = app.gate().look(&token).expect(200).body;
    assert_eq!(look["ticket_info"]["customer_info"], whole());
}
