//! Finding messages by their words, in every room.

use rusqlite::params;
use wire::room::{MessageId, RoomId};

use super::{Store, StoreError, held::rows};
use crate::fold;

/// A message in which all words were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub room: RoomId,
    pub message: MessageId,
}

impl Store {
    /// The messages with all these words, the newest first. Whatever is typed is
    /// taken for words; the last may be the beginning of one. `room`: only there.
    pub fn search(
        &mut self,
        words: &str,
        room: Option<RoomId>,
        most: usize,
    ) -> Result<Vec<Found>, StoreError> {
        let Some(query) = fold::query(words) else {
            return Ok(Vec::new());
        };
        let within = room.map(|room| self.joined(room).map(|held| held.no));
        let within = within.transpose()?;
        // Numbers of ops rise with the time they came, so the index itself knows
        // what is new, and a common word costs no more than a rare one.
        let sql = "SELECT r.id, m.id FROM words w
            JOIN message m ON m.op = w.rowid
            JOIN room r ON r.no = m.room
            WHERE words MATCH ?1 AND m.counts = 1 AND m.gone = 0 AND r.state = 1
            AND (?2 IS NULL OR m.room = ?2)
            ORDER BY w.rowid DESC LIMIT ?3";
        let found = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| {
                statement
                    .query_map(params![query, within, rows(most)], |row| {
                        Ok(Found {
                            room: RoomId::from_bytes(row.get(0)?),
                            message: MessageId::from_bytes(row.get(1)?),
                        })
                    })?
                    .collect()
            });
        found.map_err(|error| self.told(&error))
    }
}
