//! A `batch_id` is the partner's own name for one order: sent again it gives the same tickets, and no others.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::tables::{lines, number};
use crate::support::{Partner, Reply, TestApp, masked};

#[test]
fn another_order_of_the_same_name_is_a_conflict() {
    let app = TestApp::demo();
    let order = json!({"product_id": 106, "quantity": 2, "batch_id": "B-1"});
    let made = app.partner().order(&order).expect(201).body;
    let others = [
        json!({"product_id": 106, "quantity": 3, "batch_id": "B-1"}),
        json!({"product_id": 107, "quantity": 2, "batch_id": "B-1"}),
        json!({"product_id": 106, "quantity": 2, "batch_id": "B-1", "distribution_mode": "reseller_batch"}),
        json!({"product_id": 106, "quantity": 2, "batch_id": "B-1", "customer_type": "adult"}),
        json!({"product_id": 106, "quantity": 2, "batch_id": "B-1", "customer_info": {"name": "Lo"}}),
        json!({"product_id": 106, "quantity": 2, "batch_id": "B-1", "valid_from": "2026-12-01"}),
        json!({"product_id": 106, "quantity": 2, "batch_id": "B-1", "valid_until": "2026-12-01"}),
        json!({"product_id": 106, "quantity": 2, "batch_id": "B-1", "reseller_metadata": {}}),
        json!({"product_id": 106, "quantity": 2, "batch_id": "B-1", "batch_metadata": {"a": 1}}),
        json!({"product_id": 106, "quantity": 2, "batch_id": "B-1", "special_pricing": {"base_price": 1}}),
    ];
    let text =
        "failed to generate batch B-1: a batch of this batch_id was ordered with another body";
    for other in others {
        let reply = app.partner().order(&other);
        assert_eq!(
            (reply.status, masked(&reply.body, &["/request_id"])),
            (
                409,
                json!({"type": "urn:ticketgate:problem:batch-conflict", "title": "Conflict",
                   "status": 409, "detail": text, "error": "BATCH_CONFLICT",
                   "message": text, "request_id": "*"})
            ),
            "{other}"
        );
    }
    assert_eq!(app.partner().order(&order).expect(200).body, made);
    assert_eq!(app.partner().client.get("/ota/tickets").body["total_count"], 2);
}

#[test]
fn the_order_of_keys_and_the_white_space_do_not_matter() {
    let app = TestApp::demo();
    let same = [
        r#"{"product_id":106,"quantity":1,"batch_id":"B-1","batch_metadata":{"b":[1,{"y":1,"x":2}],"a":"\u00e9"},"reseller_metadata":{"z":null,"y":false}}"#,
        r#"{"batch_id" : "B-1", "reseller_metadata":{"y":false, "z":null},
            "batch_metadata":{"a":"é","b":[1, {"x":2,"y":1}]}, "quantity":1, "product_id":106, "distribution_mode":"direct_sale"}"#,
    ];
    let send = |body: &str| {
        let path = "/ota/tickets/bulk-generate";
        app.partner().client.post_raw(path, "application/json; charset=utf-8", body.as_bytes())
    };
    let made = send(same[0]).expect(201).body;
    assert_eq!(send(same[1]).expect(200).body, made);
    let swapped = same[0].replace("[1,{\"y\":1,\"x\":2}]", "[{\"y\":1,\"x\":2},1]");
    assert_eq!(send(&swapped).verdict(), (409, "BATCH_CONFLICT"));
}

#[test]
fn each_partner_has_its_own_names() {
    let app = TestApp::demo();
    let other = app.new_partner("other_partner", "");
    let order = |quantity: i64| json!({"product_id": 106, "quantity": quantity, "batch_id": "B-1"});
    let own = app.partner().order(&order(1)).expect(201);
    let theirs = other.order(&order(2)).expect(201);
    assert_eq!(own.text_at("/tickets/0/ticket_code"), "OTA-CP-20261121-000001");
    assert_eq!(theirs.text_at("/tickets/0/ticket_code"), "OTA-CP-20261121-000002");
    assert_eq!(app.partner().order(&order(1)).expect(200).body, own.body);
    assert_eq!(other.order(&order(2)).expect(200).body, theirs.body);
    assert_eq!(other.order(&order(1)).verdict(), (409, "BATCH_CONFLICT"));
}

