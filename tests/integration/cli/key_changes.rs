//! Changes of the key ring: several at once, and what the audit log tells of them.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use super::keys::{settle, states};
use crate::support::TestDatabase;
use crate::support::process::{command, command_line, run_json};

/// Starts all of these commands before it waits for one; gives of each whether it was done, and what it said.
fn at_once(database: &TestDatabase, commands: &[&[&str]]) -> Vec<(bool, String)> {
    let start = |arguments: &&[&str]| {
        let mut command = command(database, arguments);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let started: Vec<_> = commands.iter().map(start).collect();
    let ended = started.into_iter().map(|child| child.wait_with_output().unwrap());
    ended.map(|end| (end.status.success(), String::from_utf8(end.stderr).unwrap())).collect()
}

#[test]
fn of_commands_at_once_none_loses_the_change_of_another() {
    let database = TestDatabase::migrated();
    let generated = at_once(&database, &[&["keys", "generate"][..]; 4]);
    let expected = "ticketgate: failed to generate the first key: there is one already; `keys add` \
                    makes another\n";
    let outcomes = |ended: &[(bool, String)], refusal: &str| {
        let count = |one: (bool, &str)| {
            ended.iter().filter(|(done, said)| (*done, said.as_str()) == one).count()
        };
        (count((true, "")), count((false, refusal)))
    };
    assert_eq!(outcomes(&generated, expected), (1, 3), "{generated:?}");
    let first = run_json(&database, &["keys", "list"])[0].clone();
    let add = &["keys", "add"][..];
    let list = &["keys", "list"][..];
    let ended = at_once(&database, &[add, list, add, add, list, add, add, list]);
    let full = "ticketgate: failed to add a key: the ring holds four live keys at most; retire one \
                first\n";
    assert_eq!(outcomes(&ended, full), (6, 2), "{ended:?}");
    let ring = run_json(&database, &["keys", "list"]);
    assert_eq!((ring.as_array().unwrap().len(), &ring[0]), (4, &first));
    let files = std::fs::read_dir(database.folder.path()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut of_the_ring: Vec<String> = names.filter(|name| name.contains("keys")).collect();
    of_the_ring.sort();
    assert_eq!(of_the_ring, ["keys.json", "keys.json.lock"]);
}

#[test]
fn a_command_that_waited_judges_the_ring_anew() {
    let database = TestDatabase::migrated();
    run_json(&database, &["keys", "generate"]);
    let ring = run_json(&database, &["keys", "add"]);
    let second = ring[1]["key_id"].as_str().unwrap();
    let mut promote = command(&database, &["keys", "promote", second]);
    let mut promote = promote.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(promote.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.starts_with("waiting "), "{line}");
    // It holds no lock while it waits.
    run_json(&database, &["keys", "retire", second, "--force"]);
    let ended = promote.wait_with_output().unwrap();
    let expected = format!("ticketgate: failed to promote key {second}: it is retired\n");
    assert_eq!(
        (ended.status.code(), String::from_utf8(ended.stderr).unwrap()),
        (Some(1), expected)
    );
    let ring = run_json(&database, &["keys", "list"]);
    assert_eq!(states(&ring)[1], (second, "retired"));
}

#[test]
fn each_change_of_the_ring_is_in_the_audit_log() {
    let database = TestDatabase::empty();
    let keys = |arguments: &[&str]| run_json(&database, &[&["keys"], arguments].concat());
    let name = |ring: &Value, at: usize| ring[at]["key_id"].as_str().unwrap().to_owned();
    let first = name(&keys(&["generate"]), 0);
    let second = name(&keys(&["add"]), 1);
    let third = name(&keys(&["add"]), 2);
    settle(&database);
    keys(&["promote", &second]);
    settle(&database);
    keys(&["retire", &first]);
    keys(&["retire", &third, "--force"]);
    let log = run_json(&database, &["audit", "list"]);
    let lines: Vec<Value> = log
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|line| {
            json!([
                line["principal"],
                line["action"],
                line["subject"],
                line["before"],
                line["after"]
            ])
        })
        .collect();
    let who = command_line();
    let accepted = json!({"state": "accepted"});
    let retired = |forced: bool| json!({"state": "retired", "forced": forced});
    let expected = [
        json!([who, "key_ring.generate", first, null, {"state": "current"}]),
        json!([who, "key_ring.add", second, null, accepted]),
        json!([who, "key_ring.add", third, null, accepted]),
        json!([who, "key_ring.promote", second, accepted, {"state": "current"}]),
        json!([who, "key_ring.retire", first, accepted, retired(false)]),
        json!([who, "key_ring.retire", third, accepted, retired(true)]),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn the_ring_can_be_changed_where_the_database_cannot_be_reached() {
    let database = TestDatabase::empty();
    let keys = |arguments: &[&str]| {
        let mut command = command(&database, &[&["keys"], arguments, &["--json"]].concat());
        let nowhere = "postgres://gate:s3cret@127.0.0.1:1/tickets?sslmode=disable";
        let output = command.env("DATABASE_URL", nowhere).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        let start = "ticketgate: failed to write the change of the key ring, which is in force, into \
                     the audit log: reach the database: ";
        assert!(said.starts_with(start) && said.lines().count() == 1, "{said}");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let first = keys(&["generate"])[0]["key_id"].as_str().unwrap().to_owned();
    let second = keys(&["add"])[1]["key_id"].as_str().unwrap().to_owned();
    settle(&database);
    keys(&["promote", &second]);
    let ring = keys(&["retire", &first, "--force"]);
    assert_eq!(states(&ring), [(first.as_str(), "retired"), (second.as_str(), "current")]);
}
