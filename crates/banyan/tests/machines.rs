//! Two real nodes on loopback, and the command lines of the two people who own
//! them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where it stopped"
)]

mod support;

use serde_json::{Value, json};
use testkit::{Output, free_tcp_port, free_udp_port};

use support::people::Person;

/// They found each other, and know what the other is called.
fn two() -> (Person, Person) {
    let udp = free_udp_port();
    let (anna, bert) = (Person::start("anna", udp), Person::start("bert", udp));
    anna.wait_until_sees(&bert, "anna finds bert", |peer| peer["name"] == "bert");
    bert.wait_until_sees(&anna, "bert finds anna", |peer| peer["name"] == "anna");
    (anna, bert)
}

/// Anna asked and bert opened; the code is on both screens.
fn compare(anna: &Person, bert: &Person) -> String {
    let asking = anna.begin(&["pair", "bert", "--json"]);
    bert.wait_for_request_of(anna);
    let there = bert
        .run(&["accept", "anna", "--json"])
        .expect_code(0)
        .json();
    let here = asking.end().expect_code(0).json();
    for shown in [&here, &there] {
        assert_eq!(shown["step"], "compare", "{shown}");
    }
    assert_eq!(here["code"], there["code"]);
    assert_eq!(there["peer"]["short_id"], anna.id());
    here["code"].as_str().unwrap().to_owned()
}

/// Each gives the code that the other's screen shows.
fn pair(anna: &Person, bert: &Person, anna_says: &[&str], bert_says: &[&str]) -> [Output; 2] {
    let code = compare(anna, bert);
    let ask = [&["pair", "bert", "--code", &code], anna_says].concat();
    let accept = [&["accept", "anna", "--code", &code], bert_says].concat();
    let asking = anna.begin(&ask);
    let accepted = bert.run(&accept);
    [asking.end(), accepted].map(|output| output.expect_code(0))
}

