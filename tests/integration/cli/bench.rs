//! The benchmark: it measures what it says, over a database of its own or a server that runs, and nobody else's.

use serde_json::{Value, json};

use crate::support::process::{command, failure, run, run_json};
use crate::support::tables::{assert_invariants, lines};
use crate::support::{Site, TestDatabase};

/// Workloads by which every kind of request is sent.
const WORKLOADS: &str =
    "health,scan,look,qr-png,generate-100,generate-5000,mixed,scan-while-generating";

/// Name, connections and whether anything was answered, of each figure; none may have errors.
fn measured(report: &Value) -> Vec<(String, u64, bool)> {
    let figures = report["figures"].as_array().unwrap();
    let one = |figure: &Value| {
        assert_eq!((&figure["errors"], &figure["first_error"]), (&json!(0), &Value::Null));
        let at = |name: &str| figure[name].as_f64().unwrap();
        let latencies = ["p50_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms"].map(at);
        assert!(latencies[0] > 0.0 && latencies.is_sorted(), "{figure}");
        let name = figure["workload"].as_str().unwrap().to_owned();
        (name, figure["connections"].as_u64().unwrap(), at("per_second") > 0.0)
    };
    figures.iter().map(one).collect()
}

/// Flags for a server of this site that runs.
fn running<'s>(site: &'s Site, url: &'s str, function: &'s str) -> Vec<&'s str> {
    let Site { api_key, terminal_key, .. } = site;
    [
        ["--url", url],
        ["--product-id", "106"],
        ["--function", function],
        ["--api-key", api_key],
        ["--terminal-key", terminal_key],
        ["--terminal", "GATE-1"],
    ]
    .concat()
}

#[test]
fn every_workload_is_measured_over_a_database_of_its_own_without_an_error() {
    let database = TestDatabase::empty();
    let arguments = ["bench", "--connections", "2", "--seconds", "1", "--workload", WORKLOADS];
    let report = run_json(&database, &[&arguments[..], &["--tickets", "1000"]].concat());
    let expected: Vec<_> = WORKLOADS.split(',').map(|name| (name.to_owned(), 2, true)).collect();
    assert_eq!(measured(&report), expected);
    let ratios: Vec<&str> = report["ratios"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["figure"].as_str().unwrap())
        .collect();
    assert_eq!(
        ratios,
        [
            "scan, 2 connections",
            "scan, 2 connections",
            "look, 2 connections",
            "generate-5000, 2 connections",
            "p99 of scan-while-generating, 2 connections",
        ]
    );
    assert_eq!(report["tickets"], 1000);
    assert!(report["lane_per_second"].as_f64() > Some(0.0));
    assert!(report["inserts_per_second"].as_f64() > Some(0.0));
    let session = &mut database.session();
    let used = "SELECT cast(count(*) AS text) AS value FROM redemption_events WHERE ticket_code < 'OTA-BN-20000101-' \
        OR result <> 'success' AND reason <> 'ALREADY_REDEEMED'";
    assert_eq!(
        lines(session, used),
        ["0"],
        "only its own tickets, and only the refusals that it sent"
    );
    assert_invariants(session);
}

#[test]
fn a_schedule_is_kept_whatever_becomes_of_the_answers() {
    let database = TestDatabase::empty();
    let arguments = ["bench", "--connections", "2", "--seconds", "1", "--workload", "health"];
    let report = run_json(&database, &[&arguments[..], &["--rate", "50"]].concat());
    assert_eq!(report["figures"][0]["requests"], 50);
    let references = (&report["lane_per_second"], &report["inserts_per_second"]);
    assert_eq!(references, (&Value::Null, &Value::Null), "nothing is compared with them");
}

#[test]
fn what_is_due_and_finds_no_connection_counts_as_failed() {
    let database = TestDatabase::empty();
    let arguments = ["bench", "--connections", "2", "--seconds", "1", "--workload", "health"];
    let report = run_json(&database, &[&arguments[..], &["--rate", "200000"]].concat());
    let figure = &report["figures"][0];
    let [requests, errors] = ["requests", "errors"].map(|name| figure[name].as_u64().unwrap());
    assert_eq!(requests + errors, 200_000, "{figure}");
    let words = "not sent: for as long as it was measured every connection was busy";
    assert_eq!(figure["first_error"], words);
}

