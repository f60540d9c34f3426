//! What the store promises about its file: what was acknowledged is there again,
//! what was deleted is nowhere, and a damaged file is set aside and said so.
#![expect(
    clippy::unwrap_used,
    reason = "a test says what must hold in the shortest way"
)]

use std::{fs, path::Path, sync::Arc};

use chat::{Before, Draft, Note, Opened, Own, RoomState, Store, StoreError, Text, Wall};
use tempfile::TempDir;
use wire::{
    DeviceCertificate, DeviceId, DeviceKey, Label, PersonId, PersonKey, Signature, Signer,
    room::{
        AttachmentBody, MessageBody, MessageId, MetaField, Outcome, Rank, RoomId, Speaker, Topic,
    },
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

fn own() -> Own {
    let device = DeviceKey::from_seed(&[1; 32]);
    let certificate = DeviceCertificate::issue(&PersonKey::from_seed(&[2; 32]), device.id());
    Own {
        signer: Arc::new(Hand(device)),
        certificate,
    }
}

fn somebody() -> PersonId {
    PersonKey::from_seed(&[9; 32]).id()
}

fn open(file: &Path) -> Opened {
    Store::open(file, &own(), &[3; 32], Wall(1)).unwrap()
}

fn store(folder: &TempDir) -> Store {
    open(&folder.path().join("chat.db")).store
}

fn say(store: &mut Store, room: RoomId, text: &str) -> MessageId {
    let (nonce, id) = store.new_message(room);
    let draft = Draft {
        nonce,
        parent: None,
        speaker: Speaker::Person,
        body: MessageBody {
            text: text.to_owned(),
            ..MessageBody::default()
        },
    };
    store.post(room, draft, Wall(5)).unwrap();
    id
}

fn texts(store: &mut Store, room: RoomId) -> Vec<String> {
    let messages = store.messages(room, Before::END, 1000).unwrap();
    let text = |text: &Text| match text {
        Text::Here(body) => body.text.clone(),
        Text::Deleted | Text::Withheld | Text::Unreadable => format!("{text:?}"),
    };
    messages.iter().map(|message| text(&message.text)).collect()
}

#[test]
fn what_was_written_is_there_after_closing_and_after_being_killed() {
    let folder = TempDir::new().unwrap();
    let mut first = store(&folder);
    let (room, _) = first.create_room("a room", Wall(4)).unwrap();
    say(&mut first, room, "one");
    first.close().unwrap();
    let mut second = store(&folder);
    assert_eq!(texts(&mut second, room), ["one"]);
    say(&mut second, room, "two");
    let heads = second.heads(room);
    // The file as a killed process leaves it.
    let copy = TempDir::new().unwrap();
    for name in ["chat.db", "chat.db-wal"] {
        fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let mut third = store(&copy);
    assert_eq!(texts(&mut third, room), ["one", "two"]);
    assert_eq!(third.heads(room), heads);
    let rooms = third.rooms().unwrap();
    assert_eq!((rooms.len(), rooms[0].messages), (1, 2));
    assert_eq!(rooms[0].title, "a room");
    assert_eq!(rooms[0].last, Wall(5));
}

/// A power cut may leave any beginning of the log. Whichever it is, the file opens
/// and holds what was acknowledged before the last transaction.
#[test]
fn a_log_that_was_cut_off_anywhere_loses_only_the_last_transaction() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("chat.db");
    let mut whole = store(&folder);
    let (room, _) = whole.create_room("", Wall(4)).unwrap();
    say(&mut whole, room, "kept");
    let log = |name: &str| folder.path().join(format!("chat.db{name}"));
    let before = fs::metadata(log("-wal")).unwrap().len();
    say(&mut whole, room, "last");
    let bytes = fs::read(log("-wal")).unwrap();
    let after = bytes.len() as u64;
    assert!(after > before);
    let file_bytes = fs::read(&file).unwrap();
    let copy = TempDir::new().unwrap();
    let mut last_seen = 0;
    // Every byte near the edges of frames, and many between.
    let cuts = (before..=after).filter(|cut| {
        let place = (cut - 32) % 4120;
        !(26..=4118).contains(&place) || cut % 97 == 0
    });
    for cut in cuts {
        fs::write(copy.path().join("chat.db"), &file_bytes).unwrap();
        let cut = usize::try_from(cut).unwrap();
        fs::write(copy.path().join("chat.db-wal"), &bytes[..cut]).unwrap();
        let mut opened = open(&copy.path().join("chat.db"));
        assert_eq!(opened.set_aside, None, "cut at {cut}");
        let texts = texts(&mut opened.store, room);
        assert!(
            texts == ["kept"] || texts == ["kept", "last"],
            "cut at {cut}: {texts:?}"
        );
        last_seen += usize::from(texts.len() == 2);
        drop(opened);
    }
    assert!(last_seen > 0);
}

#[test]
fn a_deleted_text_is_nowhere_in_the_file() {
    let folder = TempDir::new().unwrap();
    let mut store = store(&folder);
    let (room, _) = store.create_room("", Wall(4)).unwrap();
    let secret = say(&mut store, room, "zanzibarquux is my secret");
    let kept = say(&mut store, room, "harmless");
    assert_eq!(store.search("zanzibarquux", None, 10).unwrap().len(), 1);
    let file = AttachmentBody {
        name: "xylophonequux.txt".to_owned(),
        media_type: "text/plain".to_owned(),
    };
    store
        .attach(room, secret, &file, b"plughquux", Wall(6))
        .unwrap();
    assert_eq!(store.attachments(room, secret).unwrap().len(), 1);
    let deleted = store.delete(room, secret, Wall(7)).unwrap();
    assert_eq!(store.search("zanzibarquux", None, 10).unwrap(), []);
    assert_eq!(store.message(room, secret).unwrap().text, Text::Deleted);
    assert_eq!(store.attachments(room, secret).unwrap(), []);
    let delivery = store.delivery(deleted).unwrap();
    assert_eq!((delivery.devices.len(), delivery.confirmed.len()), (0, 0));
    assert_eq!(
        store.message(room, kept).unwrap().outcome,
        Outcome::Complete
    );
    store.close().unwrap();
    let bytes = fs::read(folder.path().join("chat.db")).unwrap();
    for word in ["zanzibarquux", "xylophonequux", "plughquux", "my secret"] {
        let found = bytes
            .windows(word.len())
            .any(|window| window == word.as_bytes());
        assert!(!found, "{word}");
    }
    assert!(bytes.windows(8).any(|window| window == b"harmless"));
    assert!(!folder.path().join("chat.db-wal").exists());
}

#[test]
fn a_room_that_was_let_go_is_erased_and_does_not_come_back() {
    let folder = TempDir::new().unwrap();
    let mut store = store(&folder);
    let (room, _) = store.create_room("kwyjibotitle", Wall(4)).unwrap();
    say(&mut store, room, "kwyjibotext");
    store.let_go(room).unwrap();
    assert_eq!(store.room_state(room), Some(RoomState::LetGo));
    assert!(matches!(
        store.messages(room, Before::END, 1),
        Err(StoreError::NoRoom)
    ));
    assert_eq!(store.search("kwyjibotext", None, 5).unwrap(), []);
    assert!(!store.offered(room, somebody(), "again").unwrap());
    store.close().unwrap();
    let bytes = fs::read(folder.path().join("chat.db")).unwrap();
    assert!(!bytes.windows(7).any(|window| window == b"kwyjibo"));
}

#[test]
fn words_are_found_however_they_are_spelled() {
    let folder = TempDir::new().unwrap();
    let mut store = store(&folder);
    let (room, _) = store.create_room("", Wall(4)).unwrap();
    let persian = say(&mut store, room, "كتاب‌های قدیمی در سال ۱۴۰۳");
    let french = say(&mut store, room, "Un café, s'il vous plaît");
    let japanese = say(&mut store, room, "これは日本語です");
    let mut found = |words: &str| -> Vec<MessageId> {
        let found = store.search(words, None, 10).unwrap();
        found.iter().map(|found| found.message).collect()
    };
    for words in ["کتابهای", "کتاب‌های 1403", "قديمي", "کتا"] {
        assert_eq!(found(words), [persian], "{words}");
    }
    assert_eq!(found("CAFE plait"), [french]);
    assert_eq!(found("日本"), [japanese]);
    // Words, and not a language: none of this is an error or finds everything.
    for words in [
        "\"",
        "cafe OR zzz",
        "text:cafe",
        "NEAR(",
        "*",
        "-cafe (",
        "",
    ] {
        assert!(found(words).len() <= 1, "{words}");
    }
    assert_eq!(found("cafe OR zzz"), []);
}

#[test]
fn a_damaged_file_is_set_aside_and_what_can_be_read_comes_over() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("chat.db");
    let mut first = store(&folder);
    let (room, _) = first.create_room("", Wall(4)).unwrap();
    for number in 0..200 {
        say(
            &mut first,
            room,
            &format!("number {number} {}", "x".repeat(300)),
        );
    }
    first.close().unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let late = bytes.len() * 3 / 4;
    bytes[late..late + 3000].fill(0xa5);
    fs::write(&file, &bytes).unwrap();
    // As after a crash: then everything is looked at.
    let unclean = rusqlite_flag(&file);
    assert!(unclean.is_ok(), "{unclean:?}");
    let opened = open(&file);
    let (aside, saved) = opened.set_aside.unwrap();
    assert!(aside.exists());
    let mut store = opened.store;
    assert!(saved > 0);
    assert!(!texts(&mut store, room).is_empty());
    drop(store);
    // Something that never was a database.
    fs::write(&file, b"this is not a database, and never was one").unwrap();
    let _ = fs::remove_file(folder.path().join("chat.db-wal"));
    let opened = open(&file);
    assert_eq!(opened.set_aside.unwrap().1, 0);
}

