//! A batch whose server is killed in the middle of it: another one completes it.

use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::support::process::eventually;
use crate::support::records::{log_all, log_of_process};
use crate::support::tables::{number, run};
use crate::support::{Partner, Reply, Site};

const GENERATED: &str = "SELECT coalesce(max(generated), 0) AS value FROM batches";
const COMPLETE: &str = "SELECT count(*) AS value FROM batches WHERE completed_at IS NOT NULL";
const TICKETS: &str = "SELECT count(*) AS value FROM tickets";

/// A server of the worker role, which listens nowhere; ended with the test.
struct Worker(Child);

impl Worker {
    fn start(site: &Site) -> Self {
        let mut command = site.command(&["serve", "--role", "worker"]);
        log_all(&mut command);
        Self(command.stderr(log_of_process("worker")).stdout(Stdio::null()).spawn().unwrap())
    }

    #[track_caller]
    fn stop(&mut self) {
        let kill = Command::new("kill").args(["-s", "TERM", &self.0.id().to_string()]).status();
        assert!(kill.unwrap().success());
        assert_eq!(self.0.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Already over where it was stopped.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn order(quantity: usize) -> Value {
    json!({"product_id": 106, "quantity": quantity, "batch_id": "BIG"})
}

fn listed(partner: &Partner) -> Reply {
    partner.client.get("/ota/tickets?batch_id=BIG&page_size=1").expect(200)
}

/// Orders a batch, and kills the server when some of it is made. Its lease is at its end then.
fn leave_unfinished(site: &Site, quantity: usize) {
    let server = site.serve_with(&[("TICKETGATE_GENERATE_CHUNK", "5")]);
    let partner = site.partner(&server);
    let waiting = std::thread::spawn(move || {
        let path = "/ota/tickets/bulk-generate";
        partner.client.try_post(path, &order(quantity)).map(|reply| reply.status)
    });
    let mut session = site.database.session();
    eventually("some of the batch", || (number(&mut session, GENERATED) >= 20).then_some(()));
    assert_eq!(listed(&site.partner(&server)).body["total_count"], 0, "unfinished: not shown");
    server.kill();
    assert!(waiting.join().unwrap().is_err(), "nobody was told that it is there");
    let made = usize::try_from(number(&mut session, GENERATED)).unwrap();
    assert!((20..quantity).contains(&made), "killed in the middle, at {made}");
    assert_eq!(number(&mut session, COMPLETE), 0);
    assert_eq!(usize::try_from(number(&mut session, TICKETS)).unwrap(), made);
    run(&mut session, "UPDATE jobs SET lease_until = created_at");
}

#[test]
fn a_batch_whose_server_was_killed_is_completed_by_the_next_one() {
    let site = Site::new();
    leave_unfinished(&site, 5000);
    let server = site.serve();
    let partner = site.partner(&server);
    let reply = partner.order(&order(5000)).expect(200);
    assert_eq!(reply.body["total_generated"], 5000);
    let tickets = reply.body["tickets"].as_array().unwrap();
    let sequence = |ticket: &Value| {
        let code = ticket["ticket_code"].as_str().unwrap();
        code.rsplit('-').next().unwrap().parse::<usize>().unwrap()
    };
    assert_eq!(tickets.iter().map(sequence).collect::<Vec<_>>(), (1..=5000).collect::<Vec<_>>());
    let functions = tickets.iter().map(|ticket| ticket["entitlements"].as_array().unwrap().len());
    assert!(functions.clone().all(|count| count == 2));
    assert_eq!(listed(&partner).body["total_count"], 5000);
    let mut session = site.database.session();
    assert_eq!(number(&mut session, "SELECT count(*) AS value FROM jobs"), 0);
    assert_eq!(number(&mut session, "SELECT count(*) AS value FROM unfinished_mints"), 0);
}

#[test]
fn a_batch_is_left_alone_by_a_server_of_the_web_role_and_completed_by_a_worker() {
    let site = Site::new();
    leave_unfinished(&site, 600);
    let web = site.serve_with(&[("TICKETGATE_ROLE", "web")]);
    let made = number(&mut site.database.session(), GENERATED);
    web.client().get("/readyz").expect(200);
    assert_eq!(listed(&site.partner(&web)).body["total_count"], 0);
    web.signal("TERM");
    let (status, log) = web.wait();
    assert_eq!(status.code(), Some(0));
    assert!(!log.contains("going on with batch"), "{log}");
    let mut session = site.database.session();
    assert_eq!(number(&mut session, GENERATED), made);

    let mut worker = Worker::start(&site);
    eventually("the whole batch", || (number(&mut session, COMPLETE) == 1).then_some(()));
    worker.stop();
    let server = site.serve();
    assert_eq!(listed(&site.partner(&server)).body["total_count"], 600);
}