#[test]
fn half_load_and_overload_follow_from_what_scans_gave_before() {
    let database = TestDatabase::empty();
    let load = ["bench", "--connections", "64", "--seconds", "1"];
    let workloads = ["--workload", "scan,scan-half-load,scan-overload,scan-after-overload"];
    let report = run_json(&database, &[&load[..], &workloads].concat());
    let figures = report["figures"].as_array().unwrap();
    let number = |place: usize, name: &str| figures[place][name].as_f64().unwrap();
    let sent = |place| number(place, "requests") + number(place, "errors");
    let scans = number(0, "per_second");
    assert!((sent(1) - scans * 0.5).abs() <= 2.0, "{report}");
    assert!((sent(2) - scans * 3.0).abs() <= 2.0, "{report}");
    assert!((sent(3) - scans * 0.5).abs() <= 2.0, "{report}");
    let over = figures.iter().map(|figure| figure["connections"].as_u64());
    assert_eq!(over.collect::<Vec<_>>(), [Some(64), Some(640), Some(640), Some(640)]);
    let error = figures[2]["first_error"].as_str();
    let is_expected =
        |error: &str| error.starts_with("503 and not 200") || error.starts_with("not sent: ");
    assert!(error.is_none_or(is_expected), "{error:?}");
    let ratios = report["ratios"].as_array().unwrap();
    let of_half_load = ratios.iter().filter(|ratio| ratio["reference"] == "p99 of scan-half-load");
    assert_eq!(
        of_half_load.map(|ratio| ratio["figure"].as_str().unwrap()).collect::<Vec<_>>(),
        ["p99 of scan-overload, 640 connections", "p99 of scan-after-overload, 640 connections"]
    );
    assert_invariants(&mut database.session());
}

#[test]
fn half_load_and_overload_need_scans_before_them() {
    let database = TestDatabase::empty();
    for (workloads, connections) in
        [("scan-half-load", "64"), ("scan-half-load,scan", "64"), ("scan,scan-half-load", "16")]
    {
        let arguments = ["bench", "--workload", workloads, "--connections", connections];
        assert_eq!(
            failure(command(&database, &arguments)),
            "ticketgate: failed to plan scan-half-load: scan over 64 connections has to be measured before it"
        );
    }
}

#[test]
fn a_server_that_runs_is_measured_too() {
    let site = Site::new();
    let server = site.serve();
    let flags = running(&site, &server.base, "ferry");
    let load = ["bench", "--connections", "2", "--seconds", "1", "--workload", "scan,mixed"];
    let report = run_json(&site.database, &[&load[..], &flags].concat());
    let expected = [("scan".to_owned(), 2, true), ("mixed".to_owned(), 2, true)];
    assert_eq!(measured(&report), expected);
    assert_eq!(report["tickets"], Value::Null);
    assert_invariants(&mut site.database.session());
}

#[test]
fn the_first_answer_that_is_wrong_is_told_in_its_own_words() {
    let site = Site::new();
    let server = site.serve();
    let flags = running(&site, &server.base, "swim");
    let load = ["bench", "--seconds", "1", "--connections", "64", "--workload"];
    let words = "422 and not 200: this venue or terminal does not redeem this function";
    let told =
        failure(command(&site.database, &[&load[..], &["scan,scan-overload"], &flags].concat()));
    let expected = "ticketgate: failed to measure scan-overload: no scan before it was answered as it should be; \
        the first was ";
    assert_eq!(told, format!("{expected}{words}"));
    let output = run(&site.database, &[&load[..], &["scan"], &flags].concat());
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let tables: Vec<Vec<&str>> =
        printed.split("\n\n").map(|table| table.lines().collect()).collect();
    let widths: Vec<usize> = tables[0].iter().map(|line| line.len()).collect();
    assert!(widths.len() == 2 && widths.iter().all(|width| *width < 120), "{printed}");
    let errors = format!("scan      64           {words}");
    assert_eq!(tables[1], ["WORKLOAD  CONNECTIONS  FIRST_ERROR", &errors], "{printed}");
}

#[test]
fn a_database_with_other_partners_is_left_alone() {
    let site = Site::new();
    let before = lines(&mut site.database.session(), "SELECT partner_code AS value FROM partners");
    let told = failure(command(&site.database, &["bench", "--workload", "health"]));
    assert_eq!(
        told,
        "ticketgate: failed to use this database: it has partners that the benchmark did not make, such as acme; \
         give bench a --data-dir or DATABASE_URL of its own"
    );
    let session = &mut site.database.session();
    assert_eq!(lines(session, "SELECT partner_code AS value FROM partners"), before);
}

#[test]
fn what_cannot_be_measured_is_said() {
    let database = TestDatabase::empty();
    let told = |arguments: &[&str]| failure(command(&database, arguments));
    let keys = [
        "--api-key",
        "k",
        "--terminal-key",
        "t",
        "--terminal",
        "T",
        "--product-id",
        "1",
        "--function",
        "f",
    ];
    let with =
        |url: &'static str| [&["bench", "--workload", "scan", "--url", url][..], &keys].concat();
    assert_eq!(
        told(&with("https://gate.example")),
        "ticketgate: failed to read the URL \"https://gate.example\": it must be http://HOST[:PORT], without a path"
    );
    let nobody = told(&with("http://127.0.0.1:1"));
    assert!(nobody.starts_with("ticketgate: failed to speak with 127.0.0.1:1"), "{nobody}");
    let output = run(&database, &["bench", "--workload", "dance"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("must be one of health, scan, look,"), "{error}");
    assert_eq!(output.status.code(), Some(2));
}
