//! Rate limits: each credential has its own for each class of operations, answers say how it stands, and what is left
//! comes back with time.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::process::{ServerProcess, command, failure, run, run_json};
use crate::support::test_app::{LIMITS, PASSWORD};
use crate::support::{
    Client, Reply, Site, TestApp, TestDatabase, audited, masked, problem_body, within_a_second,
};

/// The status, and how the asker stands.
fn standing(reply: &Reply) -> (u16, Option<&str>, Option<&str>, Option<&str>) {
    let headers = ["ratelimit", "ratelimit-policy", "retry-after"].map(|name| reply.header(name));
    (reply.status, headers[0], headers[1], headers[2])
}

#[test]
fn answers_count_down_and_the_burst_comes_back_exactly() {
    let app = TestApp::limited(&[("limit_read", "2/s:4")]);
    let client = app.terminal("GATE-1", "central-pier").client;
    let policy = Some("\"read\";q=4;w=2");
    let refused = (429, Some("\"read\";r=0;t=2"), policy, Some("1"));
    let count_down =
        ["\"read\";r=3;t=1", "\"read\";r=2;t=1", "\"read\";r=1;t=2", "\"read\";r=0;t=2"];
    let use_up = || {
        for item in count_down {
            assert_eq!(standing(&client.get("/venue")), (200, Some(item), policy, None));
        }
        assert_eq!(standing(&client.get("/venue")), refused);
    };
    use_up();
    let text = "failed to go on: the limit of read is 2/s:4; try again in 1 s";
    let expected = problem_body(429, "Too Many Requests", "RATE_LIMITED", text);
    assert_eq!(masked(&client.get("/venue").body, &["/request_id"]), expected);
    app.clock.advance(TimeDelta::milliseconds(499));
    assert_eq!(client.get("/venue").status, 429);
    app.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(client.get("/venue").status, 200);
    assert_eq!(client.get("/venue").status, 429);
    app.clock.advance(TimeDelta::seconds(2));
    use_up();
    app.clock.advance(TimeDelta::days(1));
    use_up();
}

#[test]
fn each_credential_has_its_own_limit_behind_one_address() {
    let app = TestApp::limited(&[("limit_read", "1/min")]);
    let gate = |id: &str| app.terminal(id, "central-pier").client;
    let (first, second) = (gate("GATE-1"), gate("GATE-2"));
    let supervisor = app.operator("sam", "supervisor");
    let key = first.header("X-Terminal-Key");
    let together = supervisor.with("X-Terminal-Key", &key);
    let everybody = [
        &first,
        &second,
        &app.new_partner("acme", "").client,
        &app.new_partner("other", "").client,
        &supervisor,
        &app.operator("anna", "admin"),
    ];
    for _ in 0..2 {
        for client in everybody {
            client.get("/venue").expect(200);
            assert_eq!(client.get("/venue").verdict(), (429, "RATE_LIMITED"));
        }
        // Whoever works at a terminal is counted as the terminal.
        assert_eq!(together.get("/venue").status, 429);
        app.clock.advance(TimeDelta::minutes(1));
    }
    together.get("/venue").expect(200);
    assert_eq!(first.get("/venue").status, 429);
}

#[test]
fn a_limit_touches_no_other_class_and_never_health() {
    let app = TestApp::limited(&[("limit_read", "1/min"), ("limit_issue", "2/min")]);
    let partner = app.new_partner("acme", "");
    let code = partner.ticket();
    let list = || partner.client.get("/ota/tickets");
    assert_eq!(standing(&list()).1, Some("\"read\";r=0;t=60"));
    assert_eq!(list().header("retry-after"), Some("60"));
    let token = partner.token(&code);
    assert_eq!(standing(&partner.issue(&code)).1, Some("\"issue\";r=0;t=60"));
    assert_eq!(partner.issue(&code).verdict(), (429, "RATE_LIMITED"));
    let again = partner.client.get(&format!("/qr/{code}?image=none"));
    assert_eq!(again.verdict(), (429, "RATE_LIMITED"), "one class");
    let look = json!({"encrypted_data": token});
    for _ in 0..3 {
        let unlimited = partner.client.post("/qr/decrypt", &look).expect(200);
        assert_eq!(standing(&unlimited), (200, None, None, None));
        for path in ["/healthz", "/readyz", "/metrics", "/api/healthz"] {
            assert_eq!(standing(&partner.client.get(path)), (200, None, None, None), "{path}");
        }
    }
}