/// Says in the file that its last end was not in order.
fn rusqlite_flag(file: &Path) -> rusqlite::Result<()> {
    let connection = rusqlite::Connection::open(file)?;
    connection.execute("UPDATE life SET closed_in_order = 0", [])?;
    connection.close().map_err(|(_, error)| error)
}

#[test]
fn a_file_of_a_newer_build_is_refused_or_opened_as_it_says() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("chat.db");
    store(&folder).close().unwrap();
    let newer = |may_open: bool| {
        let connection = rusqlite::Connection::open(&file).unwrap();
        connection
            .execute(
                "INSERT OR REPLACE INTO schema_history VALUES (99, 'newer', ?, 0)",
                [may_open],
            )
            .unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
    };
    newer(false);
    let refused = Store::open(&file, &own(), &[3; 32], Wall(1));
    assert!(
        matches!(refused, Err(StoreError::Newer { version: 99, .. })),
        "{refused:?}"
    );
    newer(true);
    assert_eq!(open(&file).set_aside, None);
}

#[test]
fn personal_values_are_set_and_taken_back() {
    let folder = TempDir::new().unwrap();
    let mut store = store(&folder);
    let note = |value: Option<&[u8]>| Note {
        topic: Topic::Pinned,
        subject: b"room".to_vec(),
        value: value.map(<[u8]>::to_vec),
    };
    assert_eq!(store.notes(Topic::Pinned).unwrap(), []);
    store.note(vec![note(Some(b"1"))], Wall(1)).unwrap();
    store.note(vec![note(Some(b"2"))], Wall(0)).unwrap();
    assert_eq!(store.notes(Topic::Pinned).unwrap(), [note(Some(b"2"))]);
    assert_eq!(store.notes(Topic::Draft).unwrap(), []);
    store.note(vec![note(None)], Wall(2)).unwrap();
    assert_eq!(store.notes(Topic::Pinned).unwrap(), []);
    // The personal room is no conversation.
    assert_eq!(store.rooms().unwrap(), []);
}

