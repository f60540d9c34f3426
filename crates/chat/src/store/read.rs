//! What is shown: rooms, their messages and attachments, personal values.

use rusqlite::{OptionalExtension as _, Row, params};
use wire::{
    DeviceId, PersonId,
    room::{
        Act, AttachmentBody, BlobHash, Body as _, MessageBody, MessageId, Outcome, RoomId, Speaker,
        Topic,
    },
};

use super::{
    Note, RoomState, Store, StoreError, Wall,
    held::{column, nonsense, rows},
    log,
};
use crate::members::Standing;

/// A room in the list of rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    pub id: RoomId,
    pub title: String,
    /// When something last happened, by the clock of whoever did it.
    pub last: Wall,
    pub messages: u64,
    pub people: u32,
}

/// A room that somebody shared with this person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub room: RoomId,
    pub by: PersonId,
    /// What they say it is called.
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    pub parent: Option<MessageId>,
    pub author: DeviceId,
    pub person: PersonId,
    pub speaker: Speaker,
    /// The clock of whoever wrote it; the order of messages is another.
    pub wall: Wall,
    pub outcome: Outcome,
    pub text: Text,
    /// Where it stands: [`Before`] it are all earlier ones.
    pub place: Before,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    Here(MessageBody),
    Deleted,
    /// Written before this person was added, or not here yet.
    Withheld,
    /// By a build whose messages this one cannot read.
    Unreadable,
}

/// A place among the messages of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Before {
    lam: u64,
    tie: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub message: MessageId,
    pub blob: BlobHash,
    pub size: u64,
    /// Its name is for showing, and never a path.
    pub file: AttachmentBody,
    /// Whether its bytes are on this machine.
    pub is_here: bool,
}

impl Before {
    /// Behind the last message there can be.
    pub const END: Self = Self {
        lam: u64::MAX,
        tie: i64::MAX,
    };
}

impl Store {
    /// All rooms but the personal one, the last used first.
    pub fn rooms(&mut self) -> Result<Vec<Room>, StoreError> {
        let sql = "SELECT r.id, s.title, s.last_wall, s.messages,
            (SELECT count(*) FROM present p WHERE p.room = r.no)
            FROM room r JOIN shown s ON s.room = r.no
            WHERE r.state = 1 AND s.personal = 0 ORDER BY s.last_wall DESC, r.no DESC";
        self.list(sql, |row| {
            Ok(Room {
                id: RoomId::from_bytes(row.get(0)?),
                title: row.get(1)?,
                last: Wall(row.get(2)?),
                messages: row.get::<_, i64>(3)?.unsigned_abs(),
                people: row.get(4)?,
            })
        })
    }

    pub fn room_state(&self, room: RoomId) -> Option<RoomState> {
        self.rooms.get(&room).map(|held| held.state)
    }

    /// What others shared and nobody here answered yet.
    pub fn offers(&self) -> Vec<Offer> {
        let offered = |(room, held): (&RoomId, &super::held::Held)| {
            let (by, title) = held.offer.clone()?;
            (held.state == RoomState::Offered).then_some(Offer {
                room: *room,
                by,
                title,
            })
        };
        self.rooms.iter().filter_map(offered).collect()
    }

