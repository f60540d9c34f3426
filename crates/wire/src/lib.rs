//! The protocol of Banyan: its bytes, and the pure machines that speak them.
//!
//! Everything here is a function of its arguments. There are no sockets, no
//! clock, no tasks and no logging; randomness is handed in by the caller. The
//! manifest keeps it so: a crate that could do these things is not listed.
//!
//! - [`id`]: who a device and a person are
//! - [`sign`]: what is signed, and with which words in front
//! - [`cert`]: the proof that a device belongs to a person
//! - [`PersonMove`], [`Way`]: how a person goes on under another key
//! - [`frame`]: how messages are cut out of a stream of bytes
//! - [`mesh_key`]: the key whose holders trust each other without a click
//! - [`ticket`]: where a machine is, and an invitation to it, as one text
//! - [`msg`]: the messages
//! - [`room`]: what is written in conversations, and how it hangs together
//! - [`machine`]: presence and pairing, as machines without a clock of their own
//! - [`shown`]: which names of others can be shown
//! - [`limits`]: how much anybody may make us hold
//! - `hostile`: what the parsers go through in tests

pub mod cert;
pub mod frame;
#[cfg(any(test, feature = "hostile"))]
pub mod hostile;
pub mod id;
mod key;
pub mod limits;
pub mod machine;
pub mod mesh_key;
pub mod msg;
mod person_move;
pub mod room;
mod secret;
pub mod shown;
pub mod sign;
pub mod ticket;
pub mod version;

pub use cert::{CertificateError, DeviceCertificate};
pub use id::{DeviceId, DeviceKey, PersonId, PersonKey};
pub use key::InvalidKey;
pub use mesh_key::{MeshKey, MeshKeyId, MeshKind};
pub use person_move::{MoveError, PersonMove, Way, WayError};
pub use sign::{BadSignature, Label, Signature, Signer};
pub use ticket::{Invitation, InvitationId, Ticket};
