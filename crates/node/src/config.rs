//! Every setting of a node: what it may be, where its value comes from, and the file behind it.
//!
//! One table ([`settings`]) names each setting once. The typed snapshot [`Config`], the checks,
//! the sentences about wrong values, the environment variables, the [`View`]s for user interfaces
//! and the reference page all follow from it.
//!
//! ```text
//! config.toml ─┐
//! environment ─┼─> Layers ──> Config (typed, immutable)  ──> readers hold an Arc of it
//! flags ───────┘      │
//!                     └─────> View (value, default, origin, waiting ...) ──> user interfaces
//! ```
//!
//! A later layer wins: default < file < environment < flag. A wrong value is an error in whichever
//! layer it stands, even where another layer overrules it, so that it cannot surprise anyone later.
//! Unknown keys are warnings and stay in the file: a newer Banyan may have written them.
//!
//! Invariants: a [`Config`] holds no value outside its setting's limits; [`Store`] is the only
//! writer of the file and leaves it either as it was or complete; nothing here reads the process
//! environment or its arguments.

mod address;
mod choice;
mod disk;
mod edit;
mod error;
mod file;
mod kind;
mod layers;
mod name;
mod near;
mod networks;
mod number;
mod origin;
mod reference;
mod settings;
mod store;
#[cfg(test)]
mod tests;
mod value;

pub use address::{HttpUrl, LoopbackAddress};
pub use choice::{Language, LogFormat, LogLevel, Theme};
pub use error::{BadValue, ChangeError, ConfigError, DiskError, Warning};
pub use kind::{Item, Kind, Unit};
pub use name::{InterfaceName, MachineName, ModelName};
pub use near::UnknownKey;
pub use networks::AllowedNetwork;
pub use number::{ByteSize, Decimal, Percent, Port};
pub use origin::{Origin, Place, Source};
pub use reference::{constants, reference};
pub use settings::{
    Chat, Config, Descriptor, Desktop, Http, Key, Log, Machine, Models, Network, Sharing, Stage, Ui,
};
pub use store::{Store, View};
pub use value::RawValue;