#[test]
fn everything_of_a_room_can_be_taken_along() {
    let folder = TempDir::new().unwrap();
    let mut store = store(&folder);
    let (room, _) = store.create_room("plans", Wall(4)).unwrap();
    store
        .set_meta(room, MetaField::SystemPrompt, "be short", Wall(5))
        .unwrap();
    store
        .add(room, somebody(), Rank::Member, true, Wall(5))
        .unwrap();
    let message = say(&mut store, room, "hello");
    store
        .set_outcome(room, message, Outcome::Stopped, Wall(6))
        .unwrap();
    let exported = store.export(room).unwrap();
    assert_eq!(exported.title, "plans");
    assert_eq!(exported.system_prompt.as_deref(), Some("be short"));
    assert_eq!(exported.people[&somebody()], Rank::Member);
    assert_eq!(exported.messages[0].0.outcome, Outcome::Stopped);
    store.remove(room, somebody(), Wall(7)).unwrap();
    assert_eq!(store.present(room), [store.person()]);
}

#[test]
fn too_long_a_text_is_refused_and_nothing_is_written() {
    let folder = TempDir::new().unwrap();
    let mut store = store(&folder);
    let (room, _) = store.create_room("", Wall(4)).unwrap();
    let heads = store.heads(room);
    let (nonce, _) = store.new_message(room);
    let draft = Draft {
        nonce,
        parent: None,
        speaker: Speaker::Person,
        body: MessageBody {
            text: "x".repeat(600_000),
            ..MessageBody::default()
        },
    };
    let refused = store.post(room, draft, Wall(5));
    assert!(
        matches!(refused, Err(StoreError::TooLong { .. })),
        "{refused:?}"
    );
    assert_eq!(store.heads(room), heads);
    // What is not a reason to refuse is written as it is.
    say(&mut store, room, "<script>alert(1)</script>\u{0}");
    assert_eq!(texts(&mut store, room), ["<script>alert(1)</script>\u{0}"]);
}

#[test]
fn who_goes_on_as_another_person_keeps_rooms_and_notes() {
    let folder = TempDir::new().unwrap();
    let mut store = store(&folder);
    let old = store.person();
    let (room, _) = store.create_room("mine", Wall(4)).unwrap();
    say(&mut store, room, "as before");
    let note = Note {
        topic: Topic::Draft,
        subject: b"room".to_vec(),
        value: Some(b"half a sentence".to_vec()),
    };
    store.note(vec![note.clone()], Wall(4)).unwrap();
    let new = PersonKey::from_seed(&[5; 32]);
    let certificate = DeviceCertificate::issue(&new, store.device());
    assert_eq!(store.become_person(certificate, Wall(5)).unwrap().len(), 3);
    assert_eq!(store.present(room), [new.id()]);
    let mine = say(&mut store, room, "as after");
    let said = store.message(room, mine).unwrap();
    assert_eq!((said.person, said.author), (new.id(), store.device()));
    assert_eq!(texts(&mut store, room), ["as before", "as after"]);
    assert_eq!(store.notes(Topic::Draft).unwrap(), [note]);
    assert_ne!(store.person(), old);
    // Whoever still has the old key rules over nothing here.
    assert!(!store.standing(room).unwrap().present().contains_key(&old));
}