/// A code that is certainly another one.
fn another(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[test]
fn two_command_lines_pair() {
    let (anna, bert) = two();
    let [here, there] = pair(&anna, &bert, &[], &["--json"]);
    assert!(
        here.stdout
            .contains(&format!("Paired with bert ({})", bert.id())),
        "{here:?}"
    );
    assert_eq!(there.json()["outcome"], "paired");

    let connected = |peer: &Value| peer["session_since"].is_string();
    let known = anna.wait_until_sees(&bert, "a session", connected);
    bert.wait_until_sees(&anna, "a session", connected);
    assert_eq!(known["state"], "trusted");
    assert_eq!(known["relation"], "other");
    assert_eq!(known["has_llm"], false);
    assert!(known["id"].as_str().unwrap().len() > 50, "{known}");
    assert!(known["person"].is_string() && known["last_seen"].is_string());
    let address = format!("127.0.0.1:{}", bert.tcp);
    assert!(
        known["addresses"]
            .as_array()
            .unwrap()
            .contains(&json!(address))
    );
    for permission in known["permissions"].as_array().unwrap() {
        assert_eq!(permission["allowed"], false, "{permission}");
    }

    let listed = anna.run(&["peers"]).expect_code(0).stdout;
    for part in ["bert", &bert.id(), "someone else's", "connected", &address] {
        assert!(listed.contains(part), "{part} is missing: {listed}");
    }
    let status = anna.run(&["status"]).expect_code(0).stdout;
    assert!(status.contains("1 connected, 1 trusted, 0 new"), "{status}");
    let status = anna.run(&["status", "--json"]).expect_code(0).json();
    assert_eq!(
        status["peers"],
        json!({"connected": 1, "trusted": 1, "new": 0})
    );
}

#[test]
fn a_machine_is_mine_where_both_sides_say_so() {
    let (anna, bert) = two();
    let [here, there] = pair(&anna, &bert, &["--mine"], &[]);
    assert!(
        here.stdout.contains("the other side did not say"),
        "{here:?}"
    );
    assert!(there.stdout.contains("banyan allow"), "{there:?}");
    assert_eq!(anna.sees(&bert).unwrap()["relation"], "other");

    anna.run(&["forget", "bert"]).expect_code(0);
    bert.run(&["forget", "anna"]).expect_code(0);
    for (machine, other) in [(&anna, &bert), (&bert, &anna)] {
        machine.wait_until_sees(other, "a stranger", |peer| peer["state"] == "discovered");
    }
    let [here, _] = pair(&anna, &bert, &["--mine"], &["--mine"]);
    assert!(here.stdout.contains("Both machines are yours"), "{here:?}");
    assert_eq!(anna.sees(&bert).unwrap()["relation"], "mine");
}

#[test]
fn another_code_is_refused_on_both_sides() {
    let (anna, bert) = two();
    let code = compare(&anna, &bert);
    let accepting = bert.begin(&["accept", "anna", "--code", &code, "--json"]);
    bert.wait_until_sees(&anna, "bert's answer", |peer| {
        peer["pairing"]["step"] == "confirmed"
    });
    let refused = anna
        .run(&["pair", "bert", "--code", &another(&code)])
        .expect_code(1);
    assert!(
        refused.stdout.contains("The codes are different"),
        "{refused:?}"
    );
    let told = accepting.end().expect_code(1).json();
    assert_eq!(told["outcome"], "codes_differ_there");
    for (machine, other) in [(&anna, &bert), (&bert, &anna)] {
        machine.wait_until_sees(other, "a stranger", |peer| peer["state"] == "discovered");
    }
}

#[test]
fn whoever_answers_second_hears_that_the_codes_differed() {
    let (anna, bert) = two();
    let code = compare(&anna, &bert);
    anna.run(&["pair", "bert", "--code", &another(&code)])
        .expect_code(1);
    bert.wait_until_sees(&anna, "the end", |peer| peer["pairing"]["step"] == "ended");
    let told = bert
        .run(&["accept", "anna", "--code", &code, "--json"])
        .expect_code(1)
        .json();
    assert_eq!(told["outcome"], "codes_differ_there", "{told}");
}

#[test]
fn without_a_code_it_says_how_to_go_on() {
    let (anna, bert) = two();
    let asking = anna.begin(&["pair", "bert"]);
    bert.wait_for_request_of(&anna);
    let listed = bert.run(&["peers"]).expect_code(0).stdout;
    let hint = format!("anna asks for pairing: `banyan accept {}`", anna.id());
    assert!(listed.contains(&hint), "{listed}");

    let opened = bert.run(&["accept", &anna.id(), "--mine"]).expect_code(0);
    let run = format!("banyan accept {} --code CODE --mine", anna.id());
    assert!(opened.stdout.contains(&run), "{opened:?}");
    let asked = asking.end().expect_code(0);
    assert!(asked.stdout.contains("Asking bert"), "{asked:?}");
    for part in ["anna", "bert", &anna.id(), &bert.id()] {
        assert!(asked.stdout.contains(part), "{part}: {asked:?}");
        assert!(opened.stdout.contains(part), "{part}: {opened:?}");
    }
    let digits = |said: &str| {
        let line = said.lines().find(|line| line.contains("Code")).unwrap();
        let groups: Vec<_> = line.split_whitespace().skip(1).map(str::to_owned).collect();
        assert_eq!(groups.iter().map(String::len).collect::<Vec<_>>(), [3, 3]);
        groups.concat()
    };
    assert_eq!(digits(&asked.stdout), digits(&opened.stdout));
    let waiting = anna.sees(&bert).unwrap();
    assert_eq!(waiting["pairing"]["step"], "compare", "it is left open");
}

#[test]
fn a_request_that_never_came_is_not_accepted() {
    let (anna, bert) = two();
    let refused = bert.run(&["accept", "anna", "--json"]).expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "no_pairing");
    assert_eq!(anna.sees(&bert).unwrap()["pairing"], Value::Null);
}

#[test]
fn names_mean_one_machine_or_none() {
    let udp = free_udp_port();
    let anna = Person::start("anna", udp);
    let twins = [Person::start("twin", udp), Person::start("twin", udp)];
    for twin in &twins {
        anna.wait_until_sees(twin, "a twin", |peer| peer["name"] == "twin");
    }
    let refused = anna.run(&["block", "twin", "--json"]).expect_code(1).json();
    assert_eq!(refused["error"]["code"], "ambiguous_peer");
    for twin in &twins {
        let fix = refused["error"]["text"].as_str().unwrap();
        assert!(fix.contains(&twin.id()), "{refused}");
    }
    anna.run(&["block", &twins[0].id()]).expect_code(0);
    assert_eq!(anna.sees(&twins[0]).unwrap()["state"], "blocked");
    assert_eq!(anna.sees(&twins[1]).unwrap()["state"], "discovered");

    for command in ["pair", "accept", "block", "forget", "adopt-name", "audit"] {
        let refused = anna.run(&[command, "carla", "--json"]).expect_code(1);
        assert_eq!(refused.json()["error"]["code"], "unknown_peer", "{command}");
    }
}

#[test]
fn an_address_by_hand_leads_to_a_machine_that_is_not_heard() {
    let (anna, bert) = (
        Person::start("anna", free_udp_port()),
        Person::start("bert", free_udp_port()),
    );
    let address = format!("127.0.0.1:{}", bert.tcp);
    let asking = anna.begin(&["pair", &address, "--json"]);
    bert.wait_for_request_of(&anna);
    let there = bert
        .run(&["accept", "anna", "--json"])
        .expect_code(0)
        .json();
    let here = asking.end().expect_code(0).json();
    assert_eq!(here["code"], there["code"]);
    assert_eq!(here["peer"]["short_id"], bert.id());

    let nobody = format!("127.0.0.1:{}", free_tcp_port());
    let refused = anna.run(&["pair", &nobody, "--json"]).expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "reach_refused");
    let refused = anna.run(&["pair", "a.b:99999", "--json"]).expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "bad_address");
    let refused = anna
        .run(&["pair", "[fe80::1]:7878", "--json"])
        .expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "address_needs_interface");
}

