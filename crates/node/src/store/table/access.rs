//! Who asked whom for the use of models: other machines this one, and this one
//! others. The latest request each way, with what became of it.

use rusqlite::{Connection, Row, params};
use wire::{DeviceId, msg::llm::Words};

use crate::store::{
    moment::Moment,
    schema::{Migration, OlderBuilds},
    sql,
    words::words,
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[Migration {
    number: 15,
    name: "access",
    // Nor would they know the occasions that came with it.
    older_builds: OlderBuilds::MustNotOpen,
    sql: "
        CREATE TABLE access (
            device BLOB NOT NULL REFERENCES peers (device) ON DELETE CASCADE,
            asked_by TEXT NOT NULL,
            number INTEGER NOT NULL,
            reason TEXT NOT NULL,
            asked INTEGER NOT NULL,
            given TEXT,
            until INTEGER,
            words TEXT,
            answered INTEGER,
            PRIMARY KEY (device, asked_by),
            CHECK ((given IS NULL) = (words IS NULL)),
            CHECK ((given IS NULL) = (answered IS NULL)),
            CHECK ((given IS 'until') = (until IS NOT NULL))
        ) STRICT, WITHOUT ROWID;",
}];

words! {
    AskedBy {
        /// The other machine asks its way in here.
        Them = "them",
        /// This machine asks its way in there.
        Us = "us",
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub by: AskedBy,
    /// As whoever asked counts them.
    pub number: i64,
    pub reason: Words,
    pub asked: Moment,
    /// None while it is open.
    pub answer: Option<Answer>,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub given: Given,
    pub words: Words,
    pub at: Moment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    Always,
    Until(Moment),
    /// For a single use.
    Once,
    No,
    /// Nobody answered in time.
    Expired,
    /// Whoever asked wants it no more.
    Withdrawn,
}

impl Given {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Until(_) => "until",
            Self::Once => "once",
            Self::No => "no",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Access {
    pub fn is_open(&self) -> bool {
        self.answer.is_none()
    }
}

pub(in crate::store) fn all(connection: &Connection) -> rusqlite::Result<Vec<(DeviceId, Access)>> {
    connection
        .prepare("SELECT * FROM access")?
        .query_map([], |row| Ok((sql::device(row, "device")?, read(row)?)))?
        .collect()
}

pub(in crate::store) fn put(
    connection: &Connection,
    device: DeviceId,
    access: &Access,
) -> rusqlite::Result<()> {
    let answer = access.answer.as_ref();
    let until = match answer.map(|answer| answer.given) {
        Some(Given::Until(until)) => Some(until),
        Some(Given::Always | Given::Once | Given::No | Given::Expired | Given::Withdrawn)
        | None => None,
    };
    connection
        .prepare_cached(
            "INSERT INTO access
                (device, asked_by, number, reason, asked, given, until, words, answered)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (device, asked_by) DO UPDATE SET
                number = ?3, reason = ?4, asked = ?5,
                given = ?6, until = ?7, words = ?8, answered = ?9",
        )?
        .execute(params![
            device.as_bytes(),
            access.by,
            access.number,
            access.reason.as_str(),
            access.asked,
            answer.map(|answer| answer.given.word()),
            until,
            answer.map(|answer| answer.words.as_str()),
            answer.map(|answer| answer.at),
        ])
        .map(drop)
}

pub(in crate::store) fn drop_row(
    connection: &Connection,
    device: DeviceId,
    by: AskedBy,
) -> rusqlite::Result<()> {
    connection
        .execute(
            "DELETE FROM access WHERE device = ? AND asked_by = ?",
            params![device.as_bytes(), by],
        )
        .map(drop)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Access> {
    let given: Option<String> = row.get("given")?;
    let answer = match given {
        None => None,
        Some(given) => Some(Answer {
            given: match given.as_str() {
                "always" => Given::Always,
                "until" => Given::Until(row.get("until")?),
                "once" => Given::Once,
                "no" => Given::No,
                "expired" => Given::Expired,
                "withdrawn" => Given::Withdrawn,
                unknown => return Err(sql::nonsense(format!("the answer {unknown:?}"))),
            },
            words: words_of(row, "words")?,
            at: row.get("answered")?,
        }),
    };
    Ok(Access {
        by: row.get("asked_by")?,
        number: row.get("number")?,
        reason: words_of(row, "reason")?,
        asked: row.get("asked")?,
        answer,
    })
}

fn words_of(row: &Row<'_>, column: &str) -> rusqlite::Result<Words> {
    Words::try_from(row.get::<_, String>(column)?).map_err(sql::nonsense)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        table::peers,
        testing::{connection, device, peer},
    };

    #[test]
    fn rows_come_back_as_they_went() {
        let connection = connection();
        peers::put(&connection, &peer(1)).unwrap();
        let at = Moment::from_millis;
        let words = |text: &str| Words::typed(text).unwrap();
        let open = Access {
            by: AskedBy::Them,
            number: 7,
            reason: words("for the school paper"),
            asked: at(1),
            answer: None,
        };
        let given = [
            Given::Always,
            Given::Until(at(9)),
            Given::Once,
            Given::No,
            Given::Expired,
            Given::Withdrawn,
        ];
        let answered = given.map(|given| Access {
            answer: Some(Answer {
                given,
                words: words("gern"),
                at: at(2),
            }),
            ..open.clone()
        });
        for access in [open.clone()].iter().chain(&answered) {
            put(&connection, device(1), access).unwrap();
            assert_eq!(all(&connection).unwrap(), [(device(1), access.clone())]);
        }
        let by_us = Access {
            by: AskedBy::Us,
            ..open
        };
        put(&connection, device(1), &by_us).unwrap();
        drop_row(&connection, device(1), AskedBy::Them).unwrap();
        assert_eq!(all(&connection).unwrap(), [(device(1), by_us)]);
        peers::drop_row(&connection, device(1)).unwrap();
        assert_eq!(all(&connection).unwrap(), []);
    }
}
