//! A process that writes is killed at random points, round after round: whatever it
//! acknowledged is there afterwards, the file opens, and the chain goes on.
//!
//! `BANYAN_CRASHES=1000` plays more rounds.
#![expect(
    clippy::unwrap_used,
    reason = "a test says what must hold in the shortest way"
)]

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use chat::{Before, Draft, Own, Store, Text, Wall};
use wire::{
    DeviceCertificate, DeviceId, DeviceKey, Label, PersonKey, Signature, Signer,
    room::{MessageBody, RoomId, Speaker},
};

/// In the environment of the process that is killed: the file it writes into.
const FILE: &str = "BANYAN_CRASHING_FILE";

const ROUNDS: u64 = 50;

#[test]
fn what_was_acknowledged_survives_being_killed() {
    if let Ok(file) = env::var(FILE) {
        write_until_killed(Path::new(&file));
    }
    let rounds = env::var("BANYAN_CRASHES").ok();
    let rounds = rounds.map_or(ROUNDS, |count| count.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chat.db");
    let mut store = open(&file);
    let (room, _) = store.create_room("", Wall(0)).unwrap();
    store.close().unwrap();
    let mut dice = fastrand::Rng::with_seed(7);
    let mut acknowledged = Vec::new();
    for round in 0..rounds {
        // Up to enough that the log is moved into the file in between.
        let length = if round % 10 == 9 { 400 } else { 40 };
        acknowledged.extend(crash(&file, dice.usize(1..length)));
        let mut store = open(&file);
        let here = texts(&mut store, room);
        for text in &acknowledged {
            assert!(here.contains(text), "round {round}: {text} is lost");
        }
        // At most the one that was under way when it ended.
        assert!(here.len() <= acknowledged.len() + 1, "round {round}");
        acknowledged = here;
        if round % 3 == 0 {
            store.close().unwrap();
        }
    }
    assert!(acknowledged.len() as u64 > rounds * 5);
}

/// Lets another process write until it acknowledged so many, and kills it at
/// whatever it is doing then.
fn crash(file: &Path, count: usize) -> Vec<String> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "what_was_acknowledged_survives_being_killed",
            "--nocapture",
        ])
        .env(FILE, file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("acknowledged ").map(str::to_owned));
    let mut said = said.fuse();
    let mut heard: Vec<String> = said.by_ref().take(count).collect();
    assert_eq!(heard.len(), count, "the child ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
    // What it had still said when it died.
    heard.extend(said);
    heard
}

fn write_until_killed(file: &Path) -> ! {
    let mut store = open(file);
    let room = store.rooms().unwrap().first().unwrap().id;
    let start = store.messages(room, Before::END, 100_000).unwrap().len();
    let mut out = std::io::stdout();
    for number in start.. {
        let (nonce, _) = store.new_message(room);
        let body = MessageBody {
            text: format!("message {number}"),
            ..MessageBody::default()
        };
        let draft = Draft {
            nonce,
            parent: None,
            speaker: Speaker::Person,
            body,
        };
        store.post(room, draft, Wall(0)).unwrap();
        // At the beginning of a line, whatever the test harness wrote before.
        writeln!(out, "\nacknowledged message {number}").unwrap();
        out.flush().unwrap();
    }
    std::process::exit(1)
}

fn texts(store: &mut Store, room: RoomId) -> Vec<String> {
    let messages = store.messages(room, Before::END, 100_000).unwrap();
    let texts = messages.into_iter().map(|message| match message.text {
        Text::Here(body) => body.text,
        Text::Deleted | Text::Withheld | Text::Unreadable => String::new(),
    });
    texts.collect()
}

struct Hand(DeviceKey);

impl Signer for Hand {
    fn device_id(&self) -> DeviceId {
        self.0.id()
    }

    fn sign(&self, label: Label, fields: &[u8]) -> Signature {
        self.0.sign(label, fields)
    }
}

fn open(file: &Path) -> Store {
    let device = DeviceKey::from_seed(&[1; 32]);
    let certificate = DeviceCertificate::issue(&PersonKey::from_seed(&[2; 32]), device.id());
    let own = Own {
        signer: Arc::new(Hand(device)),
        certificate,
    };
    // A name that was used before would be another message.
    let mut seed = [0; 32];
    seed.iter_mut().for_each(|byte| *byte = fastrand::u8(..));
    let opened = Store::open(file, &own, &seed, Wall(0)).unwrap();
    assert_eq!(opened.set_aside, None);
    opened.store
}
