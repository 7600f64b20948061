//! Which codes need the key that sealed them.

use chrono::TimeDelta;
use serde_json::json;
use ticketgate::access::AdminPermit;
use ticketgate::kernel::Clock;
use ticketgate::tickets::{KeyCodes, count_live_codes, count_seals};

use crate::support::TestApp;
use crate::support::tables::run;

fn live_codes(app: &TestApp) -> Vec<KeyCodes> {
    let now = Clock::Manual(app.clock.clone()).now();
    let admin = AdminPermit::for_command_line();
    let key_id = app.tokens().seal_count().key_id;
    app.session().read(|tx| count_live_codes(tx, &admin, &[&key_id], now)).unwrap()
}

#[test]
fn codes_that_can_be_redeemed_yet_or_again_need_their_key() {
    let app = TestApp::demo();
    assert_eq!(live_codes(&app), []);
    let partner = app.partner();
    let key_id = app.tokens().seal_count().key_id;
    let need = |live_codes| [KeyCodes { key_id: key_id.clone(), live_codes }];
    let statuses = ["PRE_GENERATED", "ACTIVE", "REFUND_LOCKED", "USED", "CANCELLED", "EXPIRED"];
    for (code, status) in partner.generate(statuses.len()).iter().zip(statuses) {
        // The first of the two is superseded.
        partner.issue(code).expect(200);
        partner.issue(code).expect(200);
        let set = format!("UPDATE tickets SET status = '{status}' WHERE ticket_code = '{code}'");
        run(&mut app.session(), &set);
    }
    assert_eq!(live_codes(&app), need(4));
    let path = format!("/qr/{}", partner.ticket());
    partner.client.post(&path, &json!({"image": "none", "expiry_minutes": 10})).expect(200);
    assert_eq!(live_codes(&app), need(5));
    app.clock.advance(TimeDelta::minutes(10));
    assert_eq!(live_codes(&app), need(4));
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(live_codes(&app), []);
    // Whatever became of them, they were sealed.
    let seals = |key_id: &str| app.session().read(|tx| count_seals(tx, key_id)).unwrap();
    assert_eq!((seals(&key_id), seals("K0")), (13, 0));
}
