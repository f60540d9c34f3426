//! The file itself: opening it, setting a damaged one aside, one transaction
//! after the other, closing it.
//!
//! Opening: make the file private, take it for this process alone, refuse what a
//! newer build closed, check everything where the last end was not in order, take
//! the missing steps, mark the file as open, read the tables. Whatever shows
//! damage on the way leads to a new file, and the damaged one keeps its content
//! under another name.

use std::{
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{
    Connection, OpenFlags, OptionalExtension as _, TransactionBehavior, config::DbConfig,
};

use super::{
    error::StoreError,
    keeper::Durability,
    moment::Moment,
    schema::{Admission, Schema},
    table::{
        audit::{self, Page, Recorded},
        life,
    },
    tables::{Tables, Write},
};
use crate::clock;

/// How a file is opened.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    pub(super) file: PathBuf,
    pub(super) schema: Schema,
    /// How long another program may hold the file.
    pub(super) patience: Duration,
    pub(super) now: Moment,
}

#[derive(Debug)]
pub(super) struct Database {
    connection: Connection,
    file: PathBuf,
    durability: Durability,
    /// The next start must look closely, so this end is not called orderly.
    damaged: bool,
}

/// What the opening showed.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) tables: Tables,
    /// The number of this start.
    pub(super) instance: u64,
    /// Where a damaged file now lies.
    pub(super) set_aside: Option<PathBuf>,
}

impl Opening {
    pub(super) fn open(&self) -> Result<(Database, Contents), StoreError> {
        match self.attempt() {
            Err(StoreError::Damaged { reason, .. }) => {
                let aside = self.set_aside()?;
                tracing::warn!(reason, aside = %aside.display(), "state.db was damaged");
                let (database, mut contents) = self.attempt()?;
                contents.set_aside = Some(aside);
                Ok((database, contents))
            }
            opened => opened,
        }
    }

    fn attempt(&self) -> Result<(Database, Contents), StoreError> {
        make_private(&self.file).map_err(|error| StoreError::of_file(&self.file, &error))?;
        let sqlite = |error| StoreError::of_sqlite(&self.file, &error);
        let mut connection = self.connect().map_err(sqlite)?;
        let contents = self.look_into(&mut connection);
        let database = Database {
            connection,
            file: self.file.clone(),
            durability: Durability::Decision,
            damaged: matches!(contents, Err(StoreError::Damaged { .. })),
        };
        match contents {
            Ok(contents) => Ok((database, contents)),
            Err(error) => {
                drop(database.let_go());
                Err(error)
            }
        }
    }

    fn look_into(&self, connection: &mut Connection) -> Result<Contents, StoreError> {
        let sqlite = |error| StoreError::of_sqlite(&self.file, &error);
        let damaged = |reason| StoreError::Damaged {
            file: self.file.clone(),
            reason,
        };
        // A table or column that is not there is damage too.
        let misshapen = |error| {
            let error = sqlite(error);
            if let StoreError::Fault { reason } = error {
                damaged(reason)
            } else {
                error
            }
        };
        match self.schema.admit(connection).map_err(misshapen)? {
            Admission::Open => {}
            Admission::Foreign => return Err(damaged("its tables are not Banyan's".to_owned())),
            Admission::Newer { version } => {
                return Err(StoreError::Newer {
                    file: self.file.clone(),
                    version,
                    known: self.schema.newest(),
                });
            }
        }
        if !life::closed_in_order(connection).map_err(misshapen)? {
            self.check(connection)?;
        }
        self.schema.migrate(connection, self.now).map_err(sqlite)?;
        Ok(Contents {
            instance: life::begin(connection, self.now).map_err(misshapen)?,
            tables: Tables::load(connection).map_err(misshapen)?,
            set_aside: None,
        })
    }

