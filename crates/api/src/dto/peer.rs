mod from_node;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ApiError;

/// Another machine: one that is near, or one about which something was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Peer {
    /// The device id in full: base32 in groups of four.
    pub id: String,
    /// The first eight characters of the id.
    pub short_id: String,
    /// The public key in hexadecimal; its sigil is drawn from this.
    pub key: String,
    /// As it was when somebody here decided about it, or as it calls itself;
    /// nothing while it was only heard.
    pub name: Option<String>,
    /// What it calls itself now, where that is something else.
    pub offered_name: Option<String>,
    pub form: PeerForm,
    /// The short id of the person who owns it, where that was proven.
    pub person: Option<String>,
    pub state: PeerState,
    /// Only of a trusted machine.
    pub relation: Option<Relation>,
    /// What trust rests on; only of a trusted machine.
    pub origin: Option<TrustOrigin>,
    /// RFC 3339; only of a trusted machine.
    pub trusted_since: Option<String>,
    pub presence: PeerPresence,
    pub activity: PeerActivity,
    /// Where it was met, such as `192.168.1.20:7878`; where to dial first stands first.
    pub addresses: Vec<String>,
    /// RFC 3339; nothing while no session is up.
    pub session_since: Option<String>,
    /// Where the session goes to.
    pub session_address: Option<String>,
    pub rtt_ms: Option<f64>,
    /// It says that it offers models.
    pub has_llm: bool,
    /// RFC 3339.
    pub last_seen: Option<String>,
    /// How far its clock is ahead of ours, in seconds. Harms nothing.
    #[ts(type = "number | null")]
    pub clock_ahead_seconds: Option<i64>,
    /// It says that it trusts this machine.
    pub trusts_us: bool,
    /// It announces a mesh key that is not ours.
    pub other_mesh: bool,
    /// What it may do here; empty unless it is trusted.
    pub permissions: Vec<PeerPermission>,
    pub quota: Option<PeerQuota>,
    pub pairing: Option<Pairing>,
    /// Why it was not reached at the latest attempt.
    pub trouble: Option<PeerTrouble>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PeerForm {
    Desktop,
    Laptop,
    Server,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PeerState {
    /// Near, and nothing was decided about it.
    Discovered,
    /// Somebody asked for pairing, here or there.
    Pending,
    Trusted,
    Blocked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The same person's: everything in step.
    Mine,
    /// Another person's: only what is shared.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TrustOrigin {
    /// Two people compared a code.
    Pairing,
    MeshKey,
    Invitation,
    /// Everybody on this network is welcome.
    OpenNetwork,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PeerPresence {
    /// A session is up.
    Connected,
    /// Heard on the network, without a session.
    Nearby,
    Away,
}

/// What it is doing for us, as a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PeerActivity {
    Free,
    /// A stream between the two machines runs.
    Answering,
    Away,
}

/// One permission of one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PeerPermission {
    pub permission: Permission,
    pub allowed: bool,
    /// Nobody said anything about it; this is what is usual for such a machine.
    pub usual: bool,
    pub term: Term,
    /// RFC 3339, where the term is `until`.
    pub until: Option<String>,
    /// Of `llm.use`, where it is allowed.
    pub llm: Option<LlmLimits>,
    /// Of `files.read`, where only some folders are meant.
    pub folders: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Permission {
    /// Send questions to shared models.
    #[serde(rename = "llm.use")]
    LlmUse,
    /// Read files of shared folders.
    #[serde(rename = "files.read")]
    FilesRead,
    /// Copy models from disk to disk.
    #[serde(rename = "models.copy")]
    ModelsCopy,
    /// Change settings and decide in this machine's name.
    #[serde(rename = "admin")]
    Admin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    Always,
    Until,
    /// For a single use.
    Once,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LlmLimits {
    /// Nothing means all that are shared.
    pub models: Option<Vec<String>>,
    /// Of one answer.
    pub max_tokens: Option<u32>,
    pub requests_per_minute: u32,
    /// Answers at the same time.
    pub concurrency: u32,
}

/// Limits as somebody asks for them: what is left out is as usual.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LlmWish {
    pub models: Option<Vec<String>>,
    pub max_tokens: Option<u32>,
    pub requests_per_minute: Option<u32>,
    pub concurrency: Option<u32>,
}

/// How much a machine may cost this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PeerQuota {
    pub messages_per_minute: u32,
    #[ts(type = "number")]
    pub storage_bytes: u64,
}

