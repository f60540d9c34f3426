//! What this machine writes.
//!
//! A call becomes ops behind this device's own chain, signed at the end, and is
//! answered for once they survive a power cut. The first op in a room joins it, on
//! the strength of the newest addition of this person.

use rusqlite::{OptionalExtension as _, TransactionBehavior, params};
use wire::{
    DeviceId, PersonId, limits,
    msg::sync::Batch,
    room::{
        Act, AttachmentBody, BlobHash, Body as _, BodyError, Chained, Content, Cut, MessageBody,
        MessageId, MetaBody, MetaField, NoteBody, Op, OpHash, Outcome, Rank, RoomId, Run, Speaker,
        Topic,
    },
};

use super::{
    Admitted, Fresh, Promise, RoomState, Store, StoreError, Wall,
    admit::BLOB_BYTES,
    held::{Held, NOTHING},
    intake::{Intake, Taking},
};
use crate::members::Standing;

/// A message that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// From [`Store::new_message`]; its first pieces may have been shown already.
    pub nonce: [u8; 16],
    pub parent: Option<MessageId>,
    pub speaker: Speaker,
    pub body: MessageBody,
}

/// A personal value, and about what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub topic: Topic,
    pub subject: Vec<u8>,
    /// Nothing takes an earlier value back.
    pub value: Option<Vec<u8>>,
}

impl Store {
    /// Makes a room in which only this person is. Nobody else hears of it.
    pub fn create_room(&mut self, title: &str, now: Wall) -> Result<(RoomId, Fresh), StoreError> {
        let nonce = self.dice.throw();
        let certificate = self.own.certificate;
        let room = RoomId::made_by(self.person(), self.device(), &nonce);
        let mut acts = vec![(Act::Create { nonce, certificate }, Vec::new())];
        if !title.is_empty() {
            acts.push((Act::Meta, self.meta(MetaField::Title, title)?));
        }
        self.enter(room)?;
        let fresh = self.write(room, acts, now)?;
        Ok((room, fresh))
    }

    /// Bytes for a message that is about to be written, and its name.
    pub fn new_message(&mut self, room: RoomId) -> ([u8; 16], MessageId) {
        let nonce = self.dice.throw();
        (nonce, MessageId::written_by(room, self.device(), &nonce))
    }

    pub fn post(&mut self, room: RoomId, draft: Draft, now: Wall) -> Result<Fresh, StoreError> {
        self.post_all(room, vec![(draft, now)])
    }

    /// All of them or none, as for an import; each with the time of its own.
    pub fn post_all(
        &mut self,
        room: RoomId,
        drafts: Vec<(Draft, Wall)>,
    ) -> Result<Fresh, StoreError> {
        let mut acts = Vec::with_capacity(drafts.len());
        for (draft, wall) in drafts {
            let body = draft.body.encode(self.dice.throw()).map_err(too_long)?;
            let act = Act::Message {
                nonce: draft.nonce,
                parent: draft.parent,
                speaker: draft.speaker,
            };
            acts.push((act, body, wall));
        }
        self.write_at(room, acts)
    }

    pub fn set_outcome(
        &mut self,
        room: RoomId,
        message: MessageId,
        outcome: Outcome,
        now: Wall,
    ) -> Result<Fresh, StoreError> {
        self.require_own(room, message)?;
        self.write(
            room,
            vec![(Act::Status { message, outcome }, Vec::new())],
            now,
        )
    }

    /// The message goes, here at once and elsewhere as they hear of it.
    pub fn delete(
        &mut self,
        room: RoomId,
        message: MessageId,
        now: Wall,
    ) -> Result<Fresh, StoreError> {
        self.require_own(room, message)?;
        self.write(room, vec![(Act::Delete { message }, Vec::new())], now)
    }

    pub fn set_meta(
        &mut self,
        room: RoomId,
        field: MetaField,
        value: &str,
        now: Wall,
    ) -> Result<Fresh, StoreError> {
        self.require_admin(room)?;
        let body = self.meta(field, value)?;
        self.write(room, vec![(Act::Meta, body)], now)
    }

