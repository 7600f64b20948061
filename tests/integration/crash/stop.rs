//! SIGTERM under load: what is in flight is finished, and the server ends well.

use super::load::Load;
use super::rounds::rounds;
use crate::support::Site;

#[test]
fn a_server_that_is_told_to_stop_finishes_what_is_in_flight() {
    rounds(|dice| {
        let site = Site::new();
        let server = site.serve();
        let mut load = Load::new(&site.tokens(&server, 150));
        let stop_at = 1 + dice.below(250);
        load.run(&site, &[&server], |counts| {
            counts.until_answers(stop_at);
            dice.dawdle();
            server.signal("TERM");
        });
        let (status, log) = server.wait();
        assert_eq!(status.code(), Some(0), "{log}");
        assert!(log.lines().last().unwrap().ends_with("stopped"), "{log}");
        assert!(load.unanswered() > 0, "stopped too late, at {}", load.answers());
        assert_eq!(load.audit(&site), 0, "what was taken in was answered");

        let server = site.serve();
        load.finish(&site, &[&server]);
        load.audit_to_the_end(&site, &server);
    });
}

#[test]
fn an_interrupt_ends_a_server_as_well() {
    let site = Site::new();
    let server = site.serve();
    server.client().get("/readyz").expect(200);
    server.signal("INT");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0), "{log}");
}
