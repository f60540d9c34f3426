//! Writes the TypeScript side of this crate.

use std::fmt::Write as _;

use ts_rs::{Config, TS};

use crate::{
    calls, dto,
    error::{ApiError, Code},
};

/// The file the interface is compiled against. Committed; the tests fail when
/// it differs from what this function returns.
pub fn bindings() -> String {
    let config = Config::default();
    let mut text = String::from(
        "// Generated from crates/api by `cargo xtask gen`. Do not edit.\n/* eslint-disable */\n",
    );
    for declaration in declarations(&config) {
        let _ = write!(text, "\n{declaration}\n");
    }
    text.push_str("\n/** Every call: its name, what it takes, what it answers. */\nexport interface Calls {\n");
    for call in calls::all() {
        for line in call.doc.lines() {
            let _ = writeln!(text, "  /** {} */", line.trim());
        }
        let _ = writeln!(
            text,
            "  \"{}\": {{ params: {}; answer: {} }};",
            call.name, call.params, call.answer
        );
    }
    text.push_str(
        "}\n\n/** Every call that is answered piece by piece: its name, what it takes, its pieces. */\nexport interface Streams {\n",
    );
    for stream in calls::all_streams() {
        for line in stream.doc.lines() {
            let _ = writeln!(text, "  /** {} */", line.trim());
        }
        let _ = writeln!(
            text,
            "  \"{}\": {{ params: {}; piece: {} }};",
            stream.name, stream.params, stream.answer
        );
    }
    text.push_str("}\n");
    text
}

/// The settings of a node as data, for the fake backend of the page: it tests
/// against the limits that hold, not against limits somebody remembered.
pub fn settings(settings: &[dto::Setting]) -> Result<String, serde_json::Error> {
    let list = serde_json::to_string_pretty(settings)?;
    Ok(format!(
        "// Generated from crates/node by `cargo xtask gen`. Do not edit.\n/* eslint-disable */\n\
         import type {{ Setting }} from \"../api.gen\";\n\n\
         /** Every setting of a node that was given nothing. */\n\
         export const DEFAULT_SETTINGS: readonly Setting[] = {list};\n"
    ))
}

fn declarations(config: &Config) -> Vec<String> {
    macro_rules! declare {
        ($($type:ty),+ $(,)?) => {
            vec![$(declaration::<$type>(config)),+]
        };
    }
    declare![
        ApiError,
        Code,
        dto::Machine,
        dto::KeyStore,
        dto::Rename,
        dto::Peer,
        dto::PeerForm,
        dto::PeerState,
        dto::Relation,
        dto::TrustOrigin,
        dto::PeerPresence,
        dto::PeerActivity,
        dto::PeerPermission,
        dto::Permission,
        dto::Term,
        dto::LlmLimits,
        dto::PeerQuota,
        dto::Pairing,
        dto::PairingSide,
        dto::PairingStep,
        dto::PairingOutcome,
        dto::PeerTrouble,
        dto::PeerOccasion,
        dto::PeerRef,
        dto::PeerAddress,
        dto::PairingAnswer,
        dto::PermissionGrant,
        dto::PermissionRef,
        dto::QuotaChange,
        dto::Access,
        dto::AccessSide,
        dto::AccessState,
        dto::AccessAsk,
        dto::AccessAnswer,
        dto::AccessChoice,
        dto::AuditQuery,
        dto::AuditEntry,
        dto::JoinKind,
        dto::TicketWish,
        dto::Ticket,
        dto::Invitation,
        dto::JoinRef,
        dto::TicketUse,
        dto::MeshKey,
        dto::MeshKeyWish,
        dto::MeshKeyMade,
        dto::MeshKeyText,
        dto::MeshKeyRotated,
        dto::Setting,
        dto::SettingValue,
        dto::SettingKind,
        dto::Unit,
        dto::SettingSource,
        dto::SettingChange,
        dto::SettingKey,
        dto::Status,
        dto::NodeState,
        dto::Http,
        dto::Ports,
        dto::Resources,
        dto::Notice,
        dto::Level,
        dto::Diagnostics,
        dto::Check,
        dto::CheckId,
        dto::Outcome,
        dto::NetworkReport,
        dto::InterfaceReport,
        dto::SkippedBecause,
        dto::Traffic,
        dto::Interface,
        dto::InterfaceKind,
        dto::Firewall,
        dto::FirewallKind,
        dto::FirewallChange,
        dto::Report,
        dto::LogQuery,
        dto::LogLine,
        dto::LogLevel,
        dto::ChatReadiness,
        dto::ChatAsk,
        dto::ChatMessage,
        dto::ChatRole,
        dto::ChatOptions,
        dto::ChatPiece,
        dto::AnswerPlace,
        dto::AnswerFigures,
        dto::Carry,
        dto::Why,
        dto::Candidate,
        dto::Estimate,
        dto::Tried,
        dto::ModelsView,
        dto::MachineTraffic,
        dto::TrafficCount,
        dto::Backend,
        dto::BackendStanding,
        dto::BackendKind,
        dto::BackendNew,
        dto::BackendTry,
        dto::BackendChange,
        dto::BackendRef,
        dto::BackendLook,
        dto::BackendLooked,
        dto::BackendAnswer,
        dto::ModelRef,
        dto::ModelShown,
        dto::Pull,
        dto::PullState,
        dto::PullPart,
        dto::Model,
        dto::MachineModels,
        dto::InLine,
        dto::InLineState,
        dto::DesktopState,
        dto::Autostart,
        dto::OpenPlace,
        dto::Place,
        dto::FolderPick,
        dto::FolderChoice,
        dto::SaveReport,
        dto::ReportSaved,
        dto::Event,
        dto::Happening,
    ]
}

fn declaration<T: TS + 'static>(config: &Config) -> String {
    let doc = T::docs().unwrap_or_default();
    format!("{doc}export {}", T::decl(config))
}
