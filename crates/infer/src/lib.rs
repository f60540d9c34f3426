//! The language models of this machine and what serves them.
//!
//! - [`ollama`]: whether Ollama runs
//! - [`queue`]: who is answered next
//!
//! Peers and the network between machines are none of its business.

pub mod ollama;
pub mod queue;