    /// The last messages before a place, in their order. Branches stand beside
    /// each other: what is shown of them is a matter of the page.
    pub fn messages(
        &mut self,
        room: RoomId,
        before: Before,
        most: usize,
    ) -> Result<Vec<Message>, StoreError> {
        let standing = self.standing(room)?;
        let no = self.joined(room)?.no;
        let sql = "SELECT op FROM message WHERE room = ?1 AND counts = 1
            AND (lam, tie) < (?2, ?3) ORDER BY lam DESC, tie DESC LIMIT ?4";
        let place = params![no, column(before.lam), before.tie, rows(most)];
        let read = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let ops = statement.query_map(place, |row| row.get(0))?;
            let ops: Vec<i64> = ops.collect::<rusqlite::Result<_>>()?;
            let messages = ops
                .into_iter()
                .rev()
                .map(|op| self.shown(no, room, op, &standing));
            messages.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| self.told(&error))
    }

    pub fn message(&mut self, room: RoomId, id: MessageId) -> Result<Message, StoreError> {
        let standing = self.standing(room)?;
        let no = self.joined(room)?.no;
        let sql = "SELECT op FROM message WHERE room = ? AND id = ? AND counts = 1";
        let read = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let op: Option<i64> = statement
                .query_row(params![no, id.as_bytes()], |row| row.get(0))
                .optional()?;
            op.map(|op| self.shown(no, room, op, &standing)).transpose()
        };
        let found = read().map_err(|error| self.told(&error))?;
        found.ok_or(StoreError::NoMessage)
    }

    /// The files of a message.
    pub fn attachments(
        &mut self,
        room: RoomId,
        message: MessageId,
    ) -> Result<Vec<Attachment>, StoreError> {
        let standing = self.standing(room)?;
        let no = self.joined(room)?.no;
        let author = self.message(room, message)?.person;
        let sql = "SELECT a.blob, a.size, o.body, a.author, a.seq,
            EXISTS (SELECT 1 FROM blob b WHERE b.hash = a.blob)
            FROM attachment a JOIN op o ON o.no = a.op
            WHERE a.room = ? AND a.id = ? AND a.person = ? ORDER BY o.lam, o.hash";
        let mut statement = self
            .connection
            .prepare_cached(sql)
            .map_err(|error| StoreError::of_sqlite(&self.file, &error))?;
        let place = params![no, message.as_bytes(), author.as_bytes()];
        let read = |row: &Row<'_>| {
            let device = self.authors.id(row.get(3)?)?;
            let seq: i64 = row.get(4)?;
            let body: Option<Vec<u8>> = row.get(2)?;
            let file = body.and_then(|body| AttachmentBody::parse(&body).ok());
            let counts = standing.counts(device, seq.unsigned_abs());
            let attachment = Attachment {
                message,
                blob: BlobHash::from_bytes(row.get(0)?),
                size: row.get::<_, i64>(1)?.unsigned_abs(),
                file: file.clone().unwrap_or_default(),
                is_here: row.get(5)?,
            };
            Ok((counts && file.is_some()).then_some(attachment))
        };
        let rows = statement
            .query_map(place, read)
            .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>);
        let rows = rows.map_err(|error| StoreError::of_sqlite(&self.file, &error))?;
        Ok(rows.into_iter().flatten().collect())
    }

    pub fn blob(&mut self, blob: BlobHash) -> Result<Option<Vec<u8>>, StoreError> {
        let bytes = self
            .connection
            .query_row(
                "SELECT bytes FROM blob WHERE hash = ?",
                [blob.as_bytes()],
                |row| row.get(0),
            )
            .optional();
        bytes.map_err(|error| self.told(&error))
    }

    /// Whether a member of a room may have the bytes of an attachment.
    pub fn may_have_blob(&mut self, person: PersonId, blob: BlobHash) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM attachment a
            JOIN present p ON p.room = a.room AND p.person = ?2
            JOIN op o ON o.no = a.op
            WHERE a.blob = ?1 AND o.lam >= p.from_lam AND o.body IS NOT NULL)";
        let may =
            self.connection
                .query_row(sql, params![blob.as_bytes(), person.as_bytes()], |row| {
                    row.get(0)
                });
        may.map_err(|error| self.told(&error))
    }

    /// All personal values about one topic.
    pub fn notes(&mut self, topic: Topic) -> Result<Vec<Note>, StoreError> {
        let room = RoomId::personal(self.person());
        let Ok(no) = self.joined(room).map(|held| held.no) else {
            return Ok(Vec::new());
        };
        let sql = format!(
            "SELECT subject, value FROM note WHERE room = {no} AND topic = {}
             AND value IS NOT NULL ORDER BY subject",
            topic.number()
        );
        self.list(&sql, |row| {
            Ok(Note {
                topic,
                subject: row.get(0)?,
                value: row.get(1)?,
            })
        })
    }

    pub(super) fn list<T>(
        &mut self,
        sql: &str,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let listed = self
            .connection
            .prepare(sql)
            .and_then(|mut statement| statement.query_map([], read)?.collect());
        listed.map_err(|error| self.told(&error))
    }

    fn shown(
        &self,
        no: i64,
        room: RoomId,
        op: i64,
        standing: &Standing,
    ) -> rusqlite::Result<Message> {
        let sql = format!("SELECT {} FROM op WHERE no = ?", log::COLUMNS);
        let row = self
            .connection
            .prepare_cached(&sql)?
            .query_row([op], |row| log::read(row, &self.authors))?;
        let Act::Message {
            nonce,
            parent,
            speaker,
        } = row.op.act
        else {
            return Err(nonsense("a message that is none"));
        };
        let id = MessageId::written_by(room, row.author, &nonce);
        let Some(person) = standing.person_of(row.author, row.seq) else {
            return Err(nonsense("a message of nobody"));
        };
        let text = match row.op.content.bytes() {
            Some(body) => MessageBody::parse(body).map_or(Text::Unreadable, Text::Here),
            None if self.was_deleted(op)? => Text::Deleted,
            None => Text::Withheld,
        };
        let sql = "SELECT outcome FROM outcome WHERE room = ? AND id = ? AND person = ?";
        let outcome: Option<u8> = self
            .connection
            .prepare_cached(sql)?
            .query_row(params![no, id.as_bytes(), person.as_bytes()], |row| {
                row.get(0)
            })
            .optional()?;
        Ok(Message {
            id,
            parent,
            author: row.author,
            person,
            speaker,
            wall: Wall(row.op.wall),
            outcome: outcome.map_or(Outcome::Complete, Outcome::of),
            text,
            place: Before {
                lam: row.op.lam,
                tie: super::apply::tie(row.hash),
            },
        })
    }

    fn was_deleted(&self, op: i64) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached("SELECT gone FROM message WHERE op = ?")?
            .query_row([op], |row| row.get(0))
    }
}