    /// Adds a person, or lets somebody who is there be more.
    pub fn add(
        &mut self,
        room: RoomId,
        person: PersonId,
        rank: Rank,
        history: bool,
        now: Wall,
    ) -> Result<Fresh, StoreError> {
        self.require_admin(room)?;
        let add = Act::Add {
            person,
            rank,
            history,
        };
        self.write(room, vec![(add, Vec::new())], now)
    }

    /// Ends every part of a person in a room. What they wrote until now stays. An
    /// admin who was there before this person is removed by nobody but themselves.
    pub fn remove(
        &mut self,
        room: RoomId,
        person: PersonId,
        now: Wall,
    ) -> Result<Fresh, StoreError> {
        if person != self.person() {
            self.require_admin(room)?;
        }
        let standing = self.standing(room)?;
        let held = self.joined(room)?;
        let (by, joins) = match self.joining(room, &standing)? {
            Some(Act::Join { member, .. }) => (Some(member), 1),
            Some(_) | None => (standing.current(self.device()), 0),
        };
        let mut additions = standing.additions(person);
        let may = |whom: OpHash| by.is_some_and(|by| standing.may_remove(by, whom));
        if additions.is_empty() || !additions.iter().all(|(member, _)| may(*member)) {
            return Err(StoreError::NotAllowed);
        }
        // Whoever leaves does it with their last op: it counts, and what comes before.
        additions.sort_by_key(|(member, _)| Some(*member) == by);
        let own = self.device();
        let last = held.tips.get(&own).map_or(0, |tip| tip.seq) + joins + additions.len() as u64;
        let removals = additions.into_iter().map(|(member, _)| {
            let mut cut = cut(held, &standing, member);
            if Some(member) == by {
                cut.insert(own, last);
            }
            (Act::Remove { member, cut }, Vec::new())
        });
        let removals = removals.collect();
        self.write(room, removals, now)
    }

    /// Attaches a file to a message of this person.
    pub fn attach(
        &mut self,
        room: RoomId,
        message: MessageId,
        file: &AttachmentBody,
        bytes: &[u8],
        now: Wall,
    ) -> Result<Fresh, StoreError> {
        self.require_own(room, message)?;
        let size = bytes.len() as u64;
        if size > BLOB_BYTES {
            return Err(StoreError::TooLong {
                length: size,
                most: BLOB_BYTES,
            });
        }
        let body = file.encode(self.dice.throw()).map_err(too_long)?;
        let blob = self.put_blob(bytes)?;
        let attach = Act::Attach {
            message,
            blob,
            size,
        };
        self.write(room, vec![(attach, body)], now)
    }

    /// Keeps the bytes of an attachment that some room names.
    pub fn put_blob(&mut self, bytes: &[u8]) -> Result<BlobHash, StoreError> {
        let blob = BlobHash::of(bytes);
        self.connection
            .execute(
                "INSERT OR IGNORE INTO blob (hash, bytes) VALUES (?, ?)",
                params![blob.as_bytes(), bytes],
            )
            .map_err(|error| self.told(&error))?;
        Ok(blob)
    }

    /// Sets personal values: in step on all machines of this person, and nowhere
    /// else.
    pub fn note(&mut self, notes: Vec<Note>, now: Wall) -> Result<Fresh, StoreError> {
        let room = RoomId::personal(self.person());
        if !self.rooms.contains_key(&room) {
            self.enter(room)?;
        }
        let mut acts = Vec::with_capacity(notes.len());
        for note in notes {
            let body = NoteBody {
                topic: note.topic,
                subject: note.subject,
                value: note.value,
            };
            let body = body.encode(self.dice.throw()).map_err(too_long)?;
            acts.push((Act::Note, body));
        }
        self.write(room, acts, now)
    }

    /// Takes part in a room from now on: its ops are welcome.
    pub fn enter(&mut self, room: RoomId) -> Result<(), StoreError> {
        self.set_state(room, RoomState::Joined, None)
    }