/// A pairing under way, or how the latest one ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Pairing {
    /// Who wanted it.
    pub asked_by: PairingSide,
    pub step: PairingStep,
    /// Six digits, while the codes are compared.
    pub code: Option<String>,
    /// How it ended; only in the step `ended`.
    pub outcome: Option<PairingOutcome>,
    /// RFC 3339: when it is given up unless something happens.
    pub ends_at: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PairingSide {
    Here,
    There,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PairingStep {
    /// Asked here; nobody there has looked yet.
    Waiting,
    /// Asked there; nobody here has looked yet.
    Requested,
    /// Opened here; the code comes in a moment.
    Opened,
    /// Both screens show the code.
    Compare,
    /// Confirmed here; the other has not yet.
    Confirmed,
    Ended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PairingOutcome {
    Paired,
    /// Somebody here said that the codes differ.
    CodesDiffer,
    CodesDifferThere,
    Cancelled,
    TimedOut,
    Broken,
    NotReached,
    /// The other machine hears no more requests from here for some minutes.
    TooOften,
    /// Both confirmed, but it could not be kept on this disk.
    NotKept,
}

/// Why a machine was not reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PeerTrouble {
    pub error: ApiError,
    pub address: String,
    /// RFC 3339.
    pub at: String,
}

/// Names a machine: its id, the beginning of its id (four characters or more),
/// or its name where only one has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PeerRef {
    pub peer: String,
}

/// An address `host[:port]`, or a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PeerAddress {
    pub address: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PairingAnswer {
    pub peer: String,
    /// The person compared the codes, and they are the same.
    pub same: bool,
    /// Both machines belong to the same person. Holds only where both say so.
    pub mine: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PermissionGrant {
    pub peer: String,
    pub permission: Permission,
    #[serde(default = "always")]
    #[ts(optional, as = "Option<Term>")]
    pub term: Term,
    /// How long from now, where the term is `until`.
    #[serde(default)]
    #[ts(optional)]
    pub minutes: Option<u32>,
    /// Of `llm.use`; the usual ones where nothing is said. The page always says
    /// all of them.
    #[serde(default)]
    #[ts(optional, as = "Option<LlmLimits>")]
    pub llm: Option<LlmWish>,
    /// Of `files.read`; all that are shared where nothing is said.
    #[serde(default)]
    #[ts(optional)]
    pub folders: Option<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PermissionRef {
    pub peer: String,
    pub permission: Permission,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QuotaChange {
    pub peer: String,
    /// Nothing brings back what is usual.
    pub quota: Option<PeerQuota>,
}

/// Which entries of the audit log to read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditQuery {
    /// The last entry of the page before.
    #[serde(default)]
    #[ts(optional, type = "number")]
    pub before: Option<i64>,
    /// Only what is about this machine.
    #[serde(default)]
    #[ts(optional)]
    pub peer: Option<String>,
    #[serde(default)]
    #[ts(optional)]
    pub limit: Option<u32>,
}

/// Something that was decided, refused or handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditEntry {
    #[ts(type = "number")]
    pub id: i64,
    /// RFC 3339.
    pub at: String,
    /// A word such as `paired`; the sentence is made from it and the details.
    pub kind: String,
    /// The short id of the machine.
    pub peer: Option<String>,
    /// Its name, while it is known.
    pub name: Option<String>,
    /// The short id of the person.
    pub person: Option<String>,
    pub details: BTreeMap<String, String>,
}

fn always() -> Term {
    Term::Always
}
