//! Products and venues by command: changed, ended, and every change on record.

use serde_json::{Value, json};

use super::on_record;
use crate::support::Site;
use crate::support::process::{command_line, failure, run, run_json};

#[test]
fn products_are_changed_by_command() {
    let site = Site::new();
    let command = |arguments: &[&str]| run_json(&site.database, arguments);
    let product = |name: &str, functions: Value, prices: Value, is_active: bool| {
        json!({"product_id": 106, "product_code": "CP", "product_name": name,
            "functions": functions, "prices": prices, "is_active": is_active})
    };
    let function = |code: &str, name: &str, uses: u32| json!({"function_code": code, "function_name": name, "uses": uses});
    let old = json!([function("ferry", "ferry", 1), function("gift", "gift", 1)]);
    let new = json!([function("spa", "Spa", 2)]);
    let priced = json!([{"customer_type": "adult", "price": "20.00", "currency": "HKD"}]);
    assert_eq!(
        command(&["product", "change", "106", "--name", "Tour", "--price", "adult:20"]),
        product("Tour", old.clone(), priced.clone(), true)
    );
    assert_eq!(
        command(&["product", "disable", "106"]),
        product("Tour", old, priced.clone(), false)
    );
    assert_eq!(
        command(&["product", "change", "106", "--function", "spa:2:Spa"]),
        product("Tour", new.clone(), priced.clone(), false)
    );
    let enabled = product("Tour", new, priced, true);
    assert_eq!(command(&["product", "enable", "106"]), enabled);
    assert_eq!(command(&["product", "list"]), json!([enabled]));
    let changes = [
        "product.create 106",
        "product.change 106",
        "product.change 106",
        "product.change 106",
        "product.change 106",
    ];
    assert_eq!(on_record(&site, "106"), changes.map(|line| format!("{} {line}", command_line())));
}

#[test]
fn venues_are_changed_by_command() {
    let site = Site::new();
    let command = |arguments: &[&str]| run_json(&site.database, arguments);
    let change = [
        "venue",
        "change",
        "pier",
        "--name",
        "Pier 1",
        "--type",
        "pier",
        "--timezone",
        "Asia/Hong_Kong",
        "--functions",
        "spa",
    ];
    let pier = |is_active: bool| {
        json!({"venue_id": 1, "venue_code": "pier", "venue_name": "Pier 1", "venue_type": "pier",
            "timezone": "Asia/Hong_Kong", "supported_functions": ["spa"],
            "is_active": is_active})
    };
    assert_eq!(command(&change), pier(true));
    assert_eq!(command(&["venue", "close", "pier"]), pier(false));
    assert_eq!(command(&["venue", "list"]), json!([pier(false)]));
    assert_eq!(command(&["venue", "open", "pier"]), pier(true));
    let close = String::from_utf8(run(&site.database, &["venue", "close", "pier"]).stdout).unwrap();
    let parts: Vec<Vec<&str>> =
        close.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        parts,
        [
            vec!["venue_code", "pier"],
            vec!["venue_name", "Pier", "1"],
            vec!["venue_type", "pier"],
            vec!["timezone", "Asia/Hong_Kong"],
            vec!["supported_functions", "spa"],
            vec!["is_active", "false"],
        ]
    );
    let changes = [
        "venue.create pier",
        "venue.change pier",
        "venue.change pier",
        "venue.change pier",
        "venue.change pier",
    ];
    assert_eq!(on_record(&site, "pier"), changes.map(|line| format!("{} {line}", command_line())));
}

#[test]
fn what_makes_no_sense_for_a_product_or_venue_is_refused_with_a_sentence() {
    let site = Site::new();
    let cases: [(&[&str], &str); 4] = [
        (&["product", "disable", "9"], "find product 9: there is none"),
        (
            &["product", "change", "106", "--function", "spa", "--function", "spa"],
            "give product CP its functions: it needs at least one, and each once",
        ),
        (
            &["product", "change", "106", "--price", "adult:1", "--price", "adult:2"],
            "give product CP its prices: there is one for each kind of customer and currency",
        ),
        (&["venue", "change", "nowhere", "--name", "x"], "find venue nowhere: there is none"),
    ];
    for (arguments, sentence) in cases {
        let expected = format!("ticketgate: failed to {sentence}");
        assert_eq!(failure(site.command(arguments)), expected, "{arguments:?}");
    }
}
