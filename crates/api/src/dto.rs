//! What crosses the edge. Inner types never serialise themselves for a user
//! interface; they are translated into these, so that inside can change freely.

mod access;
mod backend;
mod chat;
mod desktop;
mod diagnostics;
mod event;
mod joining;
mod machine;
mod model;
mod peer;
mod pull;
mod setting;
mod status;

pub use access::{Access, AccessAnswer, AccessAsk, AccessChoice, AccessSide, AccessState};
pub use backend::{
    Backend, BackendAnswer, BackendChange, BackendKind, BackendLook, BackendLooked, BackendNew,
    BackendRef, BackendStanding, BackendTry, KeyText,
};
pub use chat::{
    AnswerFigures, AnswerPlace, Candidate, Carry, ChatAsk, ChatMessage, ChatOptions, ChatPiece,
    ChatReadiness, ChatRole, Estimate, Tried, Why,
};
pub use desktop::{
    Autostart, DesktopState, FolderChoice, FolderPick, OpenPlace, Place, ReportSaved, SaveReport,
};
pub use diagnostics::{
    Check, CheckId, Diagnostics, Firewall, FirewallChange, FirewallKind, Interface, InterfaceKind,
    InterfaceReport, LogLevel, LogLine, LogQuery, NetworkReport, Outcome, Report, SkippedBecause,
    Traffic,
};
pub use event::{Event, Happening, PeerOccasion};
pub use joining::{
    Invitation, JoinKind, JoinRef, MeshKey, MeshKeyMade, MeshKeyRotated, MeshKeyText, MeshKeyWish,
    Ticket, TicketUse, TicketWish,
};
pub use machine::{KeyStore, Machine, Rename};
pub use model::{
    InLine, InLineState, MachineModels, MachineTraffic, Model, ModelsView, TrafficCount,
};
pub use peer::{
    AuditEntry, AuditQuery, LlmLimits, LlmWish, Pairing, PairingAnswer, PairingOutcome,
    PairingSide, PairingStep, Peer, PeerActivity, PeerAddress, PeerForm, PeerPermission,
    PeerPresence, PeerQuota, PeerRef, PeerState, PeerTrouble, Permission, PermissionGrant,
    PermissionRef, QuotaChange, Relation, Term, TrustOrigin,
};
pub use pull::{ModelRef, ModelShown, Pull, PullPart, PullState};
pub use setting::{
    Setting, SettingChange, SettingKey, SettingKind, SettingSource, SettingValue, Unit,
};
pub use status::{Http, Level, NodeState, Notice, Ports, Resources, Status};

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