    fn connect(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.file, flags)?;
        connection.busy_timeout(self.patience)?;
        // Until it is known to be whole; see `let_go`.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        // Nobody else decides beneath the mirror, and there is no shared memory
        // that a full disk could tear.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
        connection.pragma_update(None, "synchronous", Durability::Decision.synchronous())?;
        Ok(connection)
    }

    fn check(&self, connection: &Connection) -> Result<(), StoreError> {
        let sqlite = |error| StoreError::of_sqlite(&self.file, &error);
        let damaged = |reason| StoreError::Damaged {
            file: self.file.clone(),
            reason,
        };
        let verdict: String = connection
            .pragma_query_value(None, "quick_check", |row| row.get(0))
            .map_err(sqlite)?;
        if verdict != "ok" {
            return Err(damaged(verdict));
        }
        let orphan: Option<String> = connection
            .query_row("PRAGMA foreign_key_check", [], |row| row.get(0))
            .optional()
            .map_err(sqlite)?;
        orphan.map_or(Ok(()), |table| {
            Err(damaged(format!("rows of {table} belong to nothing")))
        })
    }

    /// Renames the file and what belongs to it. The name says when, and no
    /// earlier one is overwritten.
    fn set_aside(&self) -> Result<PathBuf, StoreError> {
        let failed = |error: io::Error| StoreError::of_file(&self.file, &error);
        let when = clock::rfc3339(self.now.into()).replace(':', "-");
        let base = with_suffix(&self.file, &format!(".damaged-{when}"));
        let aside = (1..)
            .map(|count| match count {
                1 => base.clone(),
                count => with_suffix(&base, &format!("-{count}")),
            })
            .find(|name| !name.exists())
            .unwrap_or(base.clone());
        // The log first: it must never meet the new file.
        for suffix in ["-wal", "-shm", ""] {
            match fs::rename(with_suffix(&self.file, suffix), with_suffix(&aside, suffix)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                renamed => renamed.map_err(failed)?,
            }
        }
        Ok(aside)
    }
}

impl Database {
    /// All of it or nothing; when this returns, it survives what the durability
    /// promises.
    pub(super) fn write(
        &mut self,
        writes: &[Write],
        durability: Durability,
    ) -> Result<(), StoreError> {
        let written = self.transact(writes, durability);
        self.noting_damage(written)
    }

    pub(super) fn audit(&mut self, page: &Page) -> Result<Vec<Recorded>, StoreError> {
        let read = audit::page(&self.connection, page);
        self.noting_damage(read)
    }

    /// Ends in order: the next start need not look closely.
    pub(super) fn close(mut self) -> Result<(), StoreError> {
        if !self.damaged {
            let marked = self.mark_closed();
            self.noting_damage(marked)?;
        }
        self.let_go()
    }

    /// Closes the file as it is. The last thing SQLite does is to move the log into
    /// the file; but a damaged file stays as it was, log and all.
    fn let_go(self) -> Result<(), StoreError> {
        let Self {
            connection,
            file,
            damaged,
            ..
        } = self;
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, damaged)
            .and_then(|_| connection.close().map_err(|(_, error)| error))
            .map_err(|error| StoreError::of_sqlite(&file, &error))
    }

    fn mark_closed(&mut self) -> rusqlite::Result<()> {
        self.promise(Durability::Decision)?;
        life::end(&self.connection)
    }

    fn transact(&mut self, writes: &[Write], durability: Durability) -> rusqlite::Result<()> {
        self.promise(durability)?;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for write in writes {
            write.run(&transaction)?;
        }
        transaction.commit()
    }

    fn promise(&mut self, durability: Durability) -> rusqlite::Result<()> {
        if durability != self.durability {
            self.connection
                .pragma_update(None, "synchronous", durability.synchronous())?;
            self.durability = durability;
        }
        Ok(())
    }

    fn noting_damage<T>(&mut self, result: rusqlite::Result<T>) -> Result<T, StoreError> {
        let result = result.map_err(|error| StoreError::of_sqlite(&self.file, &error));
        self.damaged |= matches!(result, Err(StoreError::Damaged { .. }));
        result
    }
}

/// The log shrinks back to this after a busy time.
const LOG_BYTES: i64 = 1024 * 1024;

/// SQLite gives the log the mode of the file, so only the file needs care.
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

#[cfg(test)]
impl Database {
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// What the end of the process leaves behind: an open file, and its log.
    pub(super) fn abandon(mut self) {
        self.damaged = true;
        self.let_go().unwrap();
    }
}
