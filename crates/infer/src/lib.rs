//! The language models of this machine and what serves them.
//!
//! So far it finds out whether Ollama runs. Peers and the network between
//! machines are none of its business.

pub mod ollama;
