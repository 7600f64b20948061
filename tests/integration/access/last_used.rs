//! When keys were last used: written behind the requests, at most once a minute for each.

use chrono::TimeDelta;
use serde_json::Value;
use ticketgate::access::{Authenticator, Credentials, Openness, write_last_uses};
use ticketgate::app::{DEMO_API_KEY, demo_openness};
use ticketgate::kernel::{Clock, Secret};

use crate::support::process::{eventually, run_json};
use crate::support::tables::lines;
use crate::support::{Site, TestApp};

const USED: &str = "SELECT cast(last_used_at AS text) AS value FROM api_keys \
    WHERE partner_code = 'acme'";
const SEEN: &str = "SELECT cast(last_seen_at AS text) AS value FROM terminals";

/// A server's authenticator without its memory: each has looked up nothing yet.
fn authenticator(app: &TestApp) -> Authenticator {
    Authenticator::new(app.app.db.clone(), Clock::Manual(app.clock.clone()), Openness::Closed)
}

fn partner(api_key: &str) -> Credentials {
    Credentials { api_key: Some(Secret::new(api_key.to_owned())), ..Credentials::default() }
}

fn terminal(key: &str) -> Credentials {
    Credentials { terminal_key: Some(Secret::new(key.to_owned())), ..Credentials::default() }
}

fn minute_of(written: &str) -> &str {
    written.split_once(' ').unwrap().1.split('.').next().unwrap()
}

#[test]
fn a_use_is_written_at_most_once_a_minute_over_all_servers() {
    let app = TestApp::closed();
    let api_key = app.new_partner("acme", "").client.header("X-API-Key");
    let terminal_key = app.terminal("GATE-1", "central-pier").client.header("X-Terminal-Key");
    let runtime = actix_web::rt::System::new();
    let mut session = app.session();
    let mut use_keys = |seconds: i64| {
        app.clock.advance(TimeDelta::seconds(seconds));
        let servers = [authenticator(&app), authenticator(&app)];
        runtime.block_on(async {
            for server in &servers {
                assert!(server.identify(partner(&api_key)).await.principal.is_some());
                assert!(server.identify(terminal(&terminal_key)).await.principal.is_some());
            }
            let noted = write_last_uses(&servers[0]).await.unwrap();
            assert_eq!(write_last_uses(&servers[1]).await.unwrap(), noted);
            assert_eq!(write_last_uses(&servers[0]).await.unwrap(), 0, "each is written once");
            let [used, seen] = [USED, SEEN].map(|sql| lines(&mut session, sql).remove(0));
            assert_eq!(minute_of(&used), minute_of(&seen));
            (noted, minute_of(&used).to_owned())
        })
    };
    assert_eq!(use_keys(0), (2, "02:00:00".to_owned()));
    assert_eq!(use_keys(59), (0, "02:00:00".to_owned()));
    assert_eq!(use_keys(1), (2, "02:01:00".to_owned()));
    assert_eq!(use_keys(60), (2, "02:02:00".to_owned()));
}

#[test]
fn of_several_servers_the_first_that_writes_a_use_has_the_minute() {
    let app = TestApp::closed();
    let api_key = app.new_partner("acme", "").client.header("X-API-Key");
    let servers = [authenticator(&app), authenticator(&app), authenticator(&app)];
    let mut session = app.session();
    actix_web::rt::System::new().block_on(async {
        for server in &servers {
            assert!(server.identify(partner(&api_key)).await.principal.is_some());
            app.clock.advance(TimeDelta::seconds(30));
        }
        for (server, expected) in servers.iter().zip(["02:00:00", "02:00:00", "02:01:00"]) {
            assert_eq!(write_last_uses(server).await.unwrap(), 1);
            assert_eq!(minute_of(&lines(&mut session, USED)[0]), expected);
        }
    });
}

#[test]
fn a_key_that_is_refused_was_not_used() {
    let app = TestApp::closed();
    let api_key = app.new_partner("acme", "").client.header("X-API-Key");
    let server = authenticator(&app);
    let mut wrong = api_key.clone();
    wrong.replace_range(api_key.len() - 1.., if api_key.ends_with('0') { "g" } else { "0" });
    actix_web::rt::System::new().block_on(async {
        assert!(server.identify(partner(&wrong)).await.error.is_some());
        assert_eq!(write_last_uses(&server).await.unwrap(), 0);
    });
}

#[test]
fn the_well_known_key_of_a_demo_has_nothing_to_be_written() {
    let app = TestApp::demo();
    let clock = Clock::Manual(app.clock.clone());
    let server = Authenticator::new(app.app.db.clone(), clock, demo_openness().unwrap());
    actix_web::rt::System::new().block_on(async {
        assert!(server.identify(partner(DEMO_API_KEY)).await.principal.is_some());
        assert_eq!(write_last_uses(&server).await.unwrap(), 0);
    });
}

/// What the lists of a site show as the last use of its key and of its terminal.
fn shown(site: &Site) -> [Value; 2] {
    let list = |what: &str| run_json(&site.database, &[what, "list"]);
    [list("api-key")[0]["last_used_at"].clone(), list("terminal")[0]["last_seen_at"].clone()]
}

#[test]
fn lists_show_when_a_key_was_last_used() {
    let site = Site::new();
    assert_eq!(shown(&site), [Value::Null, Value::Null]);
    let server = site.serve();
    site.partner(&server).client.get("/venue").expect(200);
    site.gate(&server).client.get("/venue").expect(200);
    let written = eventually("a write", || {
        Some(shown(&site)).filter(|both| both.iter().all(Value::is_string))
    });
    let (status, log) = {
        server.signal("TERM");
        server.wait()
    };
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(shown(&site), written);
}

#[test]
fn what_is_not_written_yet_is_written_when_a_server_stops() {
    let site = Site::new();
    let server = site.serve();
    site.partner(&server).client.get("/venue").expect(200);
    site.gate(&server).client.get("/venue").expect(200);
    server.signal("TERM");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(shown(&site).iter().all(Value::is_string), "{:?}", shown(&site));
}
