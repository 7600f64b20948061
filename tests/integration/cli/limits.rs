//! What is too long, too many or doubled is refused by every command, as it is over REST.

use crate::support::Site;
use crate::support::process::{failure, run_json};

/// Runs commands, each of which must be refused with this part in its sentence, and changes nothing.
fn refused(site: &Site, cases: &[(&[&str], &str)]) {
    let all = |what: &str| run_json(&site.database, &[what, "list"]);
    let before = ["partner", "api-key", "terminal", "venue", "product", "operator"].map(all);
    for (arguments, part) in cases {
        let sentence = failure(site.command(arguments));
        assert!(sentence.starts_with("ticketgate: failed to read the "), "{sentence}");
        assert!(sentence.ends_with(part), "{arguments:?}: {sentence}");
    }
    assert_eq!(["partner", "api-key", "terminal", "venue", "product", "operator"].map(all), before);
}

fn numbered(count: usize, part: impl Fn(usize) -> String) -> Vec<String> {
    (0..count).map(part).collect()
}

/// An option as often as it has values.
fn repeated<'a>(option: &'a str, values: &'a [String]) -> Vec<&'a str> {
    values.iter().flat_map(|value| [option, value.as_str()]).collect()
}

#[test]
fn a_venue_is_held_to_the_limits_of_rest() {
    let site = Site::new();
    let (name, kind) = ("n".repeat(201), "t".repeat(101));
    let functions = numbered(101, |index| format!("f{index}")).join(",");
    let (create, change) = (["venue", "create", "shop"], ["venue", "change", "pier"]);
    let with = |start: &[&'static str], end: &[&'static str]| [start, end].concat();
    let made = with(&create, &["--functions", "gift"]);
    let name_is_long = "it must be at most 200 characters, not 201";
    let kind_is_long = "it must be at most 100 characters, not 101";
    refused(
        &site,
        &[
            (&[&made[..], &["--name", &name]].concat(), name_is_long),
            (&with(&made, &["--name", ""]), "the name \"\": it must not be empty"),
            (
                &with(&made, &["--name", "a\nb"]),
                "the name \"a\\nb\": it must not contain control characters",
            ),
            (&[&made[..], &["--type", &kind]].concat(), kind_is_long),
            (&with(&made, &["--type", " "]), "the venue's type \" \": it must not be empty"),
            (
                &[&create[..], &["--functions", &functions]].concat(),
                "it must have at most 100 entries, not 101",
            ),
            (
                &with(&create, &["--functions", "gift,gift"]),
                "the functions \"gift,gift\": it must have each function once",
            ),
            (&[&change[..], &["--name", &name]].concat(), name_is_long),
            (&with(&change, &["--name", ""]), "the name \"\": it must not be empty"),
            (&[&change[..], &["--type", &kind]].concat(), kind_is_long),
            (
                &with(&change, &["--timezone", "Mars/Base"]),
                "it must be an IANA time zone such as Asia/Hong_Kong",
            ),
            (
                &with(&change, &["--functions", "spa,spa"]),
                "the functions \"spa,spa\": it must have each function once",
            ),
            (
                &[&change[..], &["--functions", &functions]].concat(),
                "it must have at most 100 entries, not 101",
            ),
        ],
    );
    let (name, kind) = ("n".repeat(200), "t".repeat(100));
    let longest = [("--name", name.as_str()), ("--type", kind.as_str())];
    let longest = longest.iter().flat_map(|(option, text)| [*option, *text]).collect::<Vec<_>>();
    let functions = numbered(100, |index| format!("f{index:02}"));
    let all = functions.join(",");
    let venue = run_json(&site.database, &[&create[..], &longest, &["--functions", &all]].concat());
    assert_eq!(venue["venue_name"], name);
    assert_eq!(venue["venue_type"], kind);
    assert_eq!(venue["supported_functions"], serde_json::json!(functions));
}

