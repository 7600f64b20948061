//! Clients that are slow on purpose, and clients that are too many.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use serde_json::{Value, json};
use ticketgate::kernel::Stopwatch;

use crate::support::socket::{connect, exchange, pause, read_answer, trickle};
use crate::support::{ServerProcess, Site, masked};

fn impatient(site: &Site) -> ServerProcess {
    site.serve_with(&[
        ("TICKETGATE_HEAD_TIMEOUT_SECONDS", "1"),
        ("TICKETGATE_BODY_TIMEOUT_SECONDS", "1"),
        ("TICKETGATE_KEEP_ALIVE_SECONDS", "1"),
    ])
}

/// It took a second by the server's watch, which counts in halves, and not much more: a machine under load is slow.
#[track_caller]
fn assert_a_second(took: Duration) {
    assert!((Duration::from_millis(400)..Duration::from_secs(10)).contains(&took), "{took:?}");
}

#[test]
fn a_head_that_trickles_in_is_cut_off() {
    let site = Site::new();
    let server = impatient(&site);
    let (answer, took) = trickle(&server.base, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ", b'a');
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    assert_a_second(took);
    let (answer, took) = trickle(&server.base, "GET /", b'a');
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    assert_a_second(took);
    // And a client that says nothing at all.
    let answer = exchange(&server.base, b"");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
    server.client().get("/healthz").expect(200);
}

/// A request to scan whose body is still to come.
fn head(site: &Site, framing: &str) -> String {
    format!(
        "POST /venue/scan HTTP/1.1\r\nHost: x\r\nX-Terminal-Key: {}\r\n\
         Content-Type: application/json\r\n{framing}\r\n\r\n",
        site.terminal_key
    )
}

#[test]
fn a_body_that_trickles_in_is_cut_off() {
    let site = Site::new();
    let server = impatient(&site);
    let detail = "the body must arrive within 1 s; send the request again";
    for (framing, first) in
        [("Content-Length: 10000", "{"), ("Transfer-Encoding: chunked", "1000\r\n{")]
    {
        let beginning = format!("{}{first}", head(&site, framing));
        let (answer, took) = trickle(&server.base, &beginning, b' ');
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
        assert!(head.to_ascii_lowercase().contains("\r\nconnection: close"), "{answer}");
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(
            masked(&body, &["/request_id"]),
            json!({"type": "urn:ticketgate:problem:request-timeout", "title": "Request Timeout",
                   "status": 408, "detail": detail, "message": detail,
                   "error": "REQUEST_TIMEOUT", "request_id": "*"})
        );
        assert_a_second(took);
    }
    server.client().get("/healthz").expect(200);
}

#[test]
fn a_body_that_nobody_wants_is_not_waited_for() {
    let site = Site::new();
    let server = impatient(&site);
    let framings = [
        ("Content-Length: 100000", "{"),
        ("Transfer-Encoding: chunked", "100000\r\n{"),
        ("transfer-encoding: Chunked", "1\r\n{\r\n100000\r\n"),
    ];
    for (path, status) in [("/venue/scan", 401), ("/nothing", 404), ("/healthz", 405)] {
        for (framing, first) in framings {
            let beginning = format!("POST {path} HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n{first}");
            let (answer, took) = trickle(&server.base, &beginning, b' ');
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
            assert!(took < Duration::from_secs(10), "{path} {framing}: {took:?}");
        }
    }
}

#[test]
fn a_body_in_chunks_that_was_read_leaves_the_connection_open() {
    let site = Site::new();
    let server = impatient(&site);
    let one = format!("{}2\r\n{{}}\r\n0\r\n\r\n", head(&site, "Transfer-Encoding: chunked"));
    let answers = exchange(&server.base, one.repeat(3).as_bytes());
    assert_eq!(answers.matches("HTTP/1.1 400 Bad Request").count(), 3, "{answers}");
    // One of them has no body to be read.
    let none = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let answers = exchange(&server.base, format!("{one}{none}").as_bytes());
    assert!(answers.contains("HTTP/1.1 200 OK"), "{answers}");
}

#[test]
fn a_connection_without_a_next_request_is_closed() {
    let site = Site::new();
    let server = impatient(&site);
    let answer = exchange(&server.base, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let two = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2);
    assert_eq!(exchange(&server.base, two.as_bytes()).matches("200 OK").count(), 2);
}

#[test]
fn one_client_too_many_waits_until_another_goes() {
    let site = Site::new();
    let server =
        site.serve_with(&[("TICKETGATE_MAX_CONNECTIONS", "2"), ("TICKETGATE_WORKERS", "3")]);
    let ask = || {
        let mut socket = connect(&server.base);
        socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        socket
    };
    let mut inside = [ask(), ask()];
    for socket in &mut inside {
        assert!(read_answer(socket).unwrap().starts_with("HTTP/1.1 200 OK\r\n"));
    }
    let mut outside = ask();
    outside.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let waits = outside.read(&mut [0; 1]).unwrap_err();
    assert_eq!(waits.kind(), ErrorKind::WouldBlock);
    let [first, _second] = inside;
    drop(first);
    outside.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    assert!(read_answer(&mut outside).unwrap().starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn a_later_head_that_trickles_in_is_cut_off() {
    let site = Site::new();
    let server = impatient(&site);
    let one = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let (answer, took) =
        trickle(&server.base, &format!("{one}GET /healthz HTTP/1.1\r\nX-A: "), b'a');
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    // The second head's first byte comes once the first answer has gone out.
    assert!(took < Duration::from_secs(10), "{took:?}");
    let mut socket = connect(&server.base);
    socket.write_all(one.as_bytes()).unwrap();
    read_answer(&mut socket).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let watch = Stopwatch::start();
    let ended = loop {
        drop(socket.write(b"a"));
        match socket.read(&mut [0; 1]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            ended => break ended,
        }
        assert!(watch.elapsed() < Duration::from_secs(20), "the server still waits");
    };
    assert!(ended.map_or(true, |length| length == 0));
}

#[test]
fn clients_that_never_read_do_not_keep_others_out() {
    let site = Site::new();
    let server = site.serve_with(&[
        ("TICKETGATE_HEAD_TIMEOUT_SECONDS", "1"),
        ("TICKETGATE_KEEP_ALIVE_SECONDS", "1"),
        ("TICKETGATE_MAX_CONNECTIONS", "1"),
    ]);
    let mut deaf = connect(&server.base);
    deaf.write_all("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(60).as_bytes()).unwrap();
    let answer = exchange(&server.base, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let mut taken = Vec::new();
    drop(deaf.read_to_end(&mut taken));
    let count = String::from_utf8_lossy(&taken).matches("HTTP/1.1 200 OK\r\n").count();
    assert!((1..60).contains(&count), "{count}");
}

#[test]
fn a_client_that_pauses_for_less_than_the_keep_alive_time_stays() {
    let site = Site::new();
    let server = site.serve_with(&[
        ("TICKETGATE_HEAD_TIMEOUT_SECONDS", "1"),
        ("TICKETGATE_KEEP_ALIVE_SECONDS", "2"),
    ]);
    let mut socket = connect(&server.base);
    for _ in 0..5 {
        socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        assert!(read_answer(&mut socket).unwrap().starts_with("HTTP/1.1 200 OK\r\n"));
        pause(&mut socket, Duration::from_secs(1));
    }
}

#[test]
fn a_request_that_is_worked_on_is_not_cut_off() {
    let site = Site::new();
    let server = site.serve_with(&[
        ("TICKETGATE_HEAD_TIMEOUT_SECONDS", "1"),
        ("TICKETGATE_KEEP_ALIVE_SECONDS", "1"),
        ("TICKETGATE_BODY_TIMEOUT_SECONDS", "30"),
    ]);
    let body = r#"{"product_id": 106, "quantity": 1}"#;
    let (first, rest) = body.split_at(10);
    let mut socket = connect(&server.base);
    let head = format!(
        "POST /ota/tickets/bulk-generate HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{first}",
        site.api_key,
        body.len()
    );
    socket.write_all(head.as_bytes()).unwrap();
    pause(&mut socket, Duration::from_secs(4));
    socket.write_all(rest.as_bytes()).unwrap();
    let answer = read_answer(&mut socket).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
}
