//! `privacy erase`: customers are blanked, their redemptions stay.

use serde_json::json;

use crate::support::Site;
use crate::support::process::{failure, run_json};
use crate::support::tables::{everything, lines, number};

const NAMED: &str = "SELECT count(*) AS value FROM tickets WHERE customer_name IS NOT NULL";
const KINDS: &str = "SELECT count(*) AS value FROM tickets WHERE customer_type = 'adult'";

#[test]
fn customers_are_erased_by_ticket_and_by_address_in_small_steps() {
    let site = Site::new();
    let server = site.serve();
    let partner = site.partner(&server);
    let order = |quantity: usize, email: &str| {
        let order = json!({
            "product_id": 106, "quantity": quantity,
            "customer_info": {"type": "adult", "name": "Leung Wing", "email": email}
        });
        partner.order(&order).expect(201).text_at("/tickets/0/ticket_code")
    };
    order(1, "somebody@example.org");
    order(2100, "Wing@Example.org");
    let last = order(1, "somebody@example.org");
    let mut session = site.database.session();
    let before = everything(&mut session);
    // While the server runs.
    let erase = |by: &[&str]| run_json(&site.database, &[&["privacy", "erase"], by].concat());
    assert_eq!(erase(&["--email", "wING@eXAMPLE.org"]), json!({"tickets_erased": 2100}));
    assert_eq!(number(&mut session, NAMED), 2);
    assert_eq!(erase(&["--email", "wing@example.org"]), json!({"tickets_erased": 0}));
    assert_eq!(erase(&["--ticket", &last]), json!({"tickets_erased": 1}));
    assert_eq!((number(&mut session, NAMED), number(&mut session, KINDS)), (1, 2102));
    assert_eq!(everything(&mut session), before);
    // Each transaction is in the audit log, and was small.
    let audited = "SELECT after_json AS value FROM audit_log WHERE action = 'privacy.erase' \
         AND principal LIKE 'command-line:%' ORDER BY id";
    let counts: Vec<usize> = lines(&mut session, audited)
        .iter()
        .map(|after| {
            let after: serde_json::Value = serde_json::from_str(after).unwrap();
            usize::try_from(after["tickets_erased"].as_u64().unwrap()).unwrap()
        })
        .collect();
    let (found, rest) = counts.split_at(counts.len() - 2);
    assert!(found.len() >= 21 && found.iter().all(|&count| count <= 100), "{counts:?}");
    assert_eq!((found.iter().sum::<usize>(), rest), (2100, &[0, 1][..]));
    let all = "SELECT subject || coalesce(before_json, '') || coalesce(after_json, '') AS value \
         FROM audit_log";
    let written = lines(&mut session, all).concat().to_lowercase();
    assert!(!written.contains("example.org") && !written.contains("leung"), "{written}");
}

#[test]
fn an_unknown_ticket_is_said_to_be_unknown() {
    let site = Site::new();
    let said = failure(site.command(&["privacy", "erase", "--ticket", "OTA-CP-20261121-000001"]));
    assert_eq!(said, "ticketgate: failed to find this ticket");
    let said = failure(site.command(&["privacy", "erase", "--ticket", "票"]));
    assert!(said.starts_with("ticketgate: failed to read the ticket's code \"票\": it "), "{said}");
}
