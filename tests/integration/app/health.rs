//! `/healthz`, `/readyz` and `/metrics`.

use serde_json::json;

use crate::support::tables::run;
use crate::support::{Gate, Reply, TestApp, socket};

#[test]
fn a_server_that_runs_is_alive_and_ready() {
    let app = TestApp::closed();
    for prefix in ["", "/api"] {
        let alive = app.client().get(&format!("{prefix}/healthz")).expect(200);
        assert_eq!(alive.body, json!({"status": "ok"}));
        let ready = app.client().get(&format!("{prefix}/readyz")).expect(200);
        assert_eq!(ready.body, json!({"status": "ready"}));
    }
}

#[test]
fn without_its_database_a_server_is_alive_but_not_ready() {
    let app = TestApp::closed();
    app.app.db.close();
    assert_eq!(app.client().get("/healthz").expect(200).body, json!({"status": "ok"}));
    let ready = app.client().get("/readyz");
    assert!(ready.status >= 500, "{}", ready.text);
}

/// The value of a metric's line.
#[track_caller]
fn metric(metrics: &Reply, line: &str) -> f64 {
    let found = metrics.text.lines().find_map(|one| one.strip_prefix(line)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("{line} in {}", metrics.text)).parse().unwrap()
}

#[test]
fn metrics_count_scans_by_their_outcome_and_requests_by_their_route() {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    let token = partner.token(&partner.ticket());
    let id = json!({"scan_id": "s-1"});
    gate.scan_with(&token, "ferry", &id).expect(200);
    gate.scan_with(&token, "ferry", &id).expect(200);
    gate.scan(&token, "gift").expect(200);
    gate.scan(&token, "ferry").expect(422);
    gate.scan(&token, "massage").expect(422);
    gate.scan("junk", "ferry").expect(422);
    gate.client.post("/venue/scan", &json!({})).expect(400);
    gate.client.get("/no/such/page").expect(404);
    let metrics = app.client().get("/metrics").expect(200);
    assert_eq!(metrics.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    for (outcome, count) in [
        ("success", 2.0),
        ("replayed", 1.0),
        ("ALREADY_REDEEMED", 1.0),
        ("WRONG_FUNCTION", 1.0),
        ("QR_DECRYPTION_FAILED", 1.0),
    ] {
        let line = format!("ticketgate_scans_total{{outcome=\"{outcome}\"}}");
        assert!((metric(&metrics, &line) - count).abs() < 0.5, "{outcome}: {}", metrics.text);
    }
    for (method, route, status, count) in [
        ("POST", "/venue/scan", 200, 3.0),
        ("POST", "/venue/scan", 422, 3.0),
        ("POST", "/venue/scan", 400, 1.0),
        ("POST", "/qr/{code}", 200, 1.0),
        ("GET", "unmatched", 404, 1.0),
    ] {
        let line = format!(
            "ticketgate_http_request_duration_seconds_count{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}"
        );
        assert!((metric(&metrics, &line) - count).abs() < 0.5, "{line}: {}", metrics.text);
    }
    assert!(metric(&metrics, "ticketgate_state{of=\"scans_in_batches\"}") > 4.5);
    assert!(metric(&metrics, "ticketgate_state{of=\"seals_of_current_key\"}") > 0.5);
    assert!(metric(&metrics, "ticketgate_state{of=\"scan_queue_capacity\"}") > 1023.5);
}

#[test]
fn metrics_name_no_ticket_no_code_and_nobody() {
    let app = TestApp::demo();
    let order = json!({
        "product_id": 106, "quantity": 1, "batch_id": "BATCH-PRIVATE",
        "customer_info": {"type": "adult", "name": "Zhang Ting", "email": "zt@example.org", "phone": "+85291234567"}
    });
    let code = app.partner().order(&order).expect(201).text_at("/tickets/0/ticket_code");
    let token = app.partner().token(&code);
    let gate = Gate { device: "DEVICE-PRIVATE".to_owned(), ..app.gate() };
    gate.scan(&token, "ferry").expect(200);
    gate.scan(&token, "Zhang.Ting").expect(422);
    app.partner().client.get(&format!("/qr/{code}/info")).expect(200);
    app.client().with("X-API-Key", "tg_private").get("/venue").expect(401);
    app.client().get("/Zhang%20Ting?email=zt@example.org").expect(404);
    let metrics = app.client().get("/metrics").expect(200).text;
    let parts: Vec<&str> = token.split(':').collect();
    for private in [
        code.as_str(),
        parts[0],
        parts[1],
        "ota_test_key",
        "tg_private",
        "Zhang",
        "zt@example",
        "91234567",
        "PRIVATE",
    ] {
        assert!(!metrics.contains(private), "{private} in {metrics}");
    }
}

#[test]
fn metrics_are_not_read_through_a_proxy() {
    let app = TestApp::closed();
    for (header, value) in [("X-Forwarded-For", "10.0.0.1"), ("Forwarded", "for=10.0.0.1")] {
        for path in ["/metrics", "/api/metrics"] {
            let reply = app.client().with(header, value).get(path);
            assert_eq!(reply.verdict(), (403, "INSUFFICIENT_PERMISSIONS"), "{header} {path}");
            assert!(!reply.text.contains("ticketgate_scans_total"));
        }
    }
    assert_eq!(app.client().get("/metrics").status, 200);
}

#[test]
fn a_database_that_lost_its_tables_gives_no_detail_away() {
    let app = TestApp::demo();
    run(&mut app.session(), "DROP TABLE tickets");
    let reply = app.partner().order(&json!({"product_id": 106, "quantity": 1}));
    assert_eq!(reply.verdict(), (500, "INTERNAL_ERROR"));
    assert!(!reply.text.contains("tickets\"") && !reply.text.contains("SQL"), "{}", reply.text);
    assert_eq!(app.client().get("/readyz").status, 200, "the database itself answers");
}

#[test]
fn methods_that_somebody_made_up_are_counted_as_one() {
    let app = TestApp::closed();
    for number in 0..20 {
        let method = format!("M{number}{}", "X".repeat(1000));
        let head =
            format!("{method} /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = socket::exchange(&app.base, head.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
    }
    let metrics = app.client().get("/metrics").expect(200);
    assert!(!metrics.text.contains("XXX"));
    let line = "ticketgate_http_request_duration_seconds_count{method=\"other\",route=\"/healthz\",status=\"405\"}";
    assert!((metric(&metrics, line) - 20.0).abs() < 0.5, "{}", metrics.text);
}
