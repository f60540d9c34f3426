//! One transaction of new ops: into the log, and into what is shown.

use std::sync::Arc;

use rusqlite::{Connection, params};
use wire::{
    DeviceId, Signature,
    room::{Act, Chained, Content, MetaField, Op, OpHash, Rank, RoomId, Run},
};

use super::{
    Admitted, Fresh, RoomState,
    apply::{self, Logged, View},
    held::{Authors, Held, Tip, column},
    log,
};
use crate::members::Standing;

/// One transaction of taking in.
#[derive(Debug)]
pub(super) struct Intake<'a> {
    pub(super) connection: &'a Connection,
    pub(super) authors: &'a mut Authors,
    pub(super) room: RoomId,
    pub(super) held: Held,
    pub(super) standing: Arc<Standing>,
    pub(super) admitted: &'a mut Admitted,
    pub(super) rules: bool,
    pub(super) messages: u64,
    pub(super) wall: i64,
    pub(super) waiting: Vec<Run>,
    pub(super) taking: Taking,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taking {
    All,
    /// Only to see whether they contradict what is here.
    Nothing,
}

impl Intake<'_> {
    /// Writes the new ops of a run whose place was checked.
    pub(super) fn put(
        &mut self,
        chained: &Chained,
        number: i64,
        tip: &Tip,
    ) -> rusqlite::Result<()> {
        let run = chained.run();
        self.authors.write(self.connection, run.author, number)?;
        let frozen_from = tip.frozen.map_or(u64::MAX, |(from, _)| from);
        let mut end = *tip;
        let new = || chained.ops().filter(|(seq, ..)| *seq > tip.seq);
        let rules = new().any(|(_, _, op)| is_rule(&op.act));
        for (seq, hash, op) in new() {
            let signature = (seq == run.last()).then_some(&run.signature);
            let no = self.log(number, seq, hash, op, signature)?;
            (end.seq, end.hash, end.lam) = (seq, hash, op.lam);
            self.wall = self.wall.max(op.wall);
            if seq < frozen_from && !rules {
                let logged = Logged {
                    no,
                    author: run.author,
                    number,
                    seq,
                    hash,
                    op,
                };
                self.messages += u64::from(self.view(true).apply(logged)?);
            }
        }
        if rules {
            self.rules = true;
            self.follow_rules()?;
            // They waited for the rules that came with them.
            self.apply_later(
                run.author,
                number,
                tip.seq + 1,
                end.seq.min(frozen_from - 1),
            )?;
        }
        self.held.tips.insert(run.author, end);
        self.admitted.fresh.push(Fresh {
            room: self.room,
            author: run.author,
            from: tip.seq + 1,
            to: end.seq,
        });
        Ok(())
    }

    fn log(
        &self,
        author: i64,
        seq: u64,
        hash: OpHash,
        op: &Op,
        signature: Option<&Signature>,
    ) -> rusqlite::Result<i64> {
        let sql = "INSERT INTO op (room, author, seq, hash, lam, wall, act, fields, length,
            body_hash, body, signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let gone = matches!(op.content, Content::Gone { .. }).then(|| op.content.hash());
        self.connection.prepare_cached(sql)?.execute(params![
            self.held.no,
            author,
            column(seq),
            hash.as_bytes(),
            column(op.lam),
            op.wall,
            op.act.number(),
            op.act.fields(),
            op.content.length(),
            gone.as_ref().map(|hash| hash.as_bytes()),
            op.content.bytes(),
            signature.map(|signature| signature.as_bytes()),
        ])?;
        Ok(self.connection.last_insert_rowid())
    }

    fn view(&self, index: bool) -> View<'_> {
        View {
            connection: self.connection,
            authors: self.authors,
            room: self.room,
            no: self.held.no,
            standing: &self.standing,
            index,
        }
    }

    /// New rules may change what counted before.
    fn follow_rules(&mut self) -> rusqlite::Result<()> {
        let before = Arc::clone(&self.standing);
        let after = log::standing(self.connection, self.authors, self.room, &self.held)?;
        self.standing = Arc::new(after);
        let changed = self.held.tips.keys().any(|author| {
            let old = before.spans(*author);
            !is_continued(&old, &self.standing.spans(*author))
        });
        if changed {
            self.messages = 0;
            let messages = apply::rebuild(
                self.connection,
                self.authors,
                self.room,
                &self.held,
                &self.standing,
                false,
            )?;
            self.connection.execute(
                "UPDATE shown SET messages = ? WHERE room = ?",
                params![column(messages), self.held.no],
            )?;
        }
        Ok(())
    }

    fn apply_later(
        &mut self,
        author: DeviceId,
        number: i64,
        from: u64,
        to: u64,
    ) -> rusqlite::Result<()> {
        let sql = format!(
            "SELECT {} FROM op WHERE room = ? AND author = ? AND seq BETWEEN ? AND ? ORDER BY seq",
            log::COLUMNS
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let place = params![self.held.no, number, column(from), column(to)];
        let rows = statement.query_map(place, |row| log::read(row, self.authors))?;
        let rows: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
        for row in &rows {
            let logged = Logged {
                no: row.no,
                author,
                number,
                seq: row.seq,
                hash: row.hash,
                op: &row.op,
            };
            self.messages += u64::from(self.view(true).apply(logged)?);
        }
        Ok(())
    }

    /// The last writes of the transaction, and what memory holds once it is through.
    pub(super) fn settle(mut self) -> rusqlite::Result<(Held, Arc<Standing>, bool)> {
        if self.rules {
            show(self.connection, self.room, &mut self.held, &self.standing)?;
        }
        if self.messages > 0 || self.wall > i64::MIN {
            let sql = "UPDATE shown SET messages = messages + ?2, last_wall = max(last_wall, ?3)
                WHERE room = ?1";
            self.connection.prepare_cached(sql)?.execute(params![
                self.held.no,
                column(self.messages),
                self.wall
            ])?;
        }
        let sql = "INSERT INTO head (room, author, seq, hash, lam) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET seq = ?3, hash = ?4, lam = ?5 WHERE seq < ?3";
        let mut written: Vec<DeviceId> = self.admitted.fresh.iter().map(|one| one.author).collect();
        written.dedup();
        for author in written {
            let (Some(tip), Some(number)) =
                (self.held.tips.get(&author), self.authors.number(author))
            else {
                continue;
            };
            self.connection.prepare_cached(sql)?.execute(params![
                self.held.no,
                number,
                column(tip.seq),
                tip.hash.as_bytes(),
                column(tip.lam),
            ])?;
        }
        self.held.sum_up();
        Ok((self.held, self.standing, self.rules))
    }
}

