//! Invariant 10: bulk generation is all or nothing as the client sees it.

use serde_json::json;
use ticketgate::access::{AdminPermit, NewPartner, PermissionSet, create_partner};
use ticketgate::app::seed_demo;
use ticketgate::db::{DbError, Session};
use ticketgate::kernel::{PartnerCode, Timestamp};

use crate::support::tables::{lines, number, run};
use crate::support::test_app::START;
use crate::support::{Partner, ServerProcess, TestDatabase, process};

const QUANTITY: i64 = 5000;

/// A production database with products, keys and a partner; gives the partner's API key.
fn prepare(database: &TestDatabase) -> String {
    let now = Timestamp::parse(START).unwrap();
    database.session().write(|tx| seed_demo(tx, now)).unwrap();
    assert!(process::run(database, &["keys", "generate"]).status.success());
    let partner = NewPartner {
        partner_code: PartnerCode::parse("agency").unwrap(),
        partner_name: None,
        permissions: PermissionSet::all(),
    };
    let admin = AdminPermit::for_command_line();
    let key = database
        .session()
        .write(|tx| Ok::<_, DbError>(create_partner(tx, &admin, partner, now).unwrap().api_key));
    key.unwrap()
}

/// Starts a server that writes so many tickets in a transaction.
fn serve(database: &TestDatabase, chunk: i64) -> ServerProcess {
    let settings = format!("generate_chunk = {chunk}\n");
    std::fs::write(database.folder.path().join("ticketgate.toml"), settings).unwrap();
    ServerProcess::serve(database)
}

/// Waits until a batch is begun, and some of it written.
fn wait_for_a_part(session: &mut Session) {
    while number(session, "SELECT coalesce(max(generated), 0) AS value FROM batches") == 0 {
        std::thread::yield_now();
    }
}

#[test]
fn a_batch_that_exists_is_complete_or_says_so() {
    let database = TestDatabase::migrated();
    let key = prepare(&database);
    let partner =
        |server: &ServerProcess| Partner { client: server.client().with("X-API-Key", &key) };
    let order = json!({"product_id": 107, "quantity": QUANTITY, "batch_id": "B-1"});

    // The server is killed in the middle of a batch: its client hears nothing.
    let server = serve(&database, 5);
    let client = partner(&server).client;
    let mut session = database.session();
    std::thread::scope(|scope| {
        let ordering = scope.spawn(|| client.try_post("/ota/tickets/bulk-generate", &order));
        wait_for_a_part(&mut session);
        server.kill();
        assert!(ordering.join().unwrap().is_err());
    });

    // What is there says how far it is, exactly.
    let generated = number(&mut session, "SELECT generated AS value FROM batches");
    assert!((5..QUANTITY).contains(&generated), "{generated}");
    assert_eq!(number(&mut session, "SELECT count(*) AS value FROM tickets"), generated);
    let entitlements = number(&mut session, "SELECT count(*) AS value FROM entitlements");
    assert_eq!(entitlements, 2 * generated);
    let codes = "SELECT ticket_code AS value FROM tickets ORDER BY 1";
    let written = lines(&mut session, codes);

    // The next server shows none of it, completes it once the lease has run out, and answers the same order.
    run(&mut session, "UPDATE jobs SET lease_until = '2999-01-01 00:00:00'");
    let server = serve(&database, 1000);
    let list = partner(&server).client.get("/ota/tickets").expect(200).body;
    assert_eq!((&list["total_count"], &list["tickets"]), (&json!(0), &json!([])));
    run(&mut session, "UPDATE jobs SET lease_until = '2000-01-01 00:00:00'");
    let reply = partner(&server).order(&order).expect(200);
    assert_eq!(reply.body["total_generated"], QUANTITY);
    let all = lines(&mut session, codes);
    assert_eq!(all[..written.len()], written);
    let prefix = all[0].strip_suffix("000001").unwrap();
    let expected: Vec<String> = (1..=QUANTITY).map(|n| format!("{prefix}{n:06}")).collect();
    assert_eq!(all, expected);
    let list = partner(&server).client.get("/ota/tickets?limit=1").expect(200).body;
    assert_eq!(list["total_count"], QUANTITY);
}