#[test]
fn a_product_is_held_to_the_limits_of_rest() {
    let site = Site::new();
    let name = "n".repeat(201);
    let named = format!("ferry:1:{name}");
    let kind = format!("{}:20", "t".repeat(101));
    let functions = numbered(101, |index| format!("f{index}:1000"));
    let prices = numbered(201, |index| format!("t{index}:20"));
    let (create, change) = (["product", "create", "LX"], ["product", "change", "106"]);
    let made = [&create[..], &["--name", "Luxury", "--function", "ferry"]].concat();
    let name_is_long = "it must be at most 200 characters, not 201";
    let id = "it must be from 1 to 2147483647";
    let uses = "it must be CODE:USES with 1 to 1000 uses";
    let many_functions = "it must have at most 100 entries, not 101";
    let many_prices = "it must have at most 200 entries, not 201";
    let kind_is_long = "it must be at most 100 characters, not 101";
    let with = |start: &[&'static str], end: &[&'static str]| [start, end].concat();
    refused(
        &site,
        &[
            (&[&create[..], &["--name", &name, "--function", "ferry"]].concat(), name_is_long),
            (&with(&create, &["--name", "", "--function", "x"]), "it must not be empty"),
            (&with(&made, &["--id", "0"]), id),
            (&with(&made, &["--id", "2147483648"]), id),
            (&with(&made, &["--function", "gift:1001"]), uses),
            (&with(&made, &["--function", "gift:one"]), uses),
            (
                &with(&made, &["--function", "gift:1:"]),
                "the function's name \"\": it must not be empty",
            ),
            (&[&made[..], &["--function", &named]].concat(), name_is_long),
            (&[&made[..], &repeated("--function", &functions[1..])].concat(), many_functions),
            (&[&made[..], &["--price", &kind]].concat(), kind_is_long),
            (&with(&made, &["--price", ":20"]), "the kind of customer \"\": it must not be empty"),
            (&[&made[..], &repeated("--price", &prices)].concat(), many_prices),
            (&[&change[..], &["--name", &name]].concat(), name_is_long),
            (&[&change[..], &["--function", &named]].concat(), name_is_long),
            (&[&change[..], &repeated("--function", &functions)].concat(), many_functions),
            (&[&change[..], &["--price", &kind]].concat(), kind_is_long),
            (&[&change[..], &repeated("--price", &prices)].concat(), many_prices),
        ],
    );
    let name = "n".repeat(200);
    let most = [
        &create[..],
        &["--name", &name, "--id", "2147483647"],
        &repeated("--function", &functions[1..]),
        &repeated("--price", &prices[1..]),
    ];
    let product = run_json(&site.database, &most.concat());
    assert_eq!(product["product_id"], 2_147_483_647);
    assert_eq!(product["product_name"], name);
    assert_eq!(product["functions"].as_array().unwrap().len(), 100);
    assert_eq!(product["functions"][99]["uses"], 1000);
    assert_eq!(product["prices"].as_array().unwrap().len(), 200);
}

#[test]
fn who_is_let_in_is_held_to_the_limits_of_rest() {
    let site = Site::new();
    let (name, id) = ("n".repeat(201), "G".repeat(101));
    let functions = numbered(101, |index| format!("f{index}")).join(",");
    let name_is_long = "it must be at most 200 characters, not 201";
    let id_is_long = "it must be at most 100 characters, not 101";
    let email = format!("{name}@example.org");
    refused(
        &site,
        &[
            (&["partner", "create", "beta", "--name", &name], name_is_long),
            (&["partner", "change", "acme", "--name", &name], name_is_long),
            (&["api-key", "create", "acme", "--name", &name], name_is_long),
            (&["api-key", "create", "acme", "--permissions", ""], "webhooks:manage, reports:read"),
            (&["operator", "create", "anna", "--role", "steward", "--name", &name], name_is_long),
            (&["operator", "change", "anna", "--name", &name], name_is_long),
            (&["terminal", "create", &id, "--venue", "pier"], id_is_long),
            (&["terminal", "pair", &id, "--venue", "pier"], id_is_long),
            (&["terminal", "change", &id, "--venue", "pier"], id_is_long),
            (&["terminal", "revoke", &id], id_is_long),
            (&["terminal", "revoke", ""], "the device's id \"\": it must not be empty"),
            (
                &["terminal", "change", "GATE-1", "--functions", &functions],
                "it must have at most 100 entries, not 101",
            ),
            (
                &["terminal", "create", "G", "--venue", "pier", "--functions", "gift,gift"],
                "the functions \"gift,gift\": it must have each function once",
            ),
            (
                &["privacy", "erase", "--email", &email],
                "it must be at most 200 characters, not 213",
            ),
            (&["privacy", "erase", "--email", ""], "the email address \"\": it must not be empty"),
        ],
    );
}
