//! Failures are counted, and never stand in the way of what is right: wrong credentials by address, codes that do not
//! open by whoever sent them.

use chrono::TimeDelta;

use crate::support::tables::everything;
use crate::support::{Reply, TestApp, masked, problem_body};

#[test]
fn a_terminal_flooded_with_junk_redeems_every_good_code_in_between() {
    let app = TestApp::limited(&[("limit_failures", "1/min:5")]);
    let partner = app.new_partner("acme", "");
    let gate = app.terminal("GATE-1", "cheung-chau");
    let mut verdicts = Vec::new();
    for code in partner.generate(8) {
        verdicts.push(gate.scan("junk", "ferry").status);
        let token = partner.token(&code);
        gate.look(&token).expect(200);
        gate.scan(&token, "ferry").expect(200);
        verdicts.push(gate.look("junk").status);
        // A refusal of a code that opens is an answer and no failure.
        assert_eq!(gate.scan(&token, "ferry").verdict(), (422, "ALREADY_REDEEMED"));
    }
    let (counted, refused) = verdicts.split_at(5);
    assert_eq!(counted, [422, 400, 422, 400, 422]);
    assert_eq!(refused, [429; 11]);
    let neighbour = app.terminal("GATE-2", "cheung-chau");
    assert_eq!(neighbour.scan("junk", "ferry").verdict(), (422, "QR_DECRYPTION_FAILED"));
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(gate.scan("junk", "ferry").verdict(), (422, "QR_DECRYPTION_FAILED"));
    assert_too_many(&gate.scan("junk", "ferry"));
    assert_too_many(&gate.look("junk"));
}

#[track_caller]
fn assert_too_many(reply: &Reply) {
    let text = "failed to go on: the limit of failures is 1/min:5; try again in 60 s";
    let expected = problem_body(429, "Too Many Requests", "RATE_LIMITED", text);
    assert_eq!(masked(&reply.body, &["/request_id"]), expected);
    let headers = ["retry-after", "ratelimit", "ratelimit-policy"].map(|name| reply.header(name));
    let expected = ["60", "\"failures\";r=0;t=300", "\"failures\";q=5;w=300"];
    assert_eq!(headers, expected.map(Some));
}

#[test]
fn junk_over_the_limit_is_neither_stored_nor_told_apart() {
    let app = TestApp::limited(&[("limit_failures", "1/min")]);
    let token = app.new_partner("acme", "").ticket();
    let gate = app.terminal("GATE-1", "central-pier");
    gate.scan("junk", "ferry").expect(422);
    let before = everything(&mut app.session());
    for junk in ["junk", "", &token, &"F".repeat(2000)] {
        assert_eq!(gate.scan(junk, "ferry").verdict(), (429, "RATE_LIMITED"));
    }
    assert_eq!(everything(&mut app.session()), before);
}

#[test]
fn of_a_thousand_wrong_keys_of_an_address_none_is_in_the_way_of_a_right_one() {
    let app = TestApp::limited(&[("limit_failures", "1/min:100")]);
    let right = app.new_partner("acme", "").client;
    let secret = right.header("X-API-Key");
    let (start, _) = secret.split_at(secret.len() - 4);
    let mut counted = 0;
    for number in 0..1000 {
        // No secret has a z: its letters end with v.
        let key = format!("{start}z{number:03}");
        let wrong = app.client().with("X-API-Key", &key).get("/venue");
        let expected = if number < 100 { (401, "INVALID_API_KEY") } else { (429, "RATE_LIMITED") };
        assert_eq!(wrong.verdict(), expected, "{number}");
        counted += usize::from(wrong.status == 401);
        if number % 50 == 0 {
            right.get("/venue").expect(200);
        }
    }
    assert_eq!(counted, 100);
    app.terminal("GATE-1", "central-pier").client.get("/venue").expect(200);
    app.clock.advance(TimeDelta::minutes(1));
    let wrong = app.client().with("X-API-Key", "wrong");
    assert_eq!(wrong.get("/venue").verdict(), (401, "INVALID_API_KEY"));
    assert_eq!(wrong.get("/venue").verdict(), (429, "RATE_LIMITED"));
}

#[test]
fn wrong_credentials_of_every_kind_are_counted_together_where_they_are_needed() {
    let app = TestApp::limited(&[("limit_failures", "1/min:3")]);
    let wrong = [
        ("X-API-Key", "tg_live_a_b", "INVALID_API_KEY"),
        ("X-Terminal-Key", "tg_term_a_b", "INVALID_TERMINAL_KEY"),
        ("Authorization", "Bearer tg_op_a_b", "OPERATOR_TOKEN_INVALID"),
    ];
    // Where anybody may ask nothing is counted, nor where two credentials contradict each other.
    for (name, value, _) in wrong {
        app.client().with(name, value).get("/healthz").expect(200);
        let both = app.client().with("X-API-Key", "a").with("X-Terminal-Key", "b");
        assert_eq!(both.get("/venue").status, 400);
    }
    for (name, value, code) in wrong {
        assert_eq!(app.client().with(name, value).get("/venue").verdict(), (401, code));
    }
    for (name, value, _) in wrong {
        let reply = app.client().with(name, value).get("/venue");
        assert_eq!(reply.verdict(), (429, "RATE_LIMITED"));
        app.client().with(name, value).get("/healthz").expect(200);
        // To have no credentials is no failure.
        assert_eq!(app.client().get("/venue").verdict(), (401, "CREDENTIALS_REQUIRED"));
    }
}

#[test]
fn wrong_tokens_beside_a_terminals_key_are_counted_as_the_terminals() {
    let app = TestApp::limited(&[("limit_failures", "1/min:2")]);
    let gate = app.terminal("GATE-1", "central-pier").client;
    let with_old_token = gate.with("Authorization", "Bearer tg_op_a_b");
    for expected in [401, 401, 429, 429] {
        assert_eq!(with_old_token.get("/venue").status, expected);
        gate.get("/venue").expect(200);
    }
    let neighbour = app.terminal("GATE-2", "central-pier").client;
    let neighbour = neighbour.with("Authorization", "Bearer tg_op_a_b");
    assert_eq!(neighbour.get("/venue").verdict(), (401, "OPERATOR_TOKEN_INVALID"));
    assert_eq!(app.client().with("X-API-Key", "wrong").get("/venue").status, 401);
}