    pub(super) fn set_state(
        &mut self,
        room: RoomId,
        state: RoomState,
        offer: Option<(PersonId, String)>,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO room (id, state, offered_by, offered_title) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET state = ?2, offered_by = ?3, offered_title = ?4
            RETURNING no";
        let by = offer.as_ref().map(|(by, _)| by.as_bytes());
        let title = offer.as_ref().map(|(_, title)| title);
        let no: Result<i64, _> = self.promise(Promise::Own).and_then(|()| {
            self.connection.query_row(
                sql,
                params![room.as_bytes(), state.number(), by, title],
                |row| row.get(0),
            )
        });
        let no = no.map_err(|error| self.told(&error))?;
        let held = self
            .rooms
            .entry(room)
            .or_insert_with(|| Held::new(no, state));
        (held.no, held.state, held.offer) = (no, state, offer);
        Ok(())
    }

    fn meta(&mut self, field: MetaField, value: &str) -> Result<Vec<u8>, StoreError> {
        let body = MetaBody {
            field,
            value: value.to_owned(),
        };
        body.encode(self.dice.throw()).map_err(too_long)
    }

    fn write(
        &mut self,
        room: RoomId,
        acts: Vec<(Act, Vec<u8>)>,
        now: Wall,
    ) -> Result<Fresh, StoreError> {
        let acts = acts.into_iter().map(|(act, body)| (act, body, now));
        self.write_at(room, acts.collect())
    }

    fn write_at(
        &mut self,
        room: RoomId,
        mut acts: Vec<(Act, Vec<u8>, Wall)>,
    ) -> Result<Fresh, StoreError> {
        let standing = self.judge(room).map_err(|error| self.told(&error))?;
        let held = self.joined(room)?;
        let author = self.device();
        let tip = held.tips.get(&author).copied().unwrap_or(NOTHING);
        if tip.frozen.is_some() {
            return Err(StoreError::OlderCopy);
        }
        let makes = matches!(acts.first(), Some((Act::Create { .. }, ..)));
        if !makes && let Some(join) = self.joining(room, &standing)? {
            let wall = acts.first().map_or(Wall::default(), |(.., wall)| *wall);
            acts.insert(0, (join, Vec::new(), wall));
        }
        let runs = self.sign(room, &acts)?;
        let Some(last) = runs.last().map(|run| run.run().last()) else {
            return Err(StoreError::Fault {
                reason: "nothing to write".to_owned(),
            });
        };
        self.commit(room, &runs)
            .map_err(|error| self.told(&error))?;
        Ok(Fresh {
            room,
            author,
            from: tip.seq + 1,
            to: last,
        })
    }

    /// The op that must come first, where this device does not yet write here, or
    /// not as who it is now.
    fn joining(&self, room: RoomId, standing: &Standing) -> Result<Option<Act>, StoreError> {
        let (device, person) = (self.device(), self.person());
        let current = standing.current(device);
        let is_own = standing.person_of(device, u64::MAX) == Some(person);
        // As who it was before, where nobody added who it is now.
        let is_all_there_is = standing.additions(person).is_empty();
        if (is_own || is_all_there_is) && current.is_some_and(|member| !standing.is_over(member)) {
            return Ok(None);
        }
        let member = if RoomId::personal(person) == room {
            OpHash::NONE
        } else {
            let additions = standing.additions(person);
            let best = additions
                .iter()
                .max_by_key(|(_, member)| (member.rank(), member.since));
            best.ok_or(StoreError::NotAllowed)?.0
        };
        Ok(Some(Act::Join {
            member,
            certificate: self.own.certificate,
        }))
    }

    /// Runs that are neither too many ops nor too many bytes for one frame.
    fn sign(
        &self,
        room: RoomId,
        acts: &[(Act, Vec<u8>, Wall)],
    ) -> Result<Vec<Chained>, StoreError> {
        let held = self.joined(room)?;
        let tip = held.tips.get(&self.device()).copied().unwrap_or(NOTHING);
        let (mut seq, mut before, mut lam) = (tip.seq, tip.hash, held.lam);
        let mut runs = Vec::new();
        let mut ops: Vec<Op> = Vec::new();
        let mut bytes = 0;
        let mut finish = |ops: &mut Vec<Op>| -> Result<(), StoreError> {
            let ops = std::mem::take(ops);
            if ops.is_empty() {
                return Ok(());
            }
            let run = Run::sign(&*self.own.signer, room, seq + 1, before, ops)
                .map_err(|error| fault(&error))?;
            seq = run.run().last();
            before = run.hashes().last().copied().unwrap_or(before);
            runs.push(run);
            Ok(())
        };
        for (act, body, wall) in acts {
            lam += 1;
            let op = Op {
                lam,
                wall: wall.0,
                act: act.clone(),
                content: Content::Here(body.clone()),
            };
            if ops.len() == limits::RUN_OPS || bytes + op.encoded_len() > RUN_BYTES {
                finish(&mut ops)?;
                bytes = 0;
            }
            bytes += op.encoded_len();
            ops.push(op);
        }
        finish(&mut ops)?;
        Ok(runs)
    }