#[test]
fn operators_ask_about_themselves_as_they_read_and_change_their_password_as_they_enter() {
    let app = TestApp::limited(&[("limit_read", "3/min"), ("limit_enter", "2/min")]);
    let steward = app.operator("stu", "steward");
    let change = || steward.post("/operators/password", &json!({}));
    let me = || standing(&steward.get("/operators/me")).1.map(str::to_owned);
    assert_eq!(me().as_deref(), Some("\"read\";r=2;t=20"));
    assert_eq!(standing(&change()).1, Some("\"enter\";r=1;t=30"));
    assert_eq!(standing(&change()).1, Some("\"enter\";r=0;t=60"));
    assert_eq!(change().verdict(), (429, "RATE_LIMITED"));
    assert_eq!(me().as_deref(), Some("\"read\";r=1;t=40"));
    let log_out = steward.post_nothing("/operators/logout").expect(204);
    assert_eq!(standing(&log_out).1, Some("\"read\";r=0;t=60"));
}

#[test]
fn junk_at_the_door_keeps_nobody_out_who_is_right() {
    let app = TestApp::limited(&[("limit_enter", "2/min")]);
    let (_, admin) = (app.operator("anna", "steward"), app.operator("carl", "admin"));
    let set_up = json!({"terminal_device_id": "GATE-1", "venue_code": "central-pier"});
    let code = admin.post("/admin/terminals", &set_up).expect(201).text_at("/pairing_code");
    let guess = |name: &str| app.log_in(name, "not the password");
    let pair = |code: &str| app.client().post("/terminals/pair", &json!({"pairing_code": code}));
    assert_eq!(guess("anna").verdict(), (401, "INVALID_LOGIN"));
    assert_eq!(pair("0000-0000-0000").verdict(), (401, "INVALID_PAIRING_CODE"));
    for _ in 0..3 {
        assert_eq!(guess("bob").verdict(), (429, "RATE_LIMITED"));
        assert_eq!(pair("no code").verdict(), (429, "RATE_LIMITED"));
        assert_eq!(pair("0000-0000-0000").verdict(), (429, "RATE_LIMITED"));
        app.log_in("anna", PASSWORD).expect(200);
    }
    pair(&code).expect(200);
    app.clock.advance(TimeDelta::seconds(30));
    assert_eq!(pair(&code).verdict(), (401, "INVALID_PAIRING_CODE"));
    assert_eq!(pair(&code).verdict(), (429, "RATE_LIMITED"));
}

#[test]
fn who_may_not_ask_hears_that_first_and_a_bad_body_is_counted() {
    let app = TestApp::limited(&[("limit_generate", "1/min")]);
    let (partner, other) = (app.new_partner("acme", ""), app.new_partner("other", "qr:issue"));
    partner.order(&json!({"product_id": "X"})).expect(400);
    assert_eq!(partner.order(&json!({"product_id": "X"})).verdict(), (429, "RATE_LIMITED"));
    for _ in 0..3 {
        assert_eq!(other.order(&json!({})).verdict(), (403, "INSUFFICIENT_PERMISSIONS"));
        let nobody = app.client().post("/ota/tickets/bulk-generate", &json!({}));
        assert_eq!(nobody.verdict(), (401, "API_KEY_REQUIRED"));
        assert_eq!(standing(&nobody).1, None);
    }
}

