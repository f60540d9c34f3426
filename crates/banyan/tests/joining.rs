//! Machines that trust each other without a code: by a mesh key, or by a ticket.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod support;

use std::fs;

use serde_json::{Value, json};
use testkit::{Home, free_udp_port};

use support::people::Person;

fn new_key(kind: &str) -> String {
    Home::new().run(["mesh", "new", kind]).expect_code(0).stdout
}

/// A team whose machines hold one key.
fn team() -> (Person, Person, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("team.key");
    fs::write(&file, new_key("--team")).unwrap();
    let with_key = ["--mesh-key-file", file.to_str().unwrap()];
    let udp = free_udp_port();
    let anna = Person::start_with("anna", udp, &with_key);
    let bert = Person::start_with("bert", udp, &with_key);
    for (machine, other) in [(&anna, &bert), (&bert, &anna)] {
        machine.wait_until_sees(other, "trust without a click", is_up);
    }
    (anna, bert, folder)
}

fn is_up(peer: &Value) -> bool {
    peer["state"] == "trusted" && peer["session_since"].is_string()
}

fn keys(of: &Person) -> Vec<Value> {
    let listed = of.run(&["mesh", "list", "--json"]).expect_code(0).json();
    listed.as_array().unwrap().clone()
}

#[test]
fn a_new_key_is_printed_and_nothing_else_happens() {
    let home = Home::new();
    for kind in ["mine", "team"] {
        let flag = format!("--{kind}");
        let made = home.run(["mesh", "new", &flag]).expect_code(0);
        let key = made.stdout.strip_suffix('\n').unwrap();
        assert!(key.starts_with(&format!("banyan-{kind}-")), "{key}");
        assert!(!key.contains(char::is_whitespace), "{key}");
        assert!(made.stderr.is_empty(), "{made:?}");
        let again = home
            .run(["mesh", "new", &flag, "--json"])
            .expect_code(0)
            .json();
        assert_eq!(again["kind"], kind);
        assert_ne!(again["key"], key, "each is a new one");
    }
    home.run(["mesh", "new"]).expect_code(2);
    home.run(["mesh", "new", "--mine", "--team"]).expect_code(2);
    let left: Vec<_> = fs::read_dir(home.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn machines_that_hold_one_key_trust_each_other() {
    let (anna, bert, _folder) = team();
    let known = anna.sees(&bert).unwrap();
    assert_eq!(
        (&known["relation"], &known["origin"]),
        (&json!("other"), &json!("mesh_key"))
    );
    assert_eq!(anna.permission(&bert, "llm.use")["allowed"], true);
    assert_eq!(anna.permission(&bert, "admin")["allowed"], false);
    let held = keys(&anna);
    assert_eq!(held.len(), 1);
    assert_eq!(
        (&held[0]["kind"], &held[0]["devices"]),
        (&json!("team"), &json!([bert.id()]))
    );
    let text = anna.run(&["mesh", "list"]).expect_code(0).stdout;
    assert!(
        text.contains("in force") && text.contains("1 machine is"),
        "{text}"
    );
}

#[test]
fn a_rotated_key_reaches_who_is_connected() {
    let (anna, bert, _folder) = team();
    let old = keys(&anna)[0]["id"].clone();
    let said = anna.run(&["mesh", "rotate"]).expect_code(0).stdout;
    let key = said.lines().next().unwrap();
    assert!(key.starts_with("banyan-team-"), "{said}");
    assert!(said.contains("bert") && said.contains(&bert.id()), "{said}");
    support::wait_until("bert holds the new key", || {
        keys(&bert)
            .iter()
            .any(|held| held["id"] != old && held["retired_at"].is_null())
    });
    let retired = keys(&anna)
        .into_iter()
        .find(|held| held["id"] == old)
        .unwrap();
    assert!(retired["retired_at"].is_string() && retired["grace_until"].is_string());
    assert!(is_up(&anna.sees(&bert).unwrap()), "nobody notices");
}

#[test]
fn which_key_is_meant_has_to_be_clear() {
    let (anna, bert, folder) = team();
    let file = folder.path().join("mine.key");
    fs::write(&file, format!("# of us both\n{}", new_key("--mine"))).unwrap();
    let path = file.to_str().unwrap();
    let held = anna
        .run(&["mesh", "add", path, "--json"])
        .expect_code(0)
        .json();
    assert_eq!(held.as_array().unwrap().len(), 2);
    let asked = anna.run(&["mesh", "rotate"]).expect_code(2);
    assert!(asked.stderr.contains("several mesh keys"), "{asked:?}");
    assert_eq!(keys(&anna).len(), 2, "nothing was done");

    let team = keys(&anna)
        .into_iter()
        .find(|held| held["kind"] == "team")
        .unwrap();
    anna.run(&["mesh", "remove", team["id"].as_str().unwrap()])
        .expect_code(0);
    anna.wait_until_sees(&bert, "trust has ended", |peer| {
        peer["state"] == "discovered"
    });
    let refused = anna
        .run(&["mesh", "remove", "AAAAAAAA", "--json"])
        .expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "mesh_key_unknown");

    fs::write(&file, "banyan-team-nonsense").unwrap();
    let refused = anna.run(&["mesh", "add", path, "--json"]).expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "bad_mesh_key");
    let refused = anna
        .run(&["mesh", "add", "/nowhere/key", "--json"])
        .expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "mesh_key_unread");
    // A key in the place of the file is refused without being told to whoever looks.
    let key = anna.run(&["mesh", "new", "--team"]).expect_code(0);
    let refused = anna.run(&["mesh", "add", key.stdout.trim()]).expect_code(1);
    assert!(
        !refused.stderr.contains("banyan-team-"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_ticket_lets_one_machine_in_once() {
    // They do not hear each other; the ticket says where anna is.
    let anna = Person::start("anna", free_udp_port());
    let bert = Person::start("bert", free_udp_port());
    let carla = Person::start("carla", free_udp_port());
    let ticket = anna.run(&["ticket"]).expect_code(0).stdout;
    let ticket = ticket.trim_end();
    assert!(
        ticket.starts_with("banyan:") && !ticket.contains('\n'),
        "{ticket}"
    );

    let joined = bert.run(&["pair", ticket]).expect_code(0).stdout;
    assert!(
        joined.contains(&format!("Paired with anna ({})", anna.id())),
        "{joined}"
    );
    anna.wait_until_sees(&bert, "a session", is_up);
    assert_eq!(anna.sees(&bert).unwrap()["origin"], "invitation");
    let late = carla.run(&["pair", ticket, "--json"]).expect_code(1);
    assert_eq!(late.json()["error"]["code"], "invitation_used");
    let listed = anna.run(&["ticket", "list"]).expect_code(0).stdout;
    assert!(
        listed.contains(&format!("used by {}", bert.id())),
        "{listed}"
    );
}

#[test]
fn a_ticket_for_my_own_machine_needs_my_word() {
    let anna = Person::start("anna", free_udp_port());
    let bert = Person::start("bert", free_udp_port());
    let made = anna
        .run(&["ticket", "--mine", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(made["kind"], "mine");
    assert!(!made["qr"].as_array().unwrap().is_empty());
    let ticket = made["text"].as_str().unwrap();
    let refused = bert.run(&["pair", ticket, "--json"]).expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "ticket_is_mine");
    let joined = bert
        .run(&["pair", ticket, "--mine", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(joined["outcome"], "paired");
    let known = anna.wait_until_sees(&bert, "a session", is_up);
    assert_eq!(known["relation"], "mine");
}

#[test]
fn a_ticket_can_be_withdrawn_and_must_be_whole() {
    let anna = Person::start("anna", free_udp_port());
    let bert = Person::start("bert", free_udp_port());
    let made = anna.run(&["ticket", "--json"]).expect_code(0).json();
    let (id, ticket) = (made["id"].as_str().unwrap(), made["text"].as_str().unwrap());
    let cut = ticket.get(..ticket.len() - 3).unwrap();
    let refused = bert.run(&["pair", cut, "--json"]).expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "bad_ticket");
    anna.run(&["ticket", "withdraw", id]).expect_code(0);
    let refused = bert.run(&["pair", ticket, "--json"]).expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "invitation_unknown");
    let trusts = |peer: Value| peer["state"] == "trusted";
    assert!(!bert.sees(&anna).is_some_and(trusts));
}