    fn commit(&mut self, room: RoomId, runs: &[Chained]) -> rusqlite::Result<()> {
        self.promise(Promise::Own)?;
        let standing = self.judge(room)?;
        let Some(held) = self.rooms.get(&room).cloned() else {
            return Ok(());
        };
        let author = self.own.signer.device_id();
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let number = self.authors.number_for(&transaction, author)?;
        let mut admitted = Admitted::default();
        let mut intake = Intake {
            connection: &transaction,
            authors: &mut self.authors,
            room,
            held,
            standing,
            admitted: &mut admitted,
            rules: false,
            messages: 0,
            wall: i64::MIN,
            waiting: Vec::new(),
            taking: Taking::All,
        };
        for run in runs {
            let tip = intake.held.tips.get(&author).copied().unwrap_or(NOTHING);
            intake.put(run, number, &tip)?;
        }
        let (held, standing, _) = intake.settle()?;
        transaction.commit()?;
        self.rooms.insert(room, held);
        self.standings.insert(room, standing);
        Ok(())
    }

    /// Whose word the next op of this machine in a room is.
    fn writes_as(&self, room: RoomId, standing: &Standing) -> Result<Option<PersonId>, StoreError> {
        Ok(match self.joining(room, standing)? {
            Some(_) => Some(self.person()),
            None => standing.person_of(self.device(), u64::MAX),
        })
    }

    fn require_admin(&mut self, room: RoomId) -> Result<(), StoreError> {
        let person = self.person();
        let standing = self.standing(room)?;
        let present = standing.present();
        match present.get(&person).map(|member| member.rank()) {
            Some(Rank::Admin) => Ok(()),
            Some(Rank::Member) | None => Err(StoreError::NotAllowed),
        }
    }

    /// Everybody rules over what they wrote themselves, on whichever machine.
    fn require_own(&mut self, room: RoomId, message: MessageId) -> Result<(), StoreError> {
        let standing = self.standing(room)?;
        let held = self.joined(room)?;
        let author: Option<(i64, i64)> = self
            .connection
            .prepare_cached("SELECT author, seq FROM message WHERE room = ? AND id = ?")
            .and_then(|mut statement| {
                statement
                    .query_row(params![held.no, message.as_bytes()], |row| {
                        Ok((row.get(0)?, row.get(1)?))
                    })
                    .optional()
            })
            .map_err(|error| self.told(&error))?;
        let (author, seq) = author.ok_or(StoreError::NoMessage)?;
        let author: DeviceId = self.authors.id(author).map_err(|error| self.told(&error))?;
        let person = standing.person_of(author, seq.unsigned_abs());
        if person.is_some() && person == self.writes_as(room, &standing)? {
            Ok(())
        } else {
            Err(StoreError::NotAllowed)
        }
    }
}

/// A run travels in one frame, and so does the proof that it is one of two.
const RUN_BYTES: usize = Batch::ROOM_FOR_RUNS - 1024;

/// What of an addition is here: nothing of it counts after that.
fn cut(held: &Held, standing: &Standing, member: OpHash) -> Cut {
    let devices = standing.devices_of(member).into_iter();
    devices
        .filter_map(|device| Some((device, held.tips.get(&device)?.seq)))
        .collect()
}

fn too_long(error: BodyError) -> StoreError {
    match error {
        BodyError::TooLong { length } => StoreError::TooLong {
            length: length as u64,
            most: limits::OP_BODY as u64,
        },
        BodyError::Bytes(_) => fault(&error),
    }
}

fn fault(error: &impl ToString) -> StoreError {
    StoreError::Fault {
        reason: error.to_string(),
    }
}
