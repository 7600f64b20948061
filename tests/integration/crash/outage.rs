//! PostgreSQL is stopped in immediate mode under load, and started again.

use super::load::Load;
use super::rounds::rounds;
use crate::support::cluster::Cluster;
use crate::support::database::{is_postgres, not_run};
use crate::support::process::eventually;
use crate::support::{ServerProcess, Site, assert_unavailable};

/// Waits until readiness has this status; every other answer is a 503 that says when to come again.
#[track_caller]
pub fn until_ready(server: &ServerProcess) {
    let client = server.client();
    eventually("readiness", || {
        let reply = client.get("/readyz");
        if reply.status == 200 {
            return Some(());
        }
        assert_unavailable(&reply);
        None
    });
}

/// Waits until readiness says no; gives its text.
#[track_caller]
pub fn until_not_ready(server: &ServerProcess) -> String {
    let client = server.client();
    eventually("the end of readiness", || {
        let reply = client.get("/readyz");
        (reply.status != 200).then(|| assert_unavailable(&reply))
    })
}

#[test]
fn while_postgresql_is_away_all_is_told_to_come_again_and_then_goes_on() {
    if !is_postgres() {
        return not_run("an outage of the database", "SQLite is inside the server");
    }
    rounds(|dice| {
        let cluster = Cluster::start();
        let site = Site::on(cluster.database());
        let server = site.serve();
        let tokens = site.tokens(&server, 151);
        let (spare, tokens) = tokens.split_first().unwrap();
        let mut load = Load::new(tokens);
        load.run(&site, &[&server], |counts| {
            for _ in 0..2 {
                counts.until_answers(counts.answers() + 1 + dice.below(80));
                dice.dawdle();
                cluster.stop_at_once();
                counts.until_more_unavailable(20);
                until_not_ready(&server);
                server.client().get("/healthz").expect(200);
                assert_unavailable(&site.gate(&server).look(&spare.1));
                assert_unavailable(&site.partner(&server).issue(&spare.0));
                // It is answered again before readiness, which is looked at once a second, says so.
                cluster.start_again();
            }
        });
        until_ready(&server);
        assert_eq!(load.unanswered(), 0, "the server goes on by itself");
        load.audit_to_the_end(&site, &server);
    });
}
