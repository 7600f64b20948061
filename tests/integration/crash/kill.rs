//! A server that is killed under load: what was answered is there, and what was not is found out by asking again.

use super::load::Load;
use super::rounds::rounds;
use crate::support::Site;

#[test]
fn no_answered_success_is_lost_in_a_crash() {
    rounds(|dice| {
        let site = Site::new();
        let mut server = site.serve();
        let mut load = Load::new(&site.tokens(&server, 200));
        let mut unheard = 0;
        for _ in 0..3 {
            let kill_at = load.answers() + 1 + dice.below(120);
            load.run(&site, &[&server], |counts| {
                counts.until_answers(kill_at);
                dice.dawdle();
                server.signal("KILL");
            });
            server.kill();
            assert!(load.unanswered() > 0, "killed too late, at {}", load.answers());
            unheard += load.audit(&site);
            server = site.serve();
        }
        load.finish(&site, &[&server]);
        load.audit_to_the_end(&site, &server);
        println!("stored and not heard of before they were sent again: {unheard}");
    });
}
