//! The file itself: opening it, setting a damaged one aside, closing it.
//!
//! Opening: make the file private, take it for this process alone, refuse what a
//! newer build closed, check everything where the last end was not in order, take
//! the missing steps, make the views again where another build made them, read
//! what memory holds. Whatever shows damage on the way leads to a new file, into
//! which everything comes that can still be read from the damaged one and is
//! signed; the damaged one keeps its content under another name.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use wire::{
    limits,
    room::{RoomId, Run},
};

use super::{
    Own, Promise, RoomState, Store, StoreError, Wall, apply,
    dice::Dice,
    held,
    log::{self, LogRow},
    schema::{self, Admission},
};
use crate::fold::FOLD;

/// A store that was opened.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    /// Where a file that could not be read now lies, and how many of its ops came
    /// over. What this machine wrote last may not be among them: it must hear from
    /// the others how far it was before it writes.
    pub set_aside: Option<(PathBuf, u64)>,
}

/// Raised when an op changes something else in what is shown than before.
const VIEWS: u32 = 1;

/// Long enough for a backup program to let go of the file.
const PATIENCE: Duration = Duration::from_secs(5);

/// The log shrinks back to this after a busy time.
const LOG_BYTES: i64 = 4 * 1024 * 1024;

/// As many as there are in this crate, so that none is prepared twice.
const STATEMENTS: usize = 64;

/// Of the file, kept in memory. The index of the words of a large store is read
/// from many places when a word is put in.
const CACHE_KIB: i64 = 32 * 1024;

impl Store {
    /// A store that is gone with the process.
    pub fn in_memory(own: Own, seed: &[u8; 32]) -> Result<Self, StoreError> {
        let file = Path::new(":memory:");
        let told = |error| StoreError::of_sqlite(file, &error);
        let mut connection = Connection::open_in_memory().map_err(told)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        schema::migrate(&mut connection, schema::STEPS, 0).map_err(told)?;
        Ok(Self {
            connection,
            file: file.to_owned(),
            own,
            dice: Dice::of(seed),
            authors: held::Authors::default(),
            rooms: BTreeMap::new(),
            standings: BTreeMap::new(),
            promised: Promise::Own,
            damaged: false,
        })
    }

    /// Opens the file, or makes it. Blocks for as long as the disk takes. `seed`
    /// comes from a source nobody can guess.
    pub fn open(file: &Path, own: &Own, seed: &[u8; 32], now: Wall) -> Result<Opened, StoreError> {
        let opening = Opening {
            file,
            own,
            seed,
            now,
        };
        match opening.attempt() {
            Err(StoreError::Damaged { .. }) => {
                let aside = opening.set_aside()?;
                let mut store = opening.attempt()?;
                let saved = save(&aside, &mut store)?;
                Ok(Opened {
                    store,
                    set_aside: Some((aside, saved)),
                })
            }
            opened => opened.map(|store| Opened {
                store,
                set_aside: None,
            }),
        }
    }
}

pub(super) fn close(store: Store) -> Result<(), StoreError> {
    let Store {
        connection,
        file,
        damaged,
        ..
    } = store;
    let told = |error| StoreError::of_sqlite(&file, &error);
    if !damaged {
        connection
            .pragma_update(None, "synchronous", "FULL")
            .and_then(|()| connection.execute("UPDATE life SET closed_in_order = 1", []))
            .map_err(told)?;
    }
    // A damaged file stays as it was, log and all.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, damaged)
        .and_then(|_| connection.close().map_err(|(_, error)| error))
        .map_err(told)
}

struct Opening<'a> {
    file: &'a Path,
    own: &'a Own,
    seed: &'a [u8; 32],
    now: Wall,
}