#[test]
fn what_was_decided_holds_and_is_written_down() {
    let (anna, bert) = two();
    pair(&anna, &bert, &[], &[]);
    let said = anna.run(&[
        "allow",
        "bert",
        "llm.use",
        "--rate",
        "7",
        "--models",
        "qwen3,gemma3",
    ]);
    let said = said.expect_code(0).stdout;
    assert!(
        said.contains("may send questions to shared models"),
        "{said}"
    );
    assert!(said.contains("7 questions a minute"), "{said}");
    let allowed = anna.permission(&bert, "llm.use");
    assert_eq!(allowed["allowed"], true);
    assert_eq!(allowed["term"], "always");
    assert_eq!(allowed["llm"]["requests_per_minute"], 7);
    assert_eq!(allowed["llm"]["models"], json!(["gemma3", "qwen3"]));
    assert!(
        allowed["llm"]["concurrency"].as_u64().unwrap() > 0,
        "as usual"
    );

    anna.run(&[
        "allow",
        "bert",
        "files.read",
        "--for",
        "2h",
        "--folder",
        "papers",
    ])
    .expect_code(0);
    let allowed = anna.permission(&bert, "files.read");
    assert_eq!(
        (&allowed["term"], &allowed["folders"]),
        (&json!("until"), &json!(["papers"]))
    );
    assert!(allowed["until"].is_string());
    anna.run(&["allow", "bert", "models.copy", "--once"])
        .expect_code(0);
    assert_eq!(anna.permission(&bert, "models.copy")["term"], "once");

    let said = anna.run(&["deny", "bert", "llm.use"]).expect_code(0).stdout;
    assert!(said.contains("may not send questions"), "{said}");
    assert_eq!(anna.permission(&bert, "llm.use")["allowed"], false);
    anna.run(&["deny", "bert", "everything"]).expect_code(2);
    anna.run(&["allow", "bert", "admin", "--rate", "7"])
        .expect_code(2);

    let kinds = |arguments: &[&str]| -> Vec<String> {
        let entries = anna.run(arguments).expect_code(0).json();
        let entries = entries.as_array().unwrap().iter();
        entries
            .map(|entry| entry["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    let written = kinds(&["audit", "bert", "--json"]);
    assert_eq!(&written[..4], ["denied", "allowed", "allowed", "allowed"]);
    assert!(written.contains(&"paired".to_owned()), "{written:?}");
    assert_eq!(kinds(&["audit", "--limit", "1", "--json"]), ["denied"]);
    let text = anna.run(&["audit"]).expect_code(0).stdout;
    assert!(text.contains("denied") && text.contains("bert"), "{text}");
}

#[test]
fn one_asks_for_models_and_the_other_answers() {
    let (anna, bert) = two();
    pair(&anna, &bert, &[], &[]);
    let asked = ["access", "ask", "bert", "for the  school paper", "--json"];
    let asked = anna.run(&asked).expect_code(0).json();
    assert_eq!(asked["asked_by"], "us");
    assert_eq!(asked["state"], "open");
    let twice = anna.run(&["access", "ask", "bert", "--json"]);
    assert_eq!(
        twice.expect_code(1).json()["error"]["code"],
        "asked_already"
    );
    let list = |person: &Person| {
        let listed = person.run(&["access", "list", "--json"]).expect_code(0);
        listed.json()[0].clone()
    };
    support::wait_until("bert hears of it", || list(&bert)["state"] == "open");
    assert_eq!(list(&bert)["reason"], "for the school paper");

    let says = ["access", "allow", "anna", "--today", "--say", "gern"];
    let said = bert.run(&says).expect_code(0);
    let said = said.stdout;
    assert!(
        said.contains("anna may use the models here until"),
        "{said}"
    );
    let may = ["peers", "--json"];
    let may = bert.run(&may).expect_code(0).json();
    let models = &may[0]["permissions"][0];
    assert_eq!(models["permission"], "llm.use");
    assert_eq!(models["term"], "until");
    support::wait_until("anna hears the answer", || list(&anna)["state"] == "until");
    assert_eq!(list(&anna)["words"], "gern");
    assert_eq!(list(&anna)["until"], models["until"]);
    let nothing = bert.run(&["access", "deny", "anna", "--json"]);
    assert_eq!(nothing.expect_code(1).json()["error"]["code"], "no_request");
}

#[test]
fn blocking_forgetting_and_forgiving() {
    let (anna, bert) = two();
    pair(&anna, &bert, &[], &[]);
    anna.wait_until_sees(&bert, "a session", |peer| peer["session_since"].is_string());
    let said = anna.run(&["block", "bert"]).expect_code(0).stdout;
    assert!(
        said.starts_with("bert (") && said.contains("is blocked"),
        "{said}"
    );
    let blocked = anna.wait_until_sees(&bert, "bert is cut off", |peer| {
        peer["state"] == "blocked" && peer["session_since"].is_null()
    });
    assert_eq!(blocked["permissions"], json!([]));
    let refused = anna.run(&["pair", "bert", "--json"]).expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "blocked");
    let refused = anna
        .run(&["allow", "bert", "llm.use", "--json"])
        .expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "blocked");

    let undone = anna
        .run(&["unblock", "bert", "--json"])
        .expect_code(0)
        .json();
    assert_eq!(undone["short_id"], bert.id());
    anna.wait_until_sees(&bert, "a stranger again", |peer| {
        peer["state"] == "discovered"
    });
    let refused = anna.run(&["unblock", "bert", "--json"]).expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "not_blocked");

    let refused = anna.run(&["adopt-name", "bert", "--json"]).expect_code(1);
    assert_eq!(refused.json()["error"]["code"], "not_known");
    bert.run(&["forget", "anna"]).expect_code(0);
    assert_eq!(
        bert.sees(&anna).map(|peer| peer["state"].clone()),
        Some(json!("discovered"))
    );
}

