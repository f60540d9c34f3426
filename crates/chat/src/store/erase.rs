//! Erasing, offers that are answered, and how far others have come.

use rusqlite::params;
use wire::{
    DeviceId, PersonId,
    room::{MessageId, RoomId},
};

use super::{Fresh, Promise, RoomState, Store, StoreError, Wall, apply, held};

/// How far a deletion has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Other machines that have written into the room.
    pub devices: Vec<DeviceId>,
    /// Those that said they hold it.
    pub confirmed: Vec<DeviceId>,
}

/// One person cannot fill the list of offers.
const OFFERS_MOST: usize = 32;

impl Store {
    /// Deletes every message of this person in a room, everywhere.
    pub fn delete_all_own(&mut self, room: RoomId, now: Wall) -> Result<Vec<Fresh>, StoreError> {
        let standing = self.standing(room)?;
        let no = self.joined(room)?.no;
        let sql = format!("SELECT id, author, seq FROM message WHERE room = {no} AND gone = 0");
        let rows: Vec<([u8; 16], i64, i64)> =
            self.list(&sql, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let mut fresh = Vec::new();
        for (id, author, seq) in rows {
            let author = self.authors.id(author).map_err(|error| self.told(&error))?;
            if standing.person_of(author, seq.unsigned_abs()) == Some(self.person()) {
                fresh.push(self.delete(room, MessageId::from_bytes(id), now)?);
            }
        }
        Ok(fresh)
    }

    /// Takes a room off this machine, and keeps it off: everything of it is erased
    /// here, and it does not come back by itself. Others keep what they have.
    pub fn let_go(&mut self, room: RoomId) -> Result<(), StoreError> {
        self.set_state(room, RoomState::LetGo, None)?;
        let no = self.rooms.get(&room).ok_or(StoreError::NoRoom)?.no;
        let erased = self.erase_room(no);
        erased.map_err(|error| self.told(&error))?;
        self.rooms
            .insert(room, held::Held::new(no, RoomState::LetGo));
        self.standings.remove(&room);
        Ok(())
    }

    /// Somebody says that this person was added to a room. Whether it is new, and
    /// worth a word to the person.
    pub fn offered(&mut self, room: RoomId, by: PersonId, title: &str) -> Result<bool, StoreError> {
        let from_them = self.offers().iter().filter(|offer| offer.by == by).count();
        if self.rooms.contains_key(&room) || from_them >= OFFERS_MOST {
            return Ok(false);
        }
        let offer = Some((by, title.to_owned()));
        self.set_state(room, RoomState::Offered, offer)?;
        Ok(true)
    }

    /// Another machine says that it holds a chain up to here.
    pub fn confirmed(
        &mut self,
        room: RoomId,
        device: DeviceId,
        author: DeviceId,
        seq: u64,
    ) -> Result<(), StoreError> {
        let no = self.joined(room)?.no;
        let sql = "INSERT INTO have (room, device, author, seq) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET seq = max(seq, ?4)";
        let written = self.promise(Promise::Relayed).and_then(|()| {
            let number = self.authors.number_for(&self.connection, device)?;
            self.authors.write(&self.connection, device, number)?;
            let author = self.authors.number_for(&self.connection, author)?;
            self.connection
                .execute(sql, params![no, number, author, held::column(seq)])
        });
        written.map(drop).map_err(|error| self.told(&error))
    }

    /// Which of the machines in a room confirmed an op of this one.
    pub fn delivery(&mut self, fresh: Fresh) -> Result<Delivery, StoreError> {
        let held = self.joined(fresh.room)?;
        let own = self.device();
        let mut devices = held::devices(held);
        devices.remove(&own);
        let no = held.no;
        let Some(author) = self.authors.number(fresh.author) else {
            return Err(StoreError::NoMessage);
        };
        let sql = format!(
            "SELECT device FROM have WHERE room = {no} AND author = {author} AND seq >= {}",
            held::column(fresh.to)
        );
        let numbers: Vec<i64> = self.list(&sql, |row| row.get(0))?;
        let confirmed: rusqlite::Result<Vec<DeviceId>> = numbers
            .into_iter()
            .map(|number| self.authors.id(number))
            .collect();
        let confirmed = confirmed.map_err(|error| self.told(&error))?;
        devices.extend(&confirmed);
        Ok(Delivery {
            devices: devices
                .into_iter()
                .filter(|device| *device != own)
                .collect(),
            confirmed,
        })
    }

    fn erase_room(&mut self, no: i64) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        let ops = ids(
            &transaction,
            "SELECT no FROM op WHERE room = ? AND act = 7",
            no,
        )?;
        for op in ops {
            apply::erase_body(&transaction, op)?;
        }
        let blobs: Vec<[u8; 32]> = transaction
            .prepare("SELECT DISTINCT blob FROM attachment WHERE room = ?")?
            .query_map([no], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for table in [
            "attachment",
            "message",
            "gone",
            "outcome",
            "note",
            "shown",
            "present",
            "have",
            "fork",
            "head",
            "op",
        ] {
            transaction.execute(&format!("DELETE FROM {table} WHERE room = ?"), [no])?;
        }
        for blob in blobs {
            apply::drop_unused_blob(&transaction, &blob)?;
        }
        transaction.commit()
    }
}

fn ids(connection: &rusqlite::Connection, sql: &str, room: i64) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare(sql)?
        .query_map([room], |row| row.get(0))?
        .collect()
}