fn is_rule(act: &Act) -> bool {
    matches!(
        act,
        Act::Create { .. }
            | Act::Join { .. }
            | Act::Meta
            | Act::Add { .. }
            | Act::Promote { .. }
            | Act::Remove { .. }
    )
}

/// Whether everything that counted still does, and what is new lies after it. A
/// device that joins again ends its earlier span where it was: nothing changed.
fn is_continued(old: &[(u64, u64)], new: &[(u64, u64)]) -> bool {
    let Some((last, earlier)) = old.split_last() else {
        return new.is_empty();
    };
    let (Some(new_last), Some(new_earlier)) = (new.get(earlier.len()), new.get(..earlier.len()))
    else {
        return false;
    };
    let next = new.get(old.len());
    let goes_over = next.is_some_and(|(from, _)| new_last.1 + 1 == *from);
    new_earlier == earlier && new_last.0 == last.0 && (new_last.1 == last.1 || goes_over)
}

/// Writes down who is there and how the room is called.
pub(super) fn show(
    connection: &Connection,
    room: RoomId,
    held: &mut Held,
    standing: &Standing,
) -> rusqlite::Result<()> {
    let present = standing.present();
    connection
        .prepare_cached("DELETE FROM present WHERE room = ?")?
        .execute([held.no])?;
    held.present.clear();
    for (person, member) in &present {
        let from_lam = if member.history { 0 } else { member.since.lam };
        held.present.insert(*person, from_lam);
        let rank = match member.rank() {
            Rank::Member => 1,
            Rank::Admin => 2,
        };
        connection
            .prepare_cached(
                "INSERT INTO present (room, person, rank, from_lam) VALUES (?, ?, ?, ?)",
            )?
            .execute(params![held.no, person.as_bytes(), rank, column(from_lam)])?;
    }
    let is_personal = present
        .keys()
        .any(|person| RoomId::personal(*person) == room);
    let title = standing.meta(MetaField::Title);
    let sql = "INSERT INTO shown (room, title, personal, last_wall, messages)
        VALUES (?1, ?2, ?3, 0, 0) ON CONFLICT DO UPDATE SET title = ?2, personal = ?3";
    connection.prepare_cached(sql)?.execute(params![
        held.no,
        title.unwrap_or_default(),
        is_personal
    ])?;
    held.state = RoomState::Joined;
    Ok(())
}
