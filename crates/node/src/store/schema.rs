//! The shape of the file, as the steps that lead to it.
//!
//! `PRAGMA user_version` holds the number of the last step taken, and the table
//! `schema_history` what each step says about older builds. A build meets three
//! kinds of files: older ones, which it takes the missing steps with; its own;
//! and newer ones, which it opens only where every step it does not know allows
//! it.

use rusqlite::{Connection, TransactionBehavior, params};

use super::{
    moment::Moment,
    table::{
        access, addresses, audit, duties, frozen, held_keys, invitations, life, mesh_keys, moves,
        notified, own_person, peers, permissions,
    },
};

/// One step. Once released it never changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Migration {
    pub(super) number: u32,
    pub(super) name: &'static str,
    pub(super) older_builds: OlderBuilds,
    pub(super) sql: &'static str,
}

/// Whether a build that does not know a step may open a file after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OlderBuilds {
    /// What they do not know, they neither need nor break.
    MayOpen,
    /// They would overlook something that was decided.
    MustNotOpen,
}

/// What a build makes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    Open,
    /// Another program's.
    Foreign,
    /// Closed to this build by a newer one.
    Newer {
        version: u32,
    },
}

/// The steps this build knows, in order.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    steps: Vec<Migration>,
}

impl Schema {
    pub(super) fn current() -> Self {
        Self::of(
            [
                life::MIGRATIONS,
                peers::MIGRATIONS,
                addresses::MIGRATIONS,
                permissions::MIGRATIONS,
                audit::MIGRATIONS,
                mesh_keys::MIGRATIONS,
                invitations::MIGRATIONS,
                notified::MIGRATIONS,
                duties::MIGRATIONS,
                moves::MIGRATIONS,
                frozen::MIGRATIONS,
                own_person::MIGRATIONS,
                held_keys::MIGRATIONS,
                access::MIGRATIONS,
            ]
            .concat(),
        )
    }

    pub(super) fn of(mut steps: Vec<Migration>) -> Self {
        steps.sort_by_key(|step| step.number);
        Self { steps }
    }

    pub(super) fn newest(&self) -> u32 {
        self.steps.last().map_or(0, |step| step.number)
    }

    /// Whether this build may open the file.
    pub(super) fn admit(&self, connection: &Connection) -> rusqlite::Result<Admission> {
        let version = version(connection)?;
        if version == 0 {
            let tables: i64 =
                connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
            return Ok(if tables == 0 {
                Admission::Open
            } else {
                Admission::Foreign
            });
        }
        let closed: bool = connection.query_row(
            "SELECT EXISTS (
                SELECT 1 FROM schema_history WHERE number > ? AND older_builds_may_open = 0
             )",
            [self.newest()],
            |row| row.get(0),
        )?;
        Ok(if closed {
            Admission::Newer { version }
        } else {
            Admission::Open
        })
    }

    /// Takes the steps that are missing; each is taken whole or not at all.
    pub(super) fn migrate(
        &self,
        connection: &mut Connection,
        now: Moment,
    ) -> Result<(), rusqlite::Error> {
        let version = version(connection)?;
        for step in self.steps.iter().filter(|step| step.number > version) {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute_batch(step.sql)?;
            transaction.execute(
                "INSERT INTO schema_history (number, name, older_builds_may_open, taken_at)
                 VALUES (?, ?, ?, ?)",
                params![
                    step.number,
                    step.name,
                    step.older_builds == OlderBuilds::MayOpen,
                    now
                ],
            )?;
            transaction.pragma_update(None, "user_version", step.number)?;
            transaction.commit()?;
        }
        Ok(())
    }
}

pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

#[cfg(test)]
impl Schema {
    /// The steps of an older build.
    pub(super) fn up_to(&self, number: u32) -> Vec<Migration> {
        let steps = self.steps.iter().copied();
        steps.filter(|step| step.number <= number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_without_gaps() {
        let schema = Schema::current();
        let numbers: Vec<_> = schema.steps.iter().map(|step| step.number).collect();
        let expected: Vec<_> = (1..=schema.newest()).collect();
        assert_eq!(numbers, expected);
    }
}
