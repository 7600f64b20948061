//! The log: a line for each request, and nothing in it that is private.

use serde_json::{Value, json};

use crate::support::{Gate, Partner, ServerProcess, Site};

/// Personal data, as an order carries it.
const NAME: &str = "Zhang Ting";
const EMAIL: &str = "zhang.ting@example.org";
const PHONE: &str = "+85291234567";

/// Requests with everything private in every place where a client may put it; gives what must not be in the log.
fn send_everything_private(site: &Site, server: &ServerProcess) -> Vec<String> {
    let (partner, gate) = (site.partner(server), site.gate(server));
    let order = json!({
        "product_id": 106, "quantity": 1,
        "customer_info": {"type": "adult", "name": NAME, "email": EMAIL, "phone": PHONE}
    });
    let code = partner.order(&order).expect(201).text_at("/tickets/0/ticket_code");
    let issued = partner.client.post(&format!("/qr/{code}"), &json!({})).expect(200);
    let token = issued.text_at("/encrypted_data");
    gate.look(&token).expect(200);
    gate.scan(&token, "ferry").expect(200);
    gate.scan(&token, "ferry").expect(422);
    gate.scan(&token.replace(':', ";"), "ferry").expect(422);
    gate.scan(token.split_at(200).0, "ferry").expect(422);
    gate.look(&format!("{token}0")).expect(400);
    misplace(&partner, &gate, &token);
    let client = server.client();
    client.with("X-API-Key", &format!("{}x", site.api_key)).get("/ota/tickets").expect(401);
    client.with("X-Terminal-Key", &site.api_key).get("/venue").expect(401);
    let both = client.with("X-API-Key", &site.api_key).with("X-Terminal-Key", &site.terminal_key);
    assert_eq!(both.get("/venue").status / 100, 4);
    client.with("X-Request-Id", &token).with("User-Agent", EMAIL).get("/healthz").expect(200);
    client.with("Authorization", &format!("Bearer {}", site.api_key)).get("/venue").expect(401);
    let keys = std::fs::read_to_string(site.database.folder.path().join("keys.json")).unwrap();
    let long = |text: &str| -> Vec<String> {
        text.split(['"', ':']).filter(|part| part.len() >= 20).map(str::to_owned).collect()
    };
    let mut private =
        [long(&token), long(&keys), long(&site.api_key), long(&site.terminal_key)].concat();
    private.extend([NAME, "Zhang", EMAIL, "zhang.ting", PHONE, "85291234567"].map(str::to_owned));
    private
}

/// Mistakes of clients: private texts in the wrong field, the wrong place, the wrong form.
fn misplace(partner: &Partner, gate: &Gate, token: &str) {
    let orders = [
        json!({"product_id": NAME, "quantity": EMAIL}),
        json!({"product_id": 106, "quantity": 1, "distribution_mode": PHONE}),
        json!({"product_id": 106, "quantity": 1, "valid_until": NAME}),
        json!({"product_id": 106, "quantity": 1, "customer_info": NAME}),
        json!({"product_id": 106, "quantity": 1, "customer_info": {"name": [EMAIL]}}),
    ];
    for order in orders {
        assert_eq!(partner.order(&order).status, 400);
    }
    let half = format!("{{\"product_id\": 106, \"customer_info\": {{\"name\": \"{NAME}");
    let path = "/ota/tickets/bulk-generate";
    assert_eq!(partner.client.post_raw(path, "application/json", half.as_bytes()).status, 400);
    let gets = [
        format!("/qr/{token}"),
        format!("/qr/{token}/info"),
        format!("/qr/{}/info", NAME.replace(' ', "%20")),
        format!("/ota/tickets?status={token}"),
        format!("/ota/tickets?batch_id={EMAIL}"),
        format!("/nowhere/{token}?phone={PHONE}"),
        format!("/venue/analytics/redemptions?from={EMAIL}&jti={token}"),
    ];
    for path in gets {
        assert!(partner.client.get(&path).status < 500, "{path}");
    }
    for body in [
        gate.body(token, NAME, &json!({})),
        gate.body(token, "gift", &json!({"venue_code": EMAIL})),
    ] {
        assert!(gate.client.post("/venue/scan", &body).status / 100 == 4);
    }
    let wrong = json!({"qr_token": [token], "function_code": "ferry", "terminal_device_id": NAME});
    assert!(gate.client.post("/venue/scan", &wrong).status / 100 == 4);
}

#[test]
fn no_secret_or_personal_data_is_logged() {
    for settings in [
        &[("TICKETGATE_LOG", "debug")][..],
        &[("TICKETGATE_LOG", "ticketgate=trace,info"), ("TICKETGATE_LOG_FORMAT", "json")],
    ] {
        let site = Site::new();
        let server = site.serve_with(settings);
        let private = send_everything_private(&site, &server);
        assert!(private.len() > 12, "{private:?}");
        server.signal("TERM");
        let (status, log) = server.wait();
        assert_eq!(status.code(), Some(0));
        assert!(log.lines().count() > 25, "{log}");
        for line in log.lines() {
            let found: Vec<_> = private.iter().filter(|one| line.contains(one.as_str())).collect();
            assert!(found.is_empty(), "{found:?} in {line}");
        }
    }
}

#[test]
fn a_json_log_has_an_object_a_line_with_the_facts_of_a_request() {
    let site = Site::new();
    let server = site.serve_with(&[("TICKETGATE_LOG_FORMAT", "json")]);
    let gate = site.gate(&server);
    let refused = gate
        .client
        .with("X-Request-Id", "my-id")
        .post("/venue/scan", &gate.body("x", "ferry", &json!({})));
    assert_eq!(refused.header("x-request-id"), Some("my-id"));
    server.signal("TERM");
    let (_, log) = server.wait();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().all(|line| line["ts"].is_string() && line["level"].is_string()), "{log}");
    let mut line = lines.into_iter().find(|line| line["request_id"] == "my-id").unwrap();
    assert!(line["duration_ms"].is_number(), "{line}");
    (line["ts"], line["duration_ms"]) = (Value::Null, Value::Null);
    assert_eq!(
        line,
        json!({
            "ts": null, "level": "INFO", "message": "request", "request_id": "my-id", "principal": "terminal:GATE-1",
            "method": "POST", "route": "/venue/scan", "status": 422.0, "duration_ms": null,
            "outcome": "QR_DECRYPTION_FAILED"
        })
    );
}

#[test]
fn a_text_log_has_a_line_for_each_request() {
    let site = Site::new();
    let server = site.serve();
    server.client().get("/nowhere").expect(404);
    server.client().get("/healthz").expect(200);
    server.signal("TERM");
    let (_, log) = server.wait();
    let line = log.lines().find(|line| line.contains("route=/healthz")).unwrap();
    for part in [
        "INFO",
        "method=GET",
        "status=200",
        "principal=-",
        "outcome=ok",
        "request_id=",
        "duration_ms=",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert!(log.contains("route=unmatched status=404"), "{log}");
    assert_eq!(log.lines().filter(|line| line.contains("request_id=")).count(), 2, "{log}");
}