#[test]
fn a_name_is_any_text_of_up_to_100_characters() {
    let app = TestApp::demo();
    let order = |name: &Value| json!({"product_id": 106, "quantity": 1, "batch_id": name});
    let good = ["订单 🎫 #1", "a/b?c=d&e", "'; DROP TABLE batches; --", "%00", &"票".repeat(100)];
    for name in good {
        let reply = app.partner().order(&order(&json!(name))).expect(201);
        assert_eq!(reply.text_at("/batch_id"), name);
        assert_eq!(app.partner().order(&order(&json!(name))).expect(200).body, reply.body);
    }
    let bad = [
        (json!("x".repeat(101)), "must be at most 100 characters, not 101"),
        (json!(""), "must not be empty"),
        (json!(" \t"), "must not be empty"),
        (json!("a\u{0}b"), "must not contain control characters"),
        (json!(7), "is not valid: invalid type: integer `7`, expected a string"),
    ];
    for (name, problem) in bad {
        let reply = app.partner().order(&order(&name));
        let errors = json!([{"field": "batch_id", "problem": problem}]);
        assert_eq!((reply.verdict(), &reply.body["errors"]), ((400, "INVALID_REQUEST"), &errors));
    }
}

/// Sends the same order from several threads at the same moment.
fn at_once(app: &TestApp, threads: usize, order: &Value) -> Vec<Reply> {
    let start = Barrier::new(threads);
    let partners: Vec<_> = (0..threads).map(|_| app.partner()).collect();
    let send = |partner: Partner| {
        start.wait();
        partner.order(order)
    };
    let send = &send;
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            partners.into_iter().map(|partner| scope.spawn(move || send(partner))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn the_same_order_sent_four_times_at_once_is_one_batch() {
    let app = TestApp::demo();
    // One chunk, and more than one.
    for (name, quantity, first) in [("small", 20, 1), ("large", 600, 21)] {
        let order = json!({"product_id": 106, "quantity": quantity, "batch_id": name});
        let replies = at_once(&app, 4, &order);
        let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 200, 201], "{}", replies[0].text);
        assert!(replies.iter().all(|reply| reply.body == replies[0].body));
        let code = replies[0].text_at("/tickets/0/ticket_code");
        assert_eq!(code, format!("OTA-CP-20261121-{first:06}"));
    }
    assert_eq!(app.partner().client.get("/ota/tickets").body["total_count"], 620);
}

#[test]
fn a_complete_batch_keeps_no_copy_of_its_customer_and_is_known_by_the_same_order() {
    let app = TestApp::demo();
    for quantity in [1, 600] {
        let order = json!({
            "product_id": 106, "quantity": quantity, "batch_id": format!("B-{quantity}"),
            "customer_info": {"type": "adult", "name": "Cheng Yuk", "email": "yuk@example.org",
                              "phone": "+85263334444"},
            "batch_metadata": {"tour": "sunset"}
        });
        let made = app.partner().order(&order).expect(201).body;
        assert_eq!(app.partner().order(&order).expect(200).body, made);
        let mut other = order.clone();
        other["customer_info"]["name"] = json!("Cheng Yat");
        assert_eq!(app.partner().order(&other).verdict(), (409, "BATCH_CONFLICT"));
    }
    let kept = lines(&mut app.session(), "SELECT request AS value FROM batches ORDER BY quantity");
    let blank = json!({"type": "adult", "name": null, "email": null, "phone": null});
    for (request, quantity) in kept.iter().zip([1, 600]) {
        let request: Value = serde_json::from_str(request).unwrap();
        assert_eq!((&request["customer"], &request["quantity"]), (&blank, &json!(quantity)));
        assert_eq!(request["batch_metadata"], json!({"tour": "sunset"}));
    }
    let named = "SELECT count(*) AS value FROM tickets WHERE customer_name = 'Cheng Yuk'";
    assert_eq!(number(&mut app.session(), named), 601);
}