#[test]
fn of_many_who_ask_at_once_no_more_than_the_burst_are_let_through() {
    let app = TestApp::limited(&[("limit_read", "1/min:20")]);
    let client = app.terminal("GATE-1", "central-pier").client;
    let ask = || (0..10).filter(|_| client.get("/venue").status == 200).count();
    let let_through: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(let_through, 20);
}

/// Within a second of now the answers name this limit.
#[track_caller]
fn until_limited(client: &Client, policy: Option<&str>) {
    within_a_second("the change of a limit", || {
        (client.get("/venue").header("ratelimit-policy") == policy).then_some(())
    });
}

#[test]
fn a_partner_has_its_own_limits_within_a_second() {
    let app = TestApp::limited(&[("limit_read", "1000000/s")]);
    let (partner, other) =
        (app.new_partner("acme", "").client, app.new_partner("other", "").client);
    let admin = app.operator("anna", "admin");
    let change =
        |body: &Value| admin.patch("/admin/partners/acme/rate-limits", body).expect(200).body;
    let limits = |limits: &Value| json!({"partner_code": "acme", "rate_limits": limits});
    until_limited(&partner, Some("\"read\";q=1000000;w=1"));
    let both = json!({"read": "1/min:3", "issue": "off"});
    assert_eq!(change(&both), limits(&both));
    until_limited(&partner, Some("\"read\";q=3;w=180"));
    assert_eq!(partner.get("/venue").header("ratelimit"), Some("\"read\";r=1;t=120"));
    until_limited(&other, Some("\"read\";q=1000000;w=1"));
    // What is left out stays; null is the setting again.
    assert_eq!(change(&json!({})), limits(&both));
    let list = admin.get("/admin/partners?limit=1").expect(200).body;
    assert_eq!(
        (&list["items"][0]["partner_code"], &list["items"][0]["rate_limits"]),
        (&json!("acme"), &both)
    );
    assert_eq!(change(&json!({"issue": null})), limits(&json!({"read": "1/min:3"})));
    assert_eq!(change(&json!({"read": null, "scan": null})), limits(&json!({})));
    until_limited(&partner, Some("\"read\";q=1000000;w=1"));
    let entry = |before: &Value, after: &Value| json!(["operator:anna", "partner.limits", "acme", {"rate_limits": before}, {"rate_limits": after}]);
    let read = json!({"read": "1/min:3"});
    assert_eq!(
        audited(&admin, "action=partner.limits&subject=acme"),
        [entry(&json!({}), &both), entry(&both, &read), entry(&read, &json!({}))]
    );
}

#[test]
fn what_is_no_limit_of_a_partner_is_refused_by_name() {
    let app = TestApp::closed();
    app.new_partner("acme", "");
    let admin = app.operator("anna", "admin");
    let change = |code: &str, body: &Value| {
        admin.patch(&format!("/admin/partners/{code}/rate-limits"), body)
    };
    for (body, field) in [
        (json!({"scan": "5"}), "scan"),
        (json!({"read": "0/s", "scan": "5/s"}), "read"),
        (json!({"enter": 5}), "enter"),
        (json!({"unlimited": "5/s"}), "unlimited"),
        (json!({"scans": "5/s"}), "scans"),
    ] {
        let reply = change("acme", &body).expect(400);
        assert_eq!((reply.code(), reply.field()), ("INVALID_REQUEST", field), "{}", reply.text);
    }
    for code in ["nobody", "%20", "ACME!"] {
        assert_eq!(change(code, &json!({"scan": "5/s"})).verdict(), (404, "PARTNER_NOT_FOUND"));
    }
    assert_eq!(audited(&admin, "action=partner.limits"), [Value::Null; 0]);
    for client in [app.operator("sam", "supervisor"), app.new_partner("other", "").client] {
        let reply = client.patch("/admin/partners/acme/rate-limits", &json!({"scan": "off"}));
        assert_eq!(reply.verdict(), (403, "INSUFFICIENT_PERMISSIONS"));
    }
}

