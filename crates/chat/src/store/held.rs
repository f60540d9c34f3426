//! What of every room is kept in memory: how far each chain goes, and who is
//! there. It is a copy of `head`, `fork` and `present`, replaced only after a
//! transaction reached the disk.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params, types::Type};
use wire::{
    DeviceId, PersonId,
    msg::sync::{Digest, Head, Sync},
    room::{OpHash, RoomId},
};

use super::RoomState;

#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) no: i64,
    pub(super) state: RoomState,
    pub(super) offer: Option<(PersonId, String)>,
    pub(super) tips: BTreeMap<DeviceId, Tip>,
    /// Who is there, and from which lam on they see bodies.
    pub(super) present: BTreeMap<PersonId, u64>,
    /// The greatest lam in the log.
    pub(super) lam: u64,
    digest: Digest,
}

/// The end of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tip {
    pub(super) seq: u64,
    pub(super) hash: OpHash,
    pub(super) lam: u64,
    /// The first op that its author wrote twice, and the hash before it.
    pub(super) frozen: Option<(u64, OpHash)>,
}

impl Held {
    pub(super) fn new(no: i64, state: RoomState) -> Self {
        Self {
            no,
            state,
            offer: None,
            tips: BTreeMap::new(),
            present: BTreeMap::new(),
            lam: 0,
            digest: Digest::default(),
        }
    }

    pub(super) fn digest(&self) -> Digest {
        self.digest
    }

    pub(super) fn heads(&self) -> impl Iterator<Item = Head> {
        self.tips
            .iter()
            .filter_map(|(author, tip)| tip.head(*author))
    }

    pub(super) fn frozen(&self) -> BTreeMap<DeviceId, u64> {
        let frozen = |tip: &Tip| tip.frozen.map(|(from, _)| from);
        self.tips
            .iter()
            .filter_map(|(author, tip)| Some((*author, frozen(tip)?)))
            .collect()
    }

    /// After the tips changed.
    pub(super) fn sum_up(&mut self) {
        let mut hasher = blake3::Hasher::new_derive_key("banyan room digest v1");
        for head in self.heads() {
            hasher.update(head.author.as_bytes());
            hasher.update(&head.seq.to_be_bytes());
            hasher.update(head.hash.as_bytes());
            hasher.update(&[u8::from(head.frozen)]);
        }
        let mut digest = Digest::default();
        hasher.finalize_xof().fill(&mut digest);
        self.digest = digest;
        self.lam = self.tips.values().map(|tip| tip.lam).max().unwrap_or(0);
    }
}

impl Tip {
    /// What of it may be compared with the chain elsewhere: of a device that
    /// wrote two chains, only what both begin with.
    fn head(&self, author: DeviceId) -> Option<Head> {
        let (seq, hash) = match self.frozen {
            Some((from, before)) if self.seq >= from => (from - 1, before),
            _ => (self.seq, self.hash),
        };
        let frozen = self.frozen.is_some();
        (seq > 0 || frozen).then_some(Head {
            author,
            seq,
            hash,
            frozen,
        })
    }
}

/// The numbers of devices in this file.
#[derive(Debug, Default)]
pub(super) struct Authors {
    numbers: BTreeMap<DeviceId, i64>,
    ids: BTreeMap<i64, DeviceId>,
}

impl Authors {
    fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut authors = Self::default();
        let mut rows = connection.prepare("SELECT no, id FROM author")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let id = DeviceId::from_bytes(&row.get::<_, [u8; 32]>(1)?).map_err(nonsense)?;
            authors.insert(row.get(0)?, id);
        }
        Ok(authors)
    }

    fn insert(&mut self, number: i64, id: DeviceId) {
        self.numbers.insert(id, number);
        self.ids.insert(number, id);
    }

    pub(super) fn id(&self, number: i64) -> rusqlite::Result<DeviceId> {
        let id = self.ids.get(&number).copied();
        id.ok_or_else(|| nonsense("an op of nobody"))
    }

    pub(super) fn number(&self, id: DeviceId) -> Option<i64> {
        self.numbers.get(&id).copied()
    }

    /// A number that a rolled back transaction gave is given again, to the same
    /// device: nobody else can have got it in between.
    pub(super) fn number_for(
        &mut self,
        connection: &Connection,
        id: DeviceId,
    ) -> rusqlite::Result<i64> {
        if let Some(number) = self.number(id) {
            return Ok(number);
        }
        let number = self.ids.last_key_value().map_or(1, |(last, _)| last + 1);
        self.insert(number, id);
        self.write(connection, id, number)?;
        Ok(number)
    }

    /// Every transaction that names an author writes it, where it is not there.
    pub(super) fn write(
        &self,
        connection: &Connection,
        id: DeviceId,
        number: i64,
    ) -> rusqlite::Result<()> {
        connection
            .prepare_cached("INSERT OR IGNORE INTO author (no, id) VALUES (?, ?)")?
            .execute(params![number, id.as_bytes()])
            .map(drop)
    }
}

