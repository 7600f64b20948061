//! Who may read the metrics, from where; and settings of proxies. What a proxy says of the client's address is tested
//! where it is read, in `src/http/client_address.rs`.

use crate::support::process::failure;
use crate::support::{Site, TestApp};

#[test]
fn an_admin_reads_the_metrics_from_anywhere() {
    let app = TestApp::closed();
    let elsewhere = [("X-Forwarded-For", "192.0.2.9"), ("Forwarded", "for=192.0.2.9")];
    for (header, value) in elsewhere {
        let admin = app.operator(&format!("ada{}", header.len()), "admin").with(header, value);
        let metrics = admin.get("/metrics").expect(200);
        assert!(metrics.text.contains("ticketgate_state{of=\"scan_queue_capacity\"}"));
        let supervisor = app.operator(&format!("sue{}", header.len()), "supervisor");
        let partner = app.new_partner(&format!("acme{}", header.len()), "").client;
        let junk = app.client().with("X-API-Key", "junk");
        for client in [supervisor, partner, junk, app.client()] {
            let reply = client.with(header, value).get("/metrics");
            assert_eq!(reply.verdict(), (403, "INSUFFICIENT_PERMISSIONS"), "{}", reply.text);
            assert_eq!(
                reply.text_at("/detail"),
                "metrics are read from the server's own machine or by an admin; the setting \
                 metrics_open opens them"
            );
            assert_eq!(client.get("/metrics").status, 200, "from this machine");
        }
    }
}

#[test]
fn a_trusted_proxy_on_this_machine_does_not_make_its_clients_local() {
    let site = Site::new();
    let server = site.serve_with(&[("TICKETGATE_TRUSTED_PROXIES", "127.0.0.0/8, ::1")]);
    for said in ["192.0.2.9", "127.0.0.1", "unknown", ""] {
        let reply = server.client().with("X-Forwarded-For", said).get("/metrics");
        assert_eq!(reply.verdict(), (403, "INSUFFICIENT_PERMISSIONS"), "{said}");
    }
    // It need not say that it is one.
    assert_eq!(server.client().get("/metrics").status, 403);
    drop(server);
    let behind = site.serve_with(&[("TICKETGATE_BEHIND_HTTPS", "true")]);
    assert_eq!(behind.client().get("/metrics").status, 403);
    drop(behind);
    let open = site.serve_with(&[("TICKETGATE_METRICS_OPEN", "true")]);
    open.client().with("X-Forwarded-For", "192.0.2.9").get("/metrics").expect(200);
}

#[test]
fn a_proxy_by_name_is_refused_at_the_start() {
    let site = Site::new();
    let mut command = site.command(&["serve", "--bind", "127.0.0.1:0"]);
    command.env("TICKETGATE_TRUSTED_PROXIES", "10.0.0.1,proxy.example");
    assert_eq!(
        failure(command),
        "ticketgate: failed to use the setting trusted_proxies = \"10.0.0.1,proxy.example\" from \
         TICKETGATE_TRUSTED_PROXIES: it must be addresses and networks with commas, such as \
         10.0.0.0/8,::1; \"proxy.example\" is neither"
    );
}
