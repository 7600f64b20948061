//! `operator`: the first admin, and everything that an admin can do over REST.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::process::{command_line, failure, run, run_json};
use crate::support::test_app::PASSWORD;
use crate::support::{Site, TestDatabase, masked};

fn shown(operator: &Value) -> Value {
    masked(operator, &["/created_at", "/0/created_at"])
}

fn operator(display_name: &str, role: &str, is_active: bool) -> Value {
    json!({
        "username": "anna", "display_name": display_name, "role": role, "is_active": is_active,
        "created_at": "*"
    })
}

#[test]
fn the_first_admin_is_made_by_command_and_logs_in() {
    let site = Site::new();
    let create = ["create", "anna", "--role", "admin", "--name", "Anna", "--password-stdin"];
    assert_eq!(shown(&site.operator(&create, PASSWORD)), operator("Anna", "admin", true));
    let server = site.serve();
    let body = json!({"username": "anna", "password": PASSWORD});
    let token =
        server.client().post("/operators/login", &body).expect(200).text_at("/operator_token");
    let admin = server.client().with("Authorization", &format!("Bearer {token}"));
    let log = admin.get("/admin/audit?action=operator.create").expect(200).body;
    assert_eq!(log["items"][0]["principal"], command_line());
    assert!(!log.to_string().contains("argon2"), "{log}");
}

#[test]
fn operators_are_changed_by_command_and_listed_without_secrets() {
    let site = Site::new();
    site.operator(&["create", "carl", "--role", "admin", "--password-stdin"], PASSWORD);
    site.operator(&["create", "anna", "--role", "steward", "--password-stdin"], PASSWORD);
    let change = |arguments: &[&str]| shown(&site.operator(arguments, "a fresh password"));
    let both = ["change", "anna", "--role", "supervisor", "--name", "Anna B"];
    assert_eq!(change(&both), operator("Anna B", "supervisor", true));
    assert_eq!(change(&["disable", "anna"]), operator("Anna B", "supervisor", false));
    assert_eq!(change(&["enable", "anna"]), operator("Anna B", "supervisor", true));
    let password = ["password", "anna", "--password-stdin"];
    assert_eq!(change(&password), operator("Anna B", "supervisor", true));
    let list = run_json(&site.database, &["operator", "list"]);
    assert_eq!(shown(&list)[0], operator("Anna B", "supervisor", true));
    let table = String::from_utf8(run(&site.database, &["operator", "list"]).stdout).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    let head: Vec<&str> = lines[0].split_whitespace().collect();
    assert_eq!(head, ["USERNAME", "DISPLAY_NAME", "ROLE", "IS_ACTIVE", "CREATED_AT"]);
    assert!(lines[1].starts_with("anna"), "{table}");
    assert!(!table.contains("argon2"), "{table}");
}

#[test]
fn what_cannot_be_is_refused_with_a_sentence() {
    let site = Site::new();
    site.operator(&["create", "anna", "--role", "admin", "--password-stdin"], PASSWORD);
    let with_password = |arguments: &[&str], password: &str| {
        let file = site.database.folder.path().join("password");
        std::fs::write(&file, password).unwrap();
        let mut command = site.command(arguments);
        command.stdin(Stdio::from(std::fs::File::open(file).unwrap()));
        failure(command)
    };
    let create = ["operator", "create", "anna", "--role", "admin", "--password-stdin"];
    let cases: [(&[&str], &str, &str); 8] = [
        (&create, PASSWORD, "create operator anna: there is one already"),
        (
            &create,
            "short\n",
            "take the password from standard input: it must have 10 to 200 characters, not 5",
        ),
        (
            &create,
            "",
            "take the password from standard input: it must have 10 to 200 characters, not 0",
        ),
        (
            &create[..5],
            PASSWORD,
            "take the password: it is not an argument, which others on this machine could see; \
             give --password-stdin and send it as a line to standard input, such as \
             `.. --password-stdin <FILE`",
        ),
        (
            &["operator", "disable", "anna"],
            "",
            "change operator anna: the last active admin can be neither disabled nor demoted",
        ),
        (
            &["operator", "change", "anna", "--name", " "],
            "",
            "read the name \" \": it must not be empty",
        ),
        (&["operator", "enable", "nobody"], "", "find operator nobody: there is none"),
        (
            &["operator", "enable", "an na"],
            "",
            "read the operator's name \"an na\": it must be 1 to 64 letters, digits, hyphens, \
             underscores and full stops",
        ),
    ];
    for (arguments, password, sentence) in cases {
        let expected = format!("ticketgate: failed to {sentence}");
        assert_eq!(with_password(arguments, password), expected, "{arguments:?}");
    }
}

#[test]
fn a_password_comes_as_one_line_whatever_ends_it() {
    let site = Site {
        database: TestDatabase::empty(),
        api_key: String::new(),
        terminal_key: String::new(),
    };
    run_json(&site.database, &["keys", "generate"]);
    for (index, end) in ["", "\n", "\r\n"].into_iter().enumerate() {
        let name = format!("anna-{index}");
        let mut command =
            site.command(&["operator", "create", &name, "--role", "steward", "--password-stdin"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(format!("{PASSWORD}{end}").as_bytes()).unwrap();
        drop(input);
        assert!(child.wait().unwrap().success());
    }
    let server = site.serve();
    for index in 0..3 {
        let body = json!({"username": format!("anna-{index}"), "password": PASSWORD});
        server.client().post("/operators/login", &body).expect(200);
    }
}
