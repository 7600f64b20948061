//! The demo's guard: only names of this machine lead to it.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::support::TestApp;

/// The status of a GET with these header lines, and nothing that a client adds by itself.
fn status(app: &TestApp, path: &str, headers: &str) -> u16 {
    let mut stream = TcpStream::connect(app.base.strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_demo_answers_to_names_of_this_machine_only() {
    let app = TestApp::demo();
    for host in ["localhost", "localhost:8080", "127.0.0.1", "[::1]:80"] {
        assert_eq!(status(&app, "/venue", &format!("Host: {host}\r\n")), 200, "{host}");
    }
    for host in ["evil.example", "localhost.evil.example", "10.0.0.1:8080", "0.0.0.0", "[::2]", ""]
    {
        for path in ["/venue", "/api/venue", "/healthz", "/docs", "/openapi.json", "/nothing"] {
            assert_eq!(status(&app, path, &format!("Host: {host}\r\n")), 403, "{host} {path}");
        }
    }
    let reply = app.client().with("Host", "evil.example").get("/venue");
    assert_eq!(reply.verdict(), (403, "HOST_NOT_ALLOWED"));
}

#[test]
fn a_real_server_answers_to_any_name() {
    let app = TestApp::closed();
    assert_eq!(status(&app, "/healthz", "Host: tickets.example\r\n"), 200);
    assert_eq!(status(&app, "/venue", "Host: tickets.example\r\n"), 401);
}
