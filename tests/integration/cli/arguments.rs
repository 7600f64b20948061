//! Every command's help, and arguments that clap refuses.

use crate::support::TestDatabase;
use crate::support::process::run;

/// Commands that print a document of the repository, and the settings.
const DOCUMENTS: &[&[&str]] = &[&["config"], &["openapi"], &["permissions"]];

const COMMANDS: &[&[&str]] = &[
    &[],
    &["demo"],
    &["serve"],
    &["migrate"],
    &["backup"],
    &["bench"],
    &["keys"],
    &["keys", "generate"],
    &["keys", "add"],
    &["keys", "promote"],
    &["keys", "retire"],
    &["keys", "list"],
    &["privacy"],
    &["privacy", "erase"],
    &["partner"],
    &["partner", "create"],
    &["partner", "change"],
    &["partner", "disable"],
    &["partner", "enable"],
    &["partner", "limits"],
    &["partner", "list"],
    &["api-key"],
    &["api-key", "create"],
    &["api-key", "change"],
    &["api-key", "rotate"],
    &["api-key", "revoke"],
    &["api-key", "list"],
    &["terminal"],
    &["terminal", "create"],
    &["terminal", "pair"],
    &["terminal", "change"],
    &["terminal", "revoke"],
    &["terminal", "list"],
    &["operator"],
    &["operator", "create"],
    &["operator", "list"],
    &["operator", "change"],
    &["operator", "disable"],
    &["operator", "enable"],
    &["operator", "password"],
    &["venue"],
    &["venue", "create"],
    &["venue", "change"],
    &["venue", "open"],
    &["venue", "close"],
    &["venue", "list"],
    &["product"],
    &["product", "create"],
    &["product", "change"],
    &["product", "enable"],
    &["product", "disable"],
    &["product", "list"],
    &["audit"],
    &["audit", "list"],
];

/// Names of the commands under a help text's heading `Commands:`.
fn commands_in(help: &str) -> Vec<String> {
    let (_, rest) = help.split_once("Commands:\n").unwrap_or_default();
    let (list, _) = rest.split_once("\n\n").unwrap_or_default();
    let entries = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = entries.map(|line| line.split_whitespace().next().unwrap().to_owned());
    names.filter(|name| name != "help").collect()
}

#[test]
fn every_command_has_help_and_no_command_is_without_it() {
    let database = TestDatabase::empty();
    for command in COMMANDS.iter().chain(DOCUMENTS) {
        let output = run(&database, &[command, &["--help"][..]].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{command:?}");
        assert!(output.stderr.is_empty(), "{command:?}");
        let usage = format!("Usage: {}", [&["ticketgate"], *command].concat().join(" "));
        assert!(text.contains(&usage), "{usage}: {text}");
        assert!(text.contains("--data-dir <DIR>") && text.contains("--json"), "{text}");
        for name in commands_in(&text) {
            let path = [*command, &[name.as_str()]].concat();
            let is_known = [COMMANDS, DOCUMENTS].concat().contains(&path.as_slice());
            assert!(is_known, "{path:?} is not in this test");
        }
    }
}

#[test]
fn arguments_that_make_no_sense_end_with_code_2() {
    let database = TestDatabase::empty();
    let cases: &[&[&str]] = &[
        &["privacy", "erase"],
        &["privacy", "erase", "--ticket", "X", "--email", "Y"],
        &[],
        &["sreve"],
        &["backup"],
        &["backup", "one", "two"],
        &["partner", "create"],
        &["operator", "create", "anna", "--password-stdin"],
        &["operator", "create", "anna", "--password-stdin", "--role", "boss"],
        &["operator", "change", "anna"],
        &["venue", "create", "pier"],
        &["product", "create", "CP", "--function", "ferry"],
        &["product", "change", "106"],
        &["venue", "change", "pier"],
        &["terminal", "change", "GATE-1"],
        &["demo", "--port", "65536"],
        &["serve", "--prot", "1"],
        &["partner", "change", "acme"],
        &["api-key", "rotate", "x", "--overlap-minutes", "a day"],
        &["audit", "list", "--limit", "0"],
    ];
    for arguments in cases {
        let output = run(&database, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn the_documents_are_the_committed_ones() {
    for (command, committed) in [
        ("openapi", include_str!("../../../openapi.json")),
        ("permissions", include_str!("../../../docs/permissions.md")),
    ] {
        let output = run(&TestDatabase::empty(), &[command]);
        assert!(output.status.success());
        let made = String::from_utf8(output.stdout).unwrap();
        assert!(made == committed, "run `make documents`: {command} gives\n{made}");
    }
}
