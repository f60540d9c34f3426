//! What a person explicitly allowed or denied a machine. Where there is no row,
//! the rules of trust say what is usual.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wire::DeviceId;

use crate::store::{
    moment::Moment,
    schema::{Migration, OlderBuilds},
    sql,
    words::words,
};

pub(in crate::store) const MIGRATIONS: &[Migration] = &[Migration {
    number: 4,
    name: "permissions",
    older_builds: OlderBuilds::MustNotOpen,
    sql: "
        CREATE TABLE permissions (
            device BLOB NOT NULL REFERENCES peers (device) ON DELETE CASCADE,
            permission TEXT NOT NULL,
            granted INTEGER NOT NULL CHECK (granted IN (0, 1)),
            limits TEXT NOT NULL,
            term TEXT NOT NULL CHECK (term IN ('always', 'until', 'once')),
            until INTEGER,
            since INTEGER NOT NULL,
            PRIMARY KEY (device, permission),
            CHECK ((term = 'until') = (until IS NOT NULL)),
            CHECK (granted = 1 OR (term = 'always' AND limits = '{}'))
        ) STRICT, WITHOUT ROWID;",
}];

words! {
    /// What one machine may be allowed on another.
    Permission {
        /// Send questions to shared models.
        LlmUse = "llm.use",
        /// Read files of shared folders.
        FilesRead = "files.read",
        /// Copy models from disk to disk.
        ModelsCopy = "models.copy",
        /// Change settings and decide in this machine's name.
        Admin = "admin",
    }
}

/// A permission with its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    LlmUse(LlmLimits),
    FilesRead(FileLimits),
    ModelsCopy,
    Admin,
}

// A limit this build does not know must not be ignored, so unknown fields are
// refused, and a new one is a migration that older builds must not open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LlmLimits {
    pub models: Scope,
    /// Of one answer; no limit of its own where nothing is said.
    pub max_tokens: Option<u32>,
    pub requests_per_minute: u32,
    /// Answers at the same time.
    pub concurrency: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileLimits {
    pub folders: Scope,
}

/// All there are, or only those named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<BTreeSet<String>>", into = "Option<BTreeSet<String>>")]
pub enum Scope {
    All,
    Only(BTreeSet<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    Always,
    Until(Moment),
    /// For a single use.
    Once,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub ruling: Ruling,
    pub since: Moment,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    Allowed { grant: Grant, term: Term },
    Denied(Permission),
}

impl Rule {
    pub fn permission(&self) -> Permission {
        match &self.ruling {
            Ruling::Allowed { grant, .. } => grant.permission(),
            Ruling::Denied(permission) => *permission,
        }
    }
}

impl Grant {
    pub fn permission(&self) -> Permission {
        match self {
            Self::LlmUse(_) => Permission::LlmUse,
            Self::FilesRead(_) => Permission::FilesRead,
            Self::ModelsCopy => Permission::ModelsCopy,
            Self::Admin => Permission::Admin,
        }
    }
}

impl Scope {
    pub fn only<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Only(names.into_iter().map(str::to_owned).collect())
    }

    pub fn contains(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(name),
        }
    }
}

impl From<Option<BTreeSet<String>>> for Scope {
    fn from(names: Option<BTreeSet<String>>) -> Self {
        names.map_or(Self::All, Self::Only)
    }
}

impl From<Scope> for Option<BTreeSet<String>> {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::All => None,
            Scope::Only(names) => Some(names),
        }
    }
}

pub(in crate::store) fn all(connection: &Connection) -> rusqlite::Result<Vec<(DeviceId, Rule)>> {
    connection
        .prepare("SELECT * FROM permissions")?
        .query_map([], |row| Ok((sql::device(row, "device")?, read(row)?)))?
        .collect()
}

pub(in crate::store) fn put(
    connection: &Connection,
    device: DeviceId,
    rule: &Rule,
) -> rusqlite::Result<()> {
    let (granted, limits, term) = match &rule.ruling {
        Ruling::Allowed { grant, term } => (true, limits(grant)?, *term),
        Ruling::Denied(_) => (false, NO_LIMITS.to_owned(), Term::Always),
    };
    let (term, until) = match term {
        Term::Always => ("always", None),
        Term::Until(until) => ("until", Some(until)),
        Term::Once => ("once", None),
    };
    connection
        .prepare_cached(
            "INSERT INTO permissions (device, permission, granted, limits, term, until, since)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (device, permission) DO UPDATE SET
                granted = ?3, limits = ?4, term = ?5, until = ?6, since = ?7",
        )?
        .execute(params![
            device.as_bytes(),
            rule.permission(),
            granted,
            limits,
            term,
            until,
            rule.since
        ])
        .map(drop)
}

