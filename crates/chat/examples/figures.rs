//! How fast and how small conversations are: writes one JSON object with figures.
//!
//! `cargo run --release -p chat --example figures -- [MESSAGES] [ROOMS]`; the usual
//! is a million messages in one room, and ten thousand rooms.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement ends where something fails, and prints what it found"
)]

use std::{
    env, fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use chat::{
    Before, Draft, Own, Store, Wall,
    sync::{Effect, Machine},
};
use wire::{
    DeviceCertificate, DeviceId, DeviceKey, Label, PersonKey, Signature, Signer,
    room::{MessageBody, RoomId, Speaker},
};

struct Hand(DeviceKey);

impl Signer for Hand {
    fn device_id(&self) -> DeviceId {
        self.0.id()
    }

    fn sign(&self, label: Label, fields: &[u8]) -> Signature {
        self.0.sign(label, fields)
    }
}

/// One of two machines of one person.
fn open(folder: &Path, number: u8) -> Store {
    let device = DeviceKey::from_seed(&[number; 32]);
    let certificate = DeviceCertificate::issue(&PersonKey::from_seed(&[100; 32]), device.id());
    let own = Own {
        signer: Arc::new(Hand(device)),
        certificate,
    };
    let file = folder.join(format!("{number}.db"));
    Store::open(&file, &own, &[number; 32], Wall(0))
        .unwrap()
        .store
}

const WORDS: [&str; 16] = [
    "banyan", "tree", "machine", "answer", "question", "model", "network", "evening", "river",
    "mountain", "letter", "window", "garden", "silver", "morning", "paper",
];

fn draft(store: &mut Store, room: RoomId, number: usize) -> (Draft, Wall) {
    let (nonce, _) = store.new_message(room);
    // About what people write: some forty words, one of them rare.
    let mut text = format!("message{number}");
    for turn in 0..40 {
        text.push(' ');
        let place = (number * 7 + turn * (1 + number % 5)) % WORDS.len();
        text.push_str(WORDS.get(place).unwrap());
    }
    let body = MessageBody {
        text,
        ..MessageBody::default()
    };
    let draft = Draft {
        nonce,
        parent: None,
        speaker: Speaker::Person,
        body,
    };
    (draft, Wall(number as i64))
}

fn main() {
    let mut arguments = env::args().skip(1).map(|text| text.parse().unwrap());
    let messages: usize = arguments.next().unwrap_or(1_000_000);
    let rooms: usize = arguments.next().unwrap_or(10_000);
    let folder = tempfile::tempdir().unwrap();
    let mut one = open(folder.path(), 1);

    let (room, _) = one.create_room("a long one", Wall(0)).unwrap();
    let singles = 500;
    let begun = Instant::now();
    for number in 0..singles {
        let (draft, wall) = draft(&mut one, room, number);
        one.post(room, draft, wall).unwrap();
    }
    let own_writes = singles as f64 / begun.elapsed().as_secs_f64();

    let begun = Instant::now();
    let mut number = singles;
    while number < messages {
        let drafts =
            (number..messages.min(number + 2000)).map(|number| draft(&mut one, room, number));
        let drafts: Vec<_> = drafts.collect();
        number += drafts.len();
        one.post_all(room, drafts).unwrap();
    }
    let imported = (messages - singles) as f64 / begun.elapsed().as_secs_f64();

    let mut two = open(folder.path(), 2);
    let begun = Instant::now();
    meet(&mut one, &mut two);
    let catch_up = begun.elapsed();
    assert_eq!(one.heads(room), two.heads(room));

    let first_page = median(21, || {
        assert_eq!(two.messages(room, Before::END, 100).unwrap().len(), 100);
    });
    let rare = format!("message{}", messages / 2);
    let search_rare = median(21, || {
        assert_eq!(two.search(&rare, None, 20).unwrap().len(), 1);
    });
    let search_common = median(21, || {
        assert_eq!(two.search("banyan river", None, 20).unwrap().len(), 20);
    });
    two.close().unwrap();
    let bytes = fs::metadata(folder.path().join("2.db")).unwrap().len();

    let mut many = open(folder.path(), 3);
    for number in 0..rooms {
        let (room, _) = many
            .create_room(&format!("room {number}"), Wall(0))
            .unwrap();
        let drafts = (0..10)
            .map(|number| draft(&mut many, room, number))
            .collect();
        many.post_all(room, drafts).unwrap();
    }
    many.close().unwrap();
    let resident = resident_kib();
    let begun = Instant::now();
    let mut many = open(folder.path(), 3);
    let opened = begun.elapsed();
    let begun = Instant::now();
    assert_eq!(many.rooms().unwrap().len(), rooms);
    let listed = begun.elapsed();
    let grown = resident_kib().saturating_sub(resident);

    println!(
        "{{\"messages\":{messages},\"rooms\":{rooms},\"own_writes_per_s\":{own_writes:.0},\
         \"imported_per_s\":{imported:.0},\"catch_up_s\":{:.2},\"caught_up_per_s\":{:.0},\
         \"last_100_ms\":{:.2},\"search_rare_ms\":{:.2},\"search_common_ms\":{:.2},\
         \"bytes_per_message\":{},\"open_rooms_ms\":{:.1},\"list_rooms_ms\":{:.1},\
         \"rooms_memory_kib\":{grown}}}",
        catch_up.as_secs_f64(),
        messages as f64 / catch_up.as_secs_f64(),
        millis(first_page),
        millis(search_rare),
        millis(search_common),
        bytes / messages as u64,
        millis(opened),
        millis(listed),
    );
}

/// Two machines speak until nothing is left to say.
fn meet(one: &mut Store, two: &mut Store) {
    let (mut first, mut second) = (Machine::default(), Machine::default());
    first.up(two.device(), two.person(), one).unwrap();
    second.up(one.device(), one.person(), two).unwrap();
    let (from_one, from_two) = (one.device(), two.device());
    loop {
        let mut quiet = true;
        while let Some(effect) = first.poll_effect() {
            if let Effect::Send { frame, .. } = effect {
                second.heard(from_one, &frame, two).unwrap();
                quiet = false;
            }
        }
        while let Some(effect) = second.poll_effect() {
            if let Effect::Send { frame, .. } = effect {
                first.heard(from_two, &frame, one).unwrap();
                quiet = false;
            }
        }
        if quiet {
            return;
        }
    }
}

fn median(times: usize, mut run: impl FnMut()) -> Duration {
    let mut taken: Vec<Duration> = (0..times)
        .map(|_| {
            let begun = Instant::now();
            run();
            begun.elapsed()
        })
        .collect();
    taken.sort();
    taken.get(times / 2).copied().unwrap_or_default()
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Where the system tells; nothing elsewhere.
fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