impl Opening<'_> {
    fn attempt(&self) -> Result<Store, StoreError> {
        make_private(self.file).map_err(|error| StoreError::of_file(self.file, &error))?;
        let mut connection = connect(self.file).map_err(|error| self.told(&error))?;
        let looked = self.look_into(&mut connection);
        match looked {
            Ok((authors, rooms)) => Ok(Store {
                connection,
                file: self.file.to_owned(),
                own: self.own.clone(),
                dice: Dice::of(self.seed),
                authors,
                rooms,
                standings: BTreeMap::new(),
                promised: Promise::Own,
                damaged: false,
            }),
            // Nothing is moved into a file that is not known to be whole.
            Err(error) => {
                drop(connection);
                Err(error)
            }
        }
    }

    fn look_into(
        &self,
        connection: &mut Connection,
    ) -> Result<(held::Authors, BTreeMap<RoomId, held::Held>), StoreError> {
        match schema::admit(connection, schema::newest()).map_err(|error| self.misshapen(&error))? {
            Admission::Open => {}
            Admission::Foreign => {
                return Err(StoreError::nonsense(
                    self.file,
                    &"its tables are not Banyan's",
                ));
            }
            Admission::Newer { version } => {
                return Err(StoreError::Newer {
                    file: self.file.to_owned(),
                    version,
                    known: schema::newest(),
                });
            }
        }
        let misshapen = |error| self.misshapen(&error);
        if !closed_in_order(connection).map_err(misshapen)? {
            self.check(connection)?;
        }
        schema::migrate(connection, schema::STEPS, self.now.0)
            .map_err(|error| self.told(&error))?;
        self.renew_views(connection).map_err(misshapen)?;
        connection
            .execute("UPDATE life SET closed_in_order = 0", [])
            .map_err(|error| self.told(&error))?;
        let loaded = held::load(connection).map_err(misshapen)?;
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
            .map_err(|error| self.told(&error))?;
        Ok(loaded)
    }

    fn check(&self, connection: &Connection) -> Result<(), StoreError> {
        let verdict: String = connection
            .pragma_query_value(None, "quick_check", |row| row.get(0))
            .map_err(|error| self.told(&error))?;
        if verdict == "ok" {
            Ok(())
        } else {
            Err(StoreError::nonsense(self.file, &verdict))
        }
    }

    /// Makes what is shown again from the log, where another build made it.
    fn renew_views(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        let build = VIEWS << 8 | FOLD;
        let made_by: u32 = connection.query_row("SELECT views FROM life", [], |row| row.get(0))?;
        if made_by == build {
            return Ok(());
        }
        let (authors, rooms) = held::load(connection)?;
        let transaction = connection.transaction()?;
        transaction.execute("INSERT INTO words (words) VALUES ('delete-all')", [])?;
        for (room, mut held) in rooms {
            if held.state != RoomState::Joined {
                continue;
            }
            let standing = log::standing(&transaction, &authors, room, &held)?;
            let messages = apply::rebuild(&transaction, &authors, room, &held, &standing, true)?;
            super::intake::show(&transaction, room, &mut held, &standing)?;
            let sql = "UPDATE shown SET messages = ?2, last_wall = coalesce(
                (SELECT max(wall) FROM op WHERE room = ?1), 0) WHERE room = ?1";
            transaction.execute(sql, [held.no, held::column(messages)])?;
        }
        transaction.execute("UPDATE life SET views = ?", [build])?;
        transaction.commit()
    }

    /// Renames the file and what belongs to it. The name says when, and no earlier
    /// one is overwritten.
    fn set_aside(&self) -> Result<PathBuf, StoreError> {
        let failed = |error: io::Error| StoreError::of_file(self.file, &error);
        let base = with_suffix(self.file, &format!(".damaged-{}", self.now.0));
        let aside = (1..)
            .map(|count| match count {
                1 => base.clone(),
                count => with_suffix(&base, &format!("-{count}")),
            })
            .find(|name| !name.exists())
            .unwrap_or(base.clone());
        // The log first: it must never meet the new file.
        for suffix in ["-wal", "-shm", ""] {
            match fs::rename(with_suffix(self.file, suffix), with_suffix(&aside, suffix)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                renamed => renamed.map_err(failed)?,
            }
        }
        Ok(aside)
    }

    fn told(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::of_sqlite(self.file, error)
    }

    /// A table or column that is not there is damage too.
    fn misshapen(&self, error: &rusqlite::Error) -> StoreError {
        let told = self.told(error);
        if let StoreError::Fault { reason } = told {
            StoreError::nonsense(self.file, &reason)
        } else {
            told
        }
    }
}

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Until it is known to be whole; see `attempt`.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Nobody else decides beneath what memory holds, and there is no shared memory
    // that a full disk could tear.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// A file without the table was never written.
fn closed_in_order(connection: &Connection) -> rusqlite::Result<bool> {
    if !connection.table_exists(None, "life")? {
        return Ok(true);
    }
    connection.query_row("SELECT closed_in_order FROM life", [], |row| row.get(0))
}

/// Brings over what can still be read. Everything is checked as if a stranger had
/// sent it; where a chain breaks, the rest of it stays behind.
fn save(aside: &Path, store: &mut Store) -> Result<u64, StoreError> {
    let Ok(old) = open_damaged(aside) else {
        return Ok(0);
    };
    let Ok((authors, rooms)) = held::load(&old) else {
        return Ok(0);
    };
    let mut saved = 0;
    for (room, held) in rooms {
        store.set_state(room, held.state, held.offer.clone())?;
        if held.state != RoomState::Joined {
            continue;
        }
        // Twice: somebody may have been added by a chain that comes later.
        for _ in 0..2 {
            for author in held.tips.keys() {
                let mut from = 1;
                while let Some(run) = saved_run(&old, &authors, held.no, *author, from) {
                    from = run.last() + 1;
                    let admitted = store.admit(room, vec![run])?;
                    saved += admitted
                        .fresh
                        .iter()
                        .map(|fresh| fresh.to - fresh.from + 1)
                        .sum::<u64>();
                }
            }
        }
    }
    Ok(saved)
}

/// Nothing is moved within it: its log stays beside it when it is closed.
fn open_damaged(aside: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let old = Connection::open_with_flags(aside, flags)?;
    old.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    old.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    Ok(old)
}

fn saved_run(
    old: &Connection,
    authors: &held::Authors,
    room: i64,
    author: wire::DeviceId,
    from: u64,
) -> Option<Run> {
    let form = |row: &LogRow| row.op.content.clone();
    // Fewer at a time where something among them cannot be read.
    let sizes = [limits::RUN_OPS, 16, 1].into_iter();
    let mut runs = sizes.map(|most_ops| {
        let most = (most_ops, usize::MAX);
        log::run_from(old, authors, (room, author), from, form, most)
    });
    runs.find_map(|run| run.ok().flatten())
}

/// SQLite gives its log the mode of the file, so only the file needs care.
fn make_private(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};

        options.mode(0o600);
        let opened = options.open(file)?;
        if opened.metadata()?.permissions().mode() & 0o077 != 0 {
            opened.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    options.open(file)?;
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
