//! A client that sends and never reads: the others go on, and its scans are counted like everybody's.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use socket2::SockRef;

use super::load::{Load, Sent};
use super::rounds::rounds;
use crate::support::socket::connect;
use crate::support::tables::lines;
use crate::support::{Gate, ServerProcess, Site};

/// Scans that the client sends at most; long before that the server takes no more of it.
const SCANS: usize = 1500;

/// Scans of one code under ever new ids: the first succeeds, and the others are refused.
fn scan(number: usize, (ticket_code, token): &(String, String)) -> Sent {
    let (ticket_code, token) = (ticket_code.clone(), token.clone());
    let scan_id = format!("unread-{number}");
    Sent { token, ticket_code, function: "gift", scan_id, answer: None }
}

/// Sends without reading until the server takes no more; gives the connection and how many scans were sent whole.
fn send_without_reading(
    site: &Site,
    server: &ServerProcess,
    ticket: &(String, String),
) -> (TcpStream, usize) {
    let gate = site.gate(server);
    let mut socket = connect(&server.base);
    SockRef::from(&socket).set_recv_buffer_size(4096).unwrap();
    socket.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    for number in 0..SCANS {
        let body = scan(number, ticket).body(&gate).to_string();
        let request = format!(
            "POST /venue/scan HTTP/1.1\r\nHost: x\r\nX-Terminal-Key: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            site.terminal_key,
            body.len()
        );
        if socket.write_all(request.as_bytes()).is_err() {
            return (socket, number);
        }
    }
    (socket, SCANS)
}

/// The numbers of the client's scans that are in the ledger.
fn stored(site: &Site) -> Vec<usize> {
    let sql = "SELECT substr(scan_id, 8) AS value FROM redemption_events \
               WHERE scan_id LIKE 'unread-%' ORDER BY ticket_seq";
    let numbers = lines(&mut site.database.session(), sql);
    numbers.iter().map(|number| number.parse().unwrap()).collect()
}

#[test]
fn a_client_that_never_reads_holds_nobody_up_and_its_scans_are_counted() {
    rounds(|_| {
        let site = Site::new();
        let server = site.serve();
        let tokens = site.tokens(&server, 61);
        let (ticket, tokens) = tokens.split_first().unwrap();
        let (socket, sent) = send_without_reading(&site, &server, ticket);
        let mut load = Load::new(tokens);
        load.finish(&site, &[&server]);
        drop(socket);
        // In order as they were sent; one may be on its way still.
        server.signal("TERM");
        let (status, log) = server.wait();
        assert_eq!(status.code(), Some(0), "{log}");
        let stored = stored(&site);
        assert_eq!(stored, (0..stored.len()).collect::<Vec<_>>());
        assert!((1..=sent).contains(&stored.len()), "{} of {sent}", stored.len());
        println!("scans of the client that does not read: sent {sent}, stored {}", stored.len());

        let server = site.serve();
        let gate: Gate = site.gate(&server);
        for number in 0..sent {
            let reply = scan(number, ticket).send(&gate).unwrap();
            let expected = if number == 0 { (200, "") } else { (422, "ALREADY_REDEEMED") };
            assert_eq!(reply.verdict(), expected, "{}", reply.text);
            let was_stored = number < stored.len();
            assert_eq!(reply.body.get("replayed").is_some(), was_stored, "{}", reply.text);
        }
        load.audit_beside(&site, "unread-");
    });
}