#[cfg(unix)]
mod on_unix {
    use rustix::process::{Pid, Signal, kill_process};

    use super::*;

    #[test]
    fn a_name_changes_here_when_somebody_here_takes_it() {
        let (anna, bert) = two();
        pair(&anna, &bert, &[], &[]);
        bert.run(&["config", "set", "machine.name", "berta"])
            .expect_code(0);
        let bert = bert.restart();
        let renamed = anna.wait_until_sees(&bert, "another name", |peer| {
            peer["offered_name"] == "berta"
        });
        assert_eq!(renamed["name"], "bert");
        let said = anna.run(&["adopt-name", "bert"]).expect_code(0).stdout;
        assert_eq!(said, format!("{} is now called berta.\n", bert.id()));
        assert_eq!(anna.sees(&bert).unwrap()["name"], "berta");
    }

    #[test]
    fn ctrl_c_leaves_no_pairing_behind() {
        let (anna, bert) = two();
        let asking = anna.begin(&["pair", "bert", "--json"]);
        bert.wait_for_request_of(&anna);
        kill_process(Pid::from_child(&asking.child), Signal::INT).unwrap();
        let ended = asking.end().expect_code(1).json();
        assert_eq!(ended["outcome"], "cancelled");
        bert.wait_until_sees(&anna, "the request is gone", |peer| {
            peer["pairing"]["outcome"] == "cancelled"
        });
    }
}

#[cfg(target_os = "linux")]
mod at_a_terminal {
    use super::{support::terminal::Seated, *};

    fn asked(anna: &Person, bert: &Person) -> (Seated, String) {
        let mut command = anna.home.command(["pair", "bert"]);
        // Enough for every line to stay whole.
        command.env("TERM", "dumb").env("NO_COLOR", "1");
        let mut seated = Seated::start(command);
        bert.wait_for_request_of(anna);
        let there = bert
            .run(&["accept", "anna", "--json"])
            .expect_code(0)
            .json();
        let code = there["code"].as_str().unwrap().to_owned();
        let said = seated.hear("[y/N]");
        let (first, second) = code.split_at(3);
        assert!(
            said.contains(&format!("{first} {second}")),
            "{code}: {said}"
        );
        (seated, code)
    }

    #[test]
    fn a_person_who_says_yes_is_paired() {
        let (anna, bert) = two();
        let (mut seated, code) = asked(&anna, &bert);
        let accepting = bert.begin(&["accept", "anna", "--code", &code]);
        seated.say("y\n");
        seated.hear("Paired with bert");
        assert!(seated.end().success());
        accepting.end().expect_code(0);
    }

    #[test]
    fn anything_but_a_yes_is_a_no() {
        let (anna, bert) = two();
        let (mut seated, _) = asked(&anna, &bert);
        seated.say("\n");
        seated.hear("The codes are different");
        assert_eq!(seated.end().code(), Some(1));
        bert.wait_until_sees(&anna, "bert is told", |peer| {
            peer["pairing"]["outcome"] == "codes_differ_there"
        });
    }

    #[test]
    fn who_waits_for_an_answer_hears_that_it_is_over() {
        let (anna, bert) = two();
        let (mut seated, _) = asked(&anna, &bert);
        bert.daemon.stop();
        seated.hear("✗");
        assert_eq!(seated.end().code(), Some(1));
    }
}
