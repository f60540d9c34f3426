use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A machine with its identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Machine {
    /// The device id in full: base32 in groups of four.
    pub id: String,
    /// The first eight characters of the id.
    pub short_id: String,
    /// The public key in hexadecimal; its sigil is drawn from this.
    pub key: String,
    pub name: String,
    /// The short id of the person who owns it.
    pub person: String,
    /// "linux", "macos", "windows", …
    pub os: String,
    /// "x86_64", "aarch64", …
    pub arch: String,
    /// Where its secret key lies; known only for this machine.
    pub key_store: Option<KeyStore>,
    pub this_machine: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyStore {
    Keyring,
    File,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Rename {
    pub name: String,
}

impl From<node::Machine> for Machine {
    fn from(machine: node::Machine) -> Self {
        Self {
            id: machine.id,
            short_id: machine.short_id,
            key: machine.key,
            name: machine.name,
            person: machine.person,
            os: machine.os.to_owned(),
            arch: machine.arch.to_owned(),
            key_store: Some((&machine.key_place).into()),
            this_machine: true,
        }
    }
}

impl From<&node::KeyPlace> for KeyStore {
    fn from(place: &node::KeyPlace) -> Self {
        match place {
            node::KeyPlace::Keyring => Self::Keyring,
            node::KeyPlace::File { .. } => Self::File,
        }
    }
}
