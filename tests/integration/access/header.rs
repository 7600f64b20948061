//! A key speaks in its own header only, also once the server remembers it.

use crate::support::TestApp;

#[test]
fn a_key_that_is_known_in_one_header_is_refused_in_the_other() {
    let app = TestApp::closed();
    let partner = app.new_partner("acme", "").client;
    let terminal = app.terminal("GATE-1", "central-pier").client;
    for _ in 0..2 {
        partner.get("/venue").expect(200);
        terminal.get("/venue").expect(200);
        let swapped = |header: &str, key: String| app.client().with(header, &key).get("/venue");
        let as_terminal = swapped("X-Terminal-Key", partner.header("X-API-Key"));
        assert_eq!(as_terminal.verdict(), (401, "INVALID_TERMINAL_KEY"));
        let as_partner = swapped("X-API-Key", terminal.header("X-Terminal-Key"));
        assert_eq!(as_partner.verdict(), (401, "INVALID_API_KEY"));
    }
}
