//! `docs/operations.md` and the alert rules name the metrics that there are, all of them and no others.

use std::collections::BTreeSet;

use crate::support::TestApp;
use crate::support::database::is_postgres;

const PAGE: &str = include_str!("../../../docs/operations.md");
const ALERTS: &str = include_str!("../../../docs/alerts.yml");

/// Each metric as the page names it: a family, or one state of the server.
fn metrics_of_a_server() -> BTreeSet<String> {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    gate.scan(&partner.token(&partner.ticket()), "ferry").expect(200);
    // Requests are counted once they are answered.
    let text = app.client().get("/metrics").expect(200).text;
    let families = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let states =
        text.lines().filter_map(|line| line.strip_prefix("ticketgate_state")?.split(' ').next());
    let families = families.filter(|name| *name != "ticketgate_state").map(str::to_owned);
    families.chain(states.map(|labels| format!("ticketgate_state{labels}"))).collect()
}

/// What stands in the first column of the page's table of metrics, and in the last.
fn table() -> (BTreeSet<String>, BTreeSet<String>) {
    let (_, rest) = PAGE.split_once("| metric | what it means | alert |\n|---|---|---|\n").unwrap();
    let (rows, _) = rest.split_once("\n\n").unwrap();
    let cells = |column: usize| {
        rows.lines().flat_map(move |row| row.split(" | ").nth(column).unwrap().split(", "))
    };
    let bare = |text: &str| text.trim_matches(['|', ' ', '`']).to_owned();
    (cells(0).map(bare).collect(), cells(2).map(bare).collect())
}

#[test]
fn the_operations_page_tells_of_every_metric_and_of_no_other() {
    let metrics = metrics_of_a_server();
    let mut documented = table().0;
    if is_postgres() {
        documented.retain(|name| !name.contains("sqlite"));
    }
    assert_eq!(documented, metrics);
}

#[test]
fn every_alert_is_about_metrics_that_there_are_and_is_on_the_operations_page() {
    let (documented, mut named) = table();
    named.insert("TicketgateDown".to_owned());
    let alerts: BTreeSet<String> = ALERTS
        .lines()
        .filter_map(|line| Some(line.trim().strip_prefix("- alert: ")?.to_owned()))
        .collect();
    assert_eq!(alerts, named);
    let mut used = BTreeSet::new();
    for part in ALERTS.split("ticketgate_").skip(1) {
        let end = part.find(|c: char| c != '_' && !c.is_ascii_lowercase()).unwrap();
        let (name, rest) = part.split_at(end);
        let Some(states) = (name == "state").then(|| rest.split('"').nth(1).unwrap()) else {
            let family = name.trim_end_matches("_bucket").trim_end_matches("_count");
            used.insert(format!("ticketgate_{family}"));
            continue;
        };
        used.extend(states.split('|').map(|of| format!("ticketgate_state{{of=\"{of}\"}}")));
    }
    assert_eq!(used, documented, "each metric has an alert, and each alert's metric is one");
}
