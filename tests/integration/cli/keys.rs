//! The key ring: its commands, its file, and a running server that reads it again.

use std::fs::{File, Permissions, metadata, read_to_string, set_permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::time::Duration;

use serde_json::{Value, json};
use ticketgate::kernel::Stopwatch;

use crate::support::process::{command, eventually, failure, run, run_json};
use crate::support::tables::lines;
use crate::support::{Site, TestDatabase};

/// Key ids and states, in the ring's order.
pub(super) fn states(ring: &Value) -> Vec<(&str, &str)> {
    let entries = ring.as_array().unwrap().iter();
    entries.map(|one| (one["key_id"].as_str().unwrap(), one["state"].as_str().unwrap())).collect()
}

/// Makes the key ring look as if it had been there for a while, so that no command waits for servers to read it.
pub(super) fn settle(database: &TestDatabase) {
    let path = database.folder.path().join("keys.json");
    let mut ring: Value = serde_json::from_str(&read_to_string(&path).unwrap()).unwrap();
    for key in ring["keys"].as_array_mut().unwrap() {
        key["created_at"] = json!("2026-11-01T00:00:00.000Z");
    }
    std::fs::write(&path, ring.to_string()).unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    let earlier = file.metadata().unwrap().modified().unwrap() - Duration::from_mins(1);
    file.set_modified(earlier).unwrap();
}

#[test]
fn a_key_is_generated_added_promoted_and_retired() {
    let database = TestDatabase::empty();
    let keys = |arguments: &[&str]| run_json(&database, &[&["keys"], arguments].concat());
    let ring = keys(&["generate"]);
    let first = ring[0]["key_id"].as_str().unwrap().to_owned();
    assert_eq!(states(&ring), [(first.as_str(), "current")]);
    let ring = keys(&["add"]);
    let second = ring[1]["key_id"].as_str().unwrap().to_owned();
    assert_eq!(states(&ring), [(first.as_str(), "current"), (second.as_str(), "accepted")]);
    settle(&database);
    let ring = keys(&["promote", &second]);
    assert_eq!(states(&ring), [(first.as_str(), "accepted"), (second.as_str(), "current")]);
    settle(&database);
    let ring = keys(&["retire", &first]);
    assert_eq!(states(&ring), [(first.as_str(), "retired"), (second.as_str(), "current")]);
    // A look leaves the file alone: servers read a file again that has changed.
    let file = || metadata(database.folder.path().join("keys.json")).unwrap();
    let before = (file().ino(), file().modified().unwrap());
    assert_eq!(keys(&["list"]), ring);
    assert_eq!((file().ino(), file().modified().unwrap()), before);
    let mut names: Vec<&String> = ring[0].as_object().unwrap().keys().collect();
    names.sort();
    let expected = ["created_at", "key_id", "live_codes", "public_key", "state"];
    assert_eq!(names, expected, "no secret is shown");
}

#[test]
fn a_new_data_folder_is_its_owners_alone() {
    let database = TestDatabase::empty();
    let folder = database.folder.path().join("deep/data");
    for arguments in [&["keys", "generate"][..], &["partner", "list"]] {
        let folder = folder.display().to_string();
        let done = run(&database, &[arguments, &["--data-dir", &folder]].concat());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    assert_eq!(metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn changes_of_the_ring_that_make_no_sense_are_refused_and_change_nothing() {
    let database = TestDatabase::empty();
    let path = database.folder.path().join("keys.json");
    let missing =
        format!("find the key ring {}: make one with `ticketgate keys generate`", path.display());
    for what in [&["list"][..], &["add"], &["promote", "x"], &["retire", "x"]] {
        let expected = format!("ticketgate: failed to {missing}");
        assert_eq!(failure(command(&database, &[&["keys"], what].concat())), expected);
    }
    let ring = run_json(&database, &["keys", "generate"]);
    let first = ring[0]["key_id"].as_str().unwrap();
    let second = run_json(&database, &["keys", "add"])[1]["key_id"].as_str().unwrap().to_owned();
    run_json(&database, &["keys", "retire", &second, "--force"]);
    for _ in 0..3 {
        run_json(&database, &["keys", "add"]);
    }
    let before = read_to_string(&path).unwrap();
    let cases: [(&[&str], String); 6] = [
        (
            &["generate"],
            "generate the first key: there is one already; `keys add` makes another".to_owned(),
        ),
        (&["add"], "add a key: the ring holds four live keys at most; retire one first".to_owned()),
        (
            &["promote", "nobody"],
            "find key nobody in the ring; `keys list` shows what is there".to_owned(),
        ),
        (
            &["retire", "nobody"],
            "find key nobody in the ring; `keys list` shows what is there".to_owned(),
        ),
        (&["promote", &second], format!("promote key {second}: it is retired")),
        (
            &["retire", first],
            format!("retire key {first}: it is the current one; promote another first"),
        ),
    ];
    for (arguments, sentence) in cases {
        let said = failure(command(&database, &[&["keys"], arguments].concat()));
        assert_eq!(said, format!("ticketgate: failed to {sentence}"));
    }
    assert_eq!(read_to_string(&path).unwrap(), before);
}

#[test]
fn the_key_file_is_its_owners_and_refused_where_others_may_read_it() {
    let database = TestDatabase::empty();
    run_json(&database, &["keys", "generate"]);
    let path = database.folder.path().join("keys.json");
    let mode = || metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    run_json(&database, &["keys", "add"]);
    assert_eq!(mode(), 0o600);
    for open in [0o640, 0o604, 0o660] {
        set_permissions(&path, Permissions::from_mode(open)).unwrap();
        let at = path.display();
        let expected = format!(
            "ticketgate: failed to trust the key ring {at}: others may read it (mode {open:o}); \
             run `chmod 600 {at}`"
        );
        assert_eq!(failure(command(&database, &["keys", "list"])), expected);
        assert_eq!(failure(command(&database, &["serve", "--bind", "127.0.0.1:0"])), expected);
    }
}

#[test]
fn a_damaged_key_file_is_refused_without_showing_what_is_in_it() {
    let database = TestDatabase::empty();
    run_json(&database, &["keys", "generate"]);
    let path = database.folder.path().join("keys.json");
    let whole = read_to_string(&path).unwrap();
    let secrets = |text: &str| -> Vec<String> {
        let ring: Value = serde_json::from_str(text).unwrap();
        let texts = ring.to_string();
        texts.split('"').filter(|part| part.len() >= 40).map(str::to_owned).collect()
    };
    let secrets = secrets(&whole);
    assert!(secrets.len() >= 2, "the AES key and the Ed25519 key");
    for damaged in
        [whole.split_at(whole.len() / 2).0, "", "[]", "{}", &whole.replace("current", "courant")]
    {
        std::fs::write(&path, damaged).unwrap();
        let said = failure(command(&database, &["serve", "--bind", "127.0.0.1:0"]));
        assert!(said.contains("key ring"), "{said}");
        assert!(!secrets.iter().any(|secret| said.contains(secret.as_str())), "{said}");
    }
}

#[test]
fn serve_without_keys_says_what_to_do() {
    let database = TestDatabase::empty();
    let path = database.folder.path().join("keys.json");
    let expected = format!(
        "ticketgate: failed to find the key ring {}: make one with `ticketgate keys generate`",
        path.display()
    );
    assert_eq!(failure(command(&database, &["serve", "--bind", "127.0.0.1:0"])), expected);
    assert!(run(&database, &["keys", "generate"]).status.success());
}

#[test]
fn a_running_server_follows_the_key_file() {
    let site = Site::new();
    let server = site.serve();
    let (partner, gate) = (site.partner(&server), site.gate(&server));
    let (old_ticket, new_ticket) = (partner.ticket(), partner.ticket());
    let old_token = partner.token(&old_ticket);
    let keys = |arguments: &[&str]| run_json(&site.database, &[&["keys"], arguments].concat());
    let ring = keys(&["add"]);
    let (first, second) =
        (ring[0]["key_id"].as_str().unwrap(), ring[1]["key_id"].as_str().unwrap());

    settle(&site.database);
    // Without a word to the server: it looks at the file by itself.
    keys(&["promote", second]);
    let sealed_with = "SELECT key_id AS value FROM qr_codes WHERE superseded_at IS NULL";
    let new_token = eventually("sealing with the promoted key", || {
        let token = partner.token(&new_ticket);
        let keys = lines(&mut site.database.session(), sealed_with);
        keys.iter().any(|key| key == second).then_some(token)
    });
    gate.look(&new_token).expect(200);
    assert_eq!(
        partner.client.get(&format!("/qr/{old_ticket}")).text_at("/encrypted_data"),
        old_token
    );

    settle(&site.database);
    let counted = keys(&["list"]);
    let live: Vec<_> = counted.as_array().unwrap().iter().map(|key| &key["live_codes"]).collect();
    assert_eq!(live, [&json!(1), &json!(1)]);
    let said = failure(site.command(&["keys", "retire", first]));
    let expected = format!(
        "ticketgate: failed to retire key {first}: 1 live QR code needs it; issue new codes, or wait until \
         the old ones expire, or end it all the same with --force"
    );
    assert_eq!(said, expected);
    assert_eq!(keys(&["list"]), counted);
    gate.look(&old_token).expect(200);
    // From now on the server forgets what it remembers of that key's tokens.
    keys(&["retire", first, "--force"]);
    let watch = Stopwatch::start();
    eventually("forgetting the retired key", || {
        (gate.look(&old_token).status != 200).then_some(())
    });
    assert!(watch.elapsed() < Duration::from_secs(1), "{:?}", watch.elapsed());
    assert_eq!(gate.look(&old_token).verdict(), (400, "QR_DECRYPTION_FAILED"));
    assert_eq!(gate.scan(&old_token, "ferry").verdict(), (422, "QR_DECRYPTION_FAILED"));
    let current = partner.client.get(&format!("/qr/{old_ticket}"));
    assert_eq!(current.verdict(), (404, "QR_NOT_ISSUED"), "its key is gone");
    gate.scan(&new_token, "ferry").expect(200);
    gate.scan(&partner.token(&old_ticket), "ferry").expect(200);
}

#[test]
fn a_key_that_was_just_added_is_promoted_when_every_server_has_had_time_to_read_it() {
    let database = TestDatabase::empty();
    run_json(&database, &["keys", "generate"]);
    let ring = run_json(&database, &["keys", "add"]);
    let watch = Stopwatch::start();
    let second = ring[1]["key_id"].as_str().unwrap();
    let done = run(&database, &["keys", "promote", second]);
    assert!(done.status.success());
    assert!(watch.elapsed() > Duration::from_secs(2), "{:?}", watch.elapsed());
    let said = String::from_utf8(done.stdout).unwrap();
    let first = said.lines().next().unwrap();
    let end = format!(" s until every server knows key {second}");
    assert!(first.starts_with("waiting ") && first.ends_with(&end), "{said}");
}

#[test]
fn keys_in_a_setting_are_listed_and_out_of_the_commands_reach() {
    let site = Site::new();
    let path = site.database.folder.path().join("keys.json");
    let ring = read_to_string(&path).unwrap();
    let listed = run_json(&site.database, &["keys", "list"]);
    std::fs::remove_file(&path).unwrap();
    let command = |arguments: &[&str]| {
        let mut command = site.command(&[&["keys"], arguments].concat());
        command.env("TICKETGATE_KEYS", &ring);
        command
    };
    let shown = command(&["list", "--json"]).output().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&shown.stdout).unwrap(), listed);
    let key_id = listed[0]["key_id"].as_str().unwrap();
    for change in
        [&["generate"][..], &["add"], &["promote", key_id], &["retire", key_id, "--force"]]
    {
        assert_eq!(
            failure(command(change)),
            "ticketgate: failed to change the key ring: it is in the setting `keys` (TICKETGATE_KEYS), out of \
             this command's reach; change it there and start the servers anew"
        );
    }
    assert!(!path.exists());
}

#[test]
fn a_running_server_keeps_its_keys_when_the_file_is_damaged() {
    let site = Site::new();
    let server = site.serve();
    let token = site.partner(&server).token(&site.partner(&server).ticket());
    std::fs::write(site.database.folder.path().join("keys.json"), "not a ring").unwrap();
    server.signal("HUP");
    assert_eq!(server.client().get("/healthz").body, json!({"status": "ok"}));
    site.gate(&server).look(&token).expect(200);
    server.signal("TERM");
    let (status, _) = server.wait();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_running_server_reads_a_key_file_once_its_owner_has_closed_it_to_others() {
    let site = Site::new();
    let path = site.database.folder.path().join("keys.json");
    let before = read_to_string(&path).unwrap();
    let added = run_json(&site.database, &["keys", "add"]);
    let second = added[1]["key_id"].as_str().unwrap();
    settle(&site.database);
    run_json(&site.database, &["keys", "promote", second]);
    let after = read_to_string(&path).unwrap();
    std::fs::write(&path, before).unwrap();
    let server = site.serve();
    // As an administrator copies it from another machine.
    let copy = path.with_file_name("copy");
    std::fs::write(&copy, after).unwrap();
    set_permissions(&copy, Permissions::from_mode(0o644)).unwrap();
    std::fs::rename(copy, &path).unwrap();
    server.until_said("others may read it (mode 644)");
    set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let public_keys = || server.client().get("/.well-known/ticketgate-keys.json").body;
    eventually("reading the key ring", || {
        (public_keys()["keys"][0]["kid"] == second).then_some(())
    });
    server.signal("TERM");
    let (_, log) = server.wait();
    assert_eq!(log.matches("others may read it").count(), 1, "{log}");
}

#[test]
fn keys_from_the_environment_serve_without_a_file_and_are_never_shown() {
    let site = Site::new();
    let path = site.database.folder.path().join("keys.json");
    let ring = read_to_string(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    let server = site.serve_with(&[("TICKETGATE_KEYS", &ring)]);
    let token = site.partner(&server).token(&site.partner(&server).ticket());
    drop(server);
    let server = site.serve_with(&[("TICKETGATE_KEYS", &ring)]);
    site.gate(&server).scan(&token, "ferry").expect(200);

    let shown = site.command(&["config", "--json"]).env("TICKETGATE_KEYS", &ring).output().unwrap();
    let settings: Vec<Value> = serde_json::from_slice(&shown.stdout).unwrap();
    let keys = settings.iter().find(|setting| setting["name"] == "keys").unwrap();
    assert_eq!((&keys["value"], &keys["source"]), (&json!(".."), &json!("TICKETGATE_KEYS")));
    let mut damaged = site.command(&["serve"]);
    damaged.env("TICKETGATE_KEYS", ring.split_at(ring.len() - 9).0);
    let said = failure(damaged);
    let start = "ticketgate: failed to use the setting keys = \"..\" from TICKETGATE_KEYS: it ";
    assert!(said.starts_with(start), "{said}");
    for secret in ring.split('"').filter(|part| part.len() >= 40) {
        assert!(!said.contains(secret), "{said}");
    }
}
