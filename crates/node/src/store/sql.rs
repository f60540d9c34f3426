//! Ids of other crates as columns.

use rusqlite::{Row, types::Type};
use wire::{DeviceId, PersonId};

pub(super) fn device(row: &Row<'_>, column: &str) -> rusqlite::Result<DeviceId> {
    DeviceId::from_bytes(&row.get::<_, [u8; DeviceId::LENGTH]>(column)?).map_err(not_a_key)
}

pub(super) fn optional_device(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<DeviceId>> {
    row.get::<_, Option<[u8; DeviceId::LENGTH]>>(column)?
        .map(|bytes| DeviceId::from_bytes(&bytes).map_err(not_a_key))
        .transpose()
}

pub(super) fn optional_person(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<PersonId>> {
    row.get::<_, Option<[u8; PersonId::LENGTH]>>(column)?
        .map(|bytes| PersonId::from_bytes(&bytes).map_err(not_a_key))
        .transpose()
}

pub(super) fn person(row: &Row<'_>, column: &str) -> rusqlite::Result<PersonId> {
    PersonId::from_bytes(&row.get::<_, [u8; PersonId::LENGTH]>(column)?).map_err(not_a_key)
}

/// A row that is whole, and says what no build of ours ever wrote.
pub(super) fn nonsense(
    reason: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, reason.into())
}

fn not_a_key(error: wire::InvalidKey) -> rusqlite::Error {
    nonsense(error)
}