pub(in crate::store) fn drop_row(
    connection: &Connection,
    device: DeviceId,
    permission: Permission,
) -> rusqlite::Result<()> {
    connection
        .execute(
            "DELETE FROM permissions WHERE device = ? AND permission = ?",
            params![device.as_bytes(), permission],
        )
        .map(drop)
}

const NO_LIMITS: &str = "{}";

fn read(row: &Row<'_>) -> rusqlite::Result<Rule> {
    let permission: Permission = row.get("permission")?;
    let since = row.get("since")?;
    if !row.get::<_, bool>("granted")? {
        let ruling = Ruling::Denied(permission);
        return Ok(Rule { ruling, since });
    }
    let limits: String = row.get("limits")?;
    let grant = match permission {
        Permission::LlmUse => Grant::LlmUse(parse(&limits)?),
        Permission::FilesRead => Grant::FilesRead(parse(&limits)?),
        Permission::ModelsCopy => Grant::ModelsCopy,
        Permission::Admin => Grant::Admin,
    };
    let term = match row.get::<_, String>("term")?.as_str() {
        "always" => Term::Always,
        "until" => Term::Until(row.get("until")?),
        "once" => Term::Once,
        unknown => return Err(sql::nonsense(format!("the term {unknown:?}"))),
    };
    let ruling = Ruling::Allowed { grant, term };
    Ok(Rule { ruling, since })
}

fn limits(grant: &Grant) -> rusqlite::Result<String> {
    let written = match grant {
        Grant::LlmUse(limits) => serde_json::to_string(limits),
        Grant::FilesRead(limits) => serde_json::to_string(limits),
        Grant::ModelsCopy | Grant::Admin => return Ok(NO_LIMITS.to_owned()),
    };
    written.map_err(sql::nonsense)
}

fn parse<L: DeserializeOwned>(limits: &str) -> rusqlite::Result<L> {
    serde_json::from_str(limits).map_err(sql::nonsense)
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
        let since = Moment::from_millis(3);
        let llm = LlmLimits {
            models: Scope::only(["llama3:8b", "مدل"]),
            max_tokens: Some(4096),
            requests_per_minute: 100,
            concurrency: 2,
        };
        let files = FileLimits {
            folders: Scope::All,
        };
        let allowed = |grant, term| Rule {
            ruling: Ruling::Allowed { grant, term },
            since,
        };
        for rules in [
            vec![
                allowed(Grant::LlmUse(llm), Term::Once),
                allowed(Grant::FilesRead(files), Term::Until(Moment::from_millis(9))),
                allowed(Grant::ModelsCopy, Term::Always),
                allowed(Grant::Admin, Term::Always),
            ],
            Permission::ALL
                .iter()
                .map(|permission| Rule {
                    ruling: Ruling::Denied(*permission),
                    since,
                })
                .collect(),
        ] {
            for rule in &rules {
                put(&connection, device(1), rule).unwrap();
            }
            let mut read: Vec<_> = all(&connection).unwrap();
            read.sort_by_key(|(_, rule)| rule.permission());
            let written: Vec<_> = rules.into_iter().map(|rule| (device(1), rule)).collect();
            assert_eq!(read, written);
        }
        drop_row(&connection, device(1), Permission::Admin).unwrap();
        assert_eq!(all(&connection).unwrap().len(), 3);
        peers::drop_row(&connection, device(1)).unwrap();
        assert_eq!(all(&connection).unwrap(), []);
    }

    #[test]
    fn a_limit_nobody_knows_is_not_ignored() {
        let connection = connection();
        peers::put(&connection, &peer(1)).unwrap();
        connection
            .execute(
                "INSERT INTO permissions VALUES (?, 'llm.use', 1, ?, 'always', NULL, 1)",
                params![
                    device(1).as_bytes(),
                    r#"{"models":null,"max_tokens":null,"requests_per_minute":1,"concurrency":1,"hours":"9-17"}"#
                ],
            )
            .unwrap();
        assert!(all(&connection).is_err());
    }

    #[test]
    fn limits_are_written_as_documented() {
        let limits = LlmLimits {
            models: Scope::only(["a"]),
            max_tokens: None,
            requests_per_minute: 100,
            concurrency: 2,
        };
        let written =
            r#"{"models":["a"],"max_tokens":null,"requests_per_minute":100,"concurrency":2}"#;
        assert_eq!(serde_json::to_string(&limits).unwrap(), written);
    }
}
