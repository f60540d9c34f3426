//! The language models that programs on this machine, or places named by its
//! owner, serve: what they are, how they are asked, and what comes back.
//!
//! Everything that serves models is a [`Backend`]: [`ollama::Ollama`] and
//! [`openai::OpenAi`] over HTTP, an embedded engine behind the same trait. Who
//! asks builds a [`Chat`], [`Generate`] or [`Embed`], and reads [`Event`]s from
//! a stream until [`Event::Done`] or a [`Failure`].
//!
//! - Dropping the stream of a turn closes its connection, and the server stops.
//! - Reading slowly slows the server: between the socket and the reader waits
//!   no more than one piece.
//! - Whatever a server sends, nothing here panics or grows without bound.
//!
//! [`queue`] says who is answered next; [`watcher`] keeps looking at what is
//! there; [`turn`] reads an answer within limits.
//!
//! Machines on the network and the links between them are none of its business.

mod backend;
mod event;
mod failure;
mod http;
mod key;
mod micros;
mod model;
pub mod ollama;
pub mod openai;
mod place;
pub mod queue;
mod request;
pub mod turn;
pub mod watcher;

pub use backend::{Answer, Backend, Events, Kind, Presence, Progress, PullProgress, Skill, Skills};
pub use event::{Done, DoneReason, Event, Phase, Statistics};
pub use failure::{Failure, Limit};
pub use http::Unsuitable;
pub use key::{ApiKey, NotAKey};
pub use model::{
    Abilities, Ability, Description, Details, Elsewhere, Loaded, ModelCard, ModelName, NotAName,
};
pub use place::{NotAPlace, Place, Reach};
pub use request::{
    Chat, Embed, Embeddings, Format, Generate, Image, KeepAlive, Level, Message, NoDuration,
    NotAnImage, Options, Role, Think, TooLarge, Tool, ToolCall, largest,
};