#[test]
fn a_command_changes_a_partners_limits_on_a_running_server() {
    let site = Site::new();
    let server = site.serve_with(&[("TICKETGATE_LIMIT_READ", "1000000/s")]);
    let partner = site.partner(&server).client;
    until_limited(&partner, Some("\"read\";q=1000000;w=1"));
    let limits = |changes: &[&str]| {
        run_json(&site.database, &[&["partner", "limits", "acme"], changes].concat())
    };
    let both = json!({"partner_code": "acme", "rate_limits": {"read": "50/s:7", "scan": "off"}});
    assert_eq!(limits(&["read=50/s:7", "scan=off"]), both);
    until_limited(&partner, Some("\"read\";q=7;w=1"));
    assert_eq!(limits(&[]), both);
    assert_eq!(limits(&["read=default", "scan=default"])["rate_limits"], json!({}));
    until_limited(&partner, Some("\"read\";q=1000000;w=1"));
    let shown = run(&site.database, &["partner", "limits", "acme", "issue=5/s"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert_eq!(shown, "partner_code  acme\nrate_limits   {\"issue\":\"5/s\"}\n");
    for (argument, problem) in [
        (
            "reads=5/s",
            "it must begin with scan=, look=, generate=, issue=, read=, manage= or enter=, as in issue=50/s",
        ),
        (
            "read=5",
            "it must be a rate such as 50/s or 30/min, with a burst such as 30/min:60 where it is another than \
             the rate, or off; numbers are from 1 to 1000000",
        ),
    ] {
        let said = failure(site.command(&["partner", "limits", "acme", argument]));
        assert_eq!(said, format!("ticketgate: failed to read the limit {argument:?}: {problem}"));
    }
    let said = failure(site.command(&["partner", "limits", "nobody", "read=5/s"]));
    assert_eq!(said, "ticketgate: failed to find partner nobody: there is none");
}

#[test]
fn a_server_has_limits_where_the_settings_say_nothing() {
    let site = Site::new();
    let plain = |arguments: &[&str]| {
        let mut command = site.command(arguments);
        for name in LIMITS {
            command.env_remove(format!("TICKETGATE_{}", name.to_uppercase()));
        }
        command
    };
    let shown = plain(&["config", "--json"]).output().unwrap();
    let shown: Vec<Value> = serde_json::from_slice(&shown.stdout).unwrap();
    let limits = shown.iter().filter(|one| LIMITS.iter().any(|name| one["name"] == *name));
    let limits: Vec<_> = limits.map(|one| one["value"].as_str().unwrap()).collect();
    let expected = [
        "100/s:200",
        "100/s:200",
        "10/s:20",
        "500/s:5000",
        "50/s:200",
        "20/s:100",
        "30/min:100",
        "120/min:240",
    ];
    assert_eq!(limits, expected);
    let server = ServerProcess::spawn(plain(&["serve", "--bind", "127.0.0.1:0"]));
    let reply = site.partner(&server).client.get("/venue");
    let read = (200, Some("\"read\";r=199;t=1"), Some("\"read\";q=200;w=4"), None);
    assert_eq!(standing(&reply), read);
}

#[test]
fn a_demo_has_no_limits() {
    let database = TestDatabase::empty();
    let mut demo = command(&database, &["demo", "--port", "0"]);
    demo.env("TICKETGATE_LIMIT_READ", "1/min").env("TICKETGATE_LIMIT_FAILURES", "1/min");
    let demo = ServerProcess::spawn(demo);
    for _ in 0..3 {
        assert_eq!(standing(&demo.client().get("/venue")), (200, None, None, None));
        let wrong = demo.client().with("X-API-Key", "wrong").get("/venue");
        assert_eq!(wrong.verdict(), (401, "INVALID_API_KEY"));
    }
}
