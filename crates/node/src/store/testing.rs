//! Rows and files for tests.

use rusqlite::Connection;
use wire::{DeviceId, DeviceKey, PersonId, PersonKey, PersonMove};

use super::{Form, Moment, Peer, PeerState, schema::Schema};

pub(crate) fn device(number: u8) -> DeviceId {
    DeviceKey::from_seed(&[number; 32]).id()
}

pub(crate) fn person(number: u8) -> PersonId {
    PersonKey::from_seed(&[number; 32]).id()
}

pub(crate) fn person_move(from: u8, to: u8) -> PersonMove {
    let old = PersonKey::from_seed(&[from; 32]);
    PersonMove::issue(&old, person(to), u64::from(to)).unwrap()
}

pub(crate) fn peer(number: u8) -> Peer {
    Peer {
        device: device(number),
        person: None,
        offered_person: None,
        doubt: None,
        awaits_key: false,
        name: format!("machine {number}"),
        offered_name: None,
        form: Form::Desktop,
        instance: 1,
        state: PeerState::Pending {
            since: Moment::from_millis(1),
        },
        quota: None,
        first_seen: Moment::from_millis(1),
        last_seen: Moment::from_millis(2),
    }
}

/// An empty file of today's shape, in memory.
pub(crate) fn connection() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .pragma_update(None, "foreign_keys", true)
        .unwrap();
    Schema::current()
        .migrate(&mut connection, Moment::from_millis(1))
        .unwrap();
    connection
}