/// Everything that is kept in memory.
pub(super) fn load(connection: &Connection) -> rusqlite::Result<(Authors, BTreeMap<RoomId, Held>)> {
    let authors = Authors::load(connection)?;
    let mut rooms: BTreeMap<i64, (RoomId, Held)> = BTreeMap::new();
    let mut statement =
        connection.prepare("SELECT no, id, state, offered_by, offered_title FROM room")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let no = row.get(0)?;
        let state = state_of(row.get(2)?)?;
        let by = row.get::<_, Option<[u8; 32]>>(3)?;
        let title: Option<String> = row.get(4)?;
        let mut held = Held::new(no, state);
        if let Some((by, title)) = by.zip(title) {
            held.offer = Some((person(&by)?, title));
        }
        rooms.insert(no, (RoomId::from_bytes(row.get(1)?), held));
    }
    let mut statement = connection.prepare("SELECT room, author, seq, hash, lam FROM head")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some((_, held)) = rooms.get_mut(&row.get(0)?) else {
            return Err(nonsense("the head of no room"));
        };
        let tip = Tip {
            seq: row.get::<_, i64>(2)?.unsigned_abs(),
            hash: OpHash::from_bytes(row.get(3)?),
            lam: row.get::<_, i64>(4)?.unsigned_abs(),
            frozen: None,
        };
        held.tips.insert(authors.id(row.get(1)?)?, tip);
    }
    load_forks(connection, &authors, &mut rooms)?;
    load_present(connection, &mut rooms)?;
    let rooms = rooms.into_values().map(|(id, mut held)| {
        held.sum_up();
        (id, held)
    });
    Ok((authors, rooms.collect()))
}

fn load_forks(
    connection: &Connection,
    authors: &Authors,
    rooms: &mut BTreeMap<i64, (RoomId, Held)>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT room, author, seq, evidence FROM fork")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some((_, held)) = rooms.get_mut(&row.get(0)?) else {
            return Err(nonsense("a fork in no room"));
        };
        let from = row.get::<_, i64>(2)?.unsigned_abs();
        let evidence = Sync::parse(&row.get::<_, Vec<u8>>(3)?).map_err(nonsense)?;
        let Sync::Forked { one, .. } = evidence else {
            return Err(nonsense("a fork without evidence"));
        };
        let tip = held.tips.entry(authors.id(row.get(1)?)?).or_insert(NOTHING);
        tip.frozen = Some((from, one.before));
    }
    Ok(())
}

/// Persons are few and stand in many rooms, and reading a key takes its time.
fn load_present(
    connection: &Connection,
    rooms: &mut BTreeMap<i64, (RoomId, Held)>,
) -> rusqlite::Result<()> {
    let mut known: BTreeMap<[u8; 32], PersonId> = BTreeMap::new();
    let mut statement = connection.prepare("SELECT room, person, from_lam FROM present")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let bytes: [u8; 32] = row.get(1)?;
        let id = match known.get(&bytes) {
            Some(id) => *id,
            None => person(&bytes)?,
        };
        known.insert(bytes, id);
        if let Some((_, held)) = rooms.get_mut(&row.get(0)?) {
            held.present
                .insert(id, row.get::<_, i64>(2)?.unsigned_abs());
        }
    }
    Ok(())
}

/// A chain of which nothing is here.
pub(super) const NOTHING: Tip = Tip {
    seq: 0,
    hash: OpHash::NONE,
    lam: 0,
    frozen: None,
};

impl RoomState {
    pub(super) fn number(self) -> i64 {
        match self {
            Self::Joined => 1,
            Self::Offered => 2,
            Self::LetGo => 3,
        }
    }
}

fn state_of(number: i64) -> rusqlite::Result<RoomState> {
    match number {
        1 => Ok(RoomState::Joined),
        2 => Ok(RoomState::Offered),
        3 => Ok(RoomState::LetGo),
        _ => Err(nonsense("a room in no state")),
    }
}

pub(super) fn person(bytes: &[u8; 32]) -> rusqlite::Result<PersonId> {
    PersonId::from_bytes(bytes).map_err(nonsense)
}

/// A row that is whole, and says what no build of ours ever wrote.
pub(super) fn nonsense(
    reason: impl Into<Box<dyn std::error::Error + Send + std::marker::Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, reason.into())
}

/// Numbers in the file have 63 bits; greater ones are refused before.
pub(super) fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How many rows to read.
pub(super) fn rows(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// The devices whose chains are here.
pub(super) fn devices(held: &Held) -> BTreeSet<DeviceId> {
    held.tips.keys().copied().collect()
}
