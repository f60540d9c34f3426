//! The list of calls. A call is written once here and once as a handler; the
//! window, the browser, the command line and the generated TypeScript all
//! follow from this list.
//!
//! To add one: a line below, a function of the same shape in `handlers/`, then
//! `cargo xtask gen`. `docs/development.md` walks through an example.

use futures_util::{StreamExt as _, stream::BoxStream};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use ts_rs::TS;

use crate::{
    Api, ApiError,
    dto::{
        Access, AccessAnswer, AccessAsk, AuditEntry, AuditQuery, Autostart, Backend, BackendChange,
        BackendLook, BackendLooked, BackendNew, BackendRef, BackendTry, ChatAsk, ChatPiece,
        ChatReadiness, DesktopState, Diagnostics, FirewallChange, FolderChoice, FolderPick,
        Invitation, JoinRef, LogLine, LogQuery, Machine, MeshKey, MeshKeyMade, MeshKeyRotated,
        MeshKeyText, MeshKeyWish, ModelRef, ModelShown, ModelsView, OpenPlace, PairingAnswer, Peer,
        PeerAddress, PeerRef, PermissionGrant, PermissionRef, Pull, QuotaChange, Rename, Report,
        ReportSaved, SaveReport, Setting, SettingChange, SettingKey, Status, Ticket, TicketUse,
        TicketWish,
    },
    handlers,
};

/// One call: its name on every transport, what it takes and what it answers.
pub trait Call {
    const NAME: &'static str;
    type Params: Serialize + DeserializeOwned + TS + Send;
    type Answer: Serialize + DeserializeOwned + TS + Send;
}

/// A call as generated TypeScript describes it.
#[derive(Debug, Clone)]
pub struct CallShape {
    pub name: &'static str,
    pub doc: &'static str,
    pub params: String,
    pub answer: String,
}

/// A call that is answered piece by piece. Leaving the stream ends what it began.
pub trait Stream {
    const NAME: &'static str;
    type Params: Serialize + DeserializeOwned + TS + Send;
    type Piece: Serialize + DeserializeOwned + TS + Send;
}

/// Pieces of an answer, as they travel.
pub type Pieces = BoxStream<'static, Result<Value, ApiError>>;

macro_rules! calls {
    ($($(#[doc = $doc:literal])+ $call:ident = $name:literal, $handler:path, ($params:ty) -> $answer:ty;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy)]
            pub struct $call;

            impl Call for $call {
                const NAME: &'static str = $name;
                type Params = $params;
                type Answer = $answer;
            }
        )+

        impl Api {
            async fn dispatch(&self, name: &str, params: Value) -> Result<Value, ApiError> {
                match name {
                    $($name => {
                        let params: $params = read_params(name, params)?;
                        write_answer(name, &$handler(self, params).await?)
                    })+
                    unknown => Err(ApiError::unknown_call(unknown)),
                }
            }
        }

        /// Every call, in the order of the list.
        pub fn all() -> Vec<CallShape> {
            let config = ts_rs::Config::default();
            vec![$(CallShape {
                name: $name,
                doc: concat!($($doc, "\n",)+),
                params: <$params as TS>::name(&config),
                answer: <$answer as TS>::name(&config),
            },)+]
        }
    };
}

calls! {
    /// What this node is, how long it has run and how it is doing.
    GetStatus = "status", handlers::status::get, (()) -> Status;

    /// The machines this node knows; the first is this one.
    ListMachines = "machines.list", handlers::machines::list, (()) -> Vec<Machine>;
    /// Gives this machine another name.
    RenameMachine = "machines.rename", handlers::machines::rename, (Rename) -> Machine;

    /// The other machines: those that are near, and those about which something was decided.
    ListPeers = "peers.list", handlers::peers::list, (()) -> Vec<Peer>;
    /// Goes to an address, and says who is there.
    AddPeer = "peers.add", handlers::peers::add, (PeerAddress) -> Peer;
    /// Asks a machine for pairing; opens its request where it asked first.
    PairPeer = "peers.pair", handlers::peers::pair, (PeerRef) -> Peer;
    /// Opens a request for pairing, so that both screens show the code.
    OpenPairing = "peers.open", handlers::peers::open, (PeerRef) -> Peer;
    /// Says whether the codes are the same, and whose machine it is.
    ConfirmPairing = "peers.confirm", handlers::peers::confirm, (PairingAnswer) -> Peer;
    /// Ends a pairing, or dismisses how the latest one ended.
    CancelPairing = "peers.cancel", handlers::peers::cancel, (PeerRef) -> Peer;
    /// Blocks a machine: it is neither dialled nor answered.
    BlockPeer = "peers.block", handlers::peers::block, (PeerRef) -> Peer;
    /// Makes a blocked machine a stranger again.
    UnblockPeer = "peers.unblock", handlers::peers::unblock, (PeerRef) -> Peer;
    /// Ends trust, and forgets what was decided about a machine.
    ForgetPeer = "peers.forget", handlers::peers::forget, (PeerRef) -> Peer;
    /// Allows a trusted machine something here.
    AllowPeer = "peers.allow", handlers::peers::allow, (PermissionGrant) -> Peer;
    /// Denies a trusted machine something here.
    DenyPeer = "peers.deny", handlers::peers::deny, (PermissionRef) -> Peer;
    /// How much a machine may cost this one.
    SetPeerQuota = "peers.set_quota", handlers::peers::set_quota, (QuotaChange) -> Peer;
    /// Takes the name that a machine calls itself by now.
    AdoptPeerName = "peers.adopt_name", handlers::peers::adopt_name, (PeerRef) -> Peer;
    /// What was decided, refused and handed out, newest first.
    ListAudit = "audit.list", handlers::peers::audit, (AuditQuery) -> Vec<AuditEntry>;

    /// Invites one machine, once, within a day.
    MakeTicket = "tickets.make", handlers::joining::make_ticket, (TicketWish) -> Ticket;
    /// The invitations that were made here, newest first.
    ListTickets = "tickets.list", handlers::joining::tickets, (()) -> Vec<Invitation>;
    /// Withdraws an invitation that is open.
    WithdrawTicket = "tickets.withdraw", handlers::joining::withdraw_ticket, (JoinRef) -> ();
    /// Joins the machine that a ticket invites to.
    RedeemTicket = "tickets.redeem", handlers::joining::redeem_ticket, (TicketUse) -> Peer;
    /// The mesh keys that this machine holds, newest first.
    ListMeshKeys = "mesh.list", handlers::joining::mesh_keys, (()) -> Vec<MeshKey>;
    /// Makes a mesh key and holds it.
    MakeMeshKey = "mesh.make", handlers::joining::make_mesh_key, (MeshKeyWish) -> MeshKeyMade;
    /// Holds a mesh key: machines that hold the same are trusted.
    AddMeshKey = "mesh.add", handlers::joining::add_mesh_key, (MeshKeyText) -> Vec<MeshKey>;
    /// Replaces a mesh key by a new one.
    RotateMeshKey = "mesh.rotate", handlers::joining::rotate_mesh_key, (JoinRef) -> MeshKeyRotated;
    /// Ends the trust that rests on a mesh key at once.
    RemoveMeshKey = "mesh.remove", handlers::joining::remove_mesh_key, (JoinRef) -> ();

    /// Every setting with its value, where that came from and what is allowed.
    ListSettings = "settings.list", handlers::settings::list, (()) -> Vec<Setting>;
    /// Writes one setting to the configuration file.
    SetSetting = "settings.set", handlers::settings::set, (SettingChange) -> Setting;
    /// Removes one setting from the configuration file, back to its default.
    ResetSetting = "settings.reset", handlers::settings::reset, (SettingKey) -> Setting;

    /// Examines the node and its surroundings.
    Diagnose = "diagnostics.run", handlers::diagnostics::run, (()) -> Diagnostics;
    /// A report to hand to somebody who helps: no content, no secrets.
    GetReport = "diagnostics.report", handlers::diagnostics::report, (()) -> Report;
    /// Opens the local firewall for Banyan, asking the system for consent.
    OpenFirewall = "firewall.open", handlers::diagnostics::open_firewall, (()) -> FirewallChange;
    /// The latest lines of the log, oldest first.
    ReadLog = "log.read", handlers::diagnostics::read_log, (LogQuery) -> Vec<LogLine>;

    /// Who asked whom for the use of models, and what became of it; the latest first.
    ListAccess = "access.list", handlers::access::list, (()) -> Vec<Access>;
    /// Asks the person of a machine for the use of its models.
    AskAccess = "access.ask", handlers::access::ask, (AccessAsk) -> Access;
    /// Takes back what was asked.
    WithdrawAccess = "access.withdraw", handlers::access::withdraw, (PeerRef) -> Access;
    /// Answers what a machine asked: always, today, once or no.
    AnswerAccess = "access.answer", handlers::access::answer, (AccessAnswer) -> Access;

    /// What can be asked here and elsewhere, what serves it, and who is answered.
    ViewModels = "models.view", handlers::models::view, (()) -> ModelsView;

    /// What a server of this machine tells of a model.
    ShowModel = "models.show", handlers::pulls::show, (ModelRef) -> ModelShown;
    /// Lets a server of this machine download a model; shows the download under way where there is one.
    PullModel = "models.pull", handlers::pulls::begin, (ModelRef) -> Pull;
    /// The downloads under way, and those that ended since the start.
    ListPulls = "models.pulls", handlers::pulls::list, (()) -> Vec<Pull>;
    /// Ends a download, or puts one away that has ended.
    CancelPull = "models.cancel_pull", handlers::pulls::cancel, (ModelRef) -> ();
    /// Deletes a model from the disk of this machine.
    DeleteModel = "models.delete", handlers::pulls::delete, (ModelRef) -> ();

    /// The servers of models that this machine asks.
    ListBackends = "backends.list", handlers::backends::list, (()) -> Vec<Backend>;
    /// Asks a server that speaks as OpenAI does from now on.
    AddBackend = "backends.add", handlers::backends::add, (BackendNew) -> Backend;
    /// Looks at such a server before it is added or changed.
    TryBackend = "backends.try", handlers::backends::try_out, (BackendTry) -> BackendLooked;
    /// Changes a server that was added by hand.
    ChangeBackend = "backends.change", handlers::backends::change, (BackendChange) -> Backend;
    /// Forgets a server that was added by hand, and its key.
    RemoveBackend = "backends.remove", handlers::backends::remove, (BackendRef) -> ();
    /// Looks at a server now, with a question where that is wanted.
    ProbeBackend = "backends.probe", handlers::backends::probe, (BackendLook) -> BackendLooked;

    /// Whether anything could answer a question now, and if not, why.
    GetReadiness = "chat.readiness", handlers::chat::readiness, (()) -> ChatReadiness;

    /// What the desktop around the window offers; an error where there is none.
    GetDesktop = "desktop.state", handlers::desktop::state, (()) -> DesktopState;
    /// Starts the application at login, or no longer.
    SetAutostart = "desktop.autostart", handlers::desktop::set_autostart, (Autostart) -> DesktopState;
    /// Shows a folder or file of this node in the system's file browser.
    OpenInDesktop = "desktop.open", handlers::desktop::open, (OpenPlace) -> ();
    /// Lets the person choose a folder.
    PickFolder = "desktop.pick_folder", handlers::desktop::pick_folder, (FolderPick) -> FolderChoice;
    /// Lets the person choose where to keep the report, and writes it.
    SaveReportAs = "desktop.save_report", handlers::desktop::save_report, (SaveReport) -> ReportSaved;
    /// Shows a notification, so that a person can see whether they arrive.
    TryNotification = "desktop.try_notification", handlers::desktop::try_notification, (()) -> ();
}

macro_rules! streams {
    ($($(#[doc = $doc:literal])+ $stream:ident = $name:literal, $handler:path, ($params:ty) -> $piece:ty;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy)]
            pub struct $stream;

            impl Stream for $stream {
                const NAME: &'static str = $name;
                type Params = $params;
                type Piece = $piece;
            }
        )+

        impl Api {
            /// Begins the stream `name`.
            pub async fn stream(&self, name: &str, params: Value) -> Result<Pieces, ApiError> {
                match name {
                    $($name => {
                        let params: $params = read_params(name, params)?;
                        let pieces = $handler(self, params).await?;
                        Ok(pieces.map(|piece| write_answer($name, &piece)).boxed())
                    })+
                    unknown => Err(ApiError::unknown_call(unknown)),
                }
            }
        }

        /// Whether what is called so is answered piece by piece.
        pub fn is_stream(name: &str) -> bool {
            matches!(name, $($name)|+)
        }

        /// Every stream, in the order of the list.
        pub fn all_streams() -> Vec<CallShape> {
            let config = ts_rs::Config::default();
            vec![$(CallShape {
                name: $name,
                doc: concat!($($doc, "\n",)+),
                params: <$params as TS>::name(&config),
                answer: <$piece as TS>::name(&config),
            },)+]
        }
    };
}

streams! {
    /// Asks a question, wherever it is answered best; leaving it stops the model.
    AskChat = "chat.ask", handlers::chat::ask, (ChatAsk) -> ChatPiece;
}

impl Api {
    /// Answers the call `name`, whichever transport it came by.
    pub async fn call(&self, name: &str, params: Value) -> Result<Value, ApiError> {
        let answer = self.dispatch(name, params).await;
        self.node.record_call(answer.is_ok());
        answer
    }
}

fn read_params<P: DeserializeOwned>(call: &str, params: Value) -> Result<P, ApiError> {
    // Many programs send an empty object where there is nothing to say.
    let says_nothing = params.as_object().is_some_and(serde_json::Map::is_empty);
    if says_nothing && let Ok(nothing) = serde_json::from_value(Value::Null) {
        return Ok(nothing);
    }
    serde_json::from_value(params).map_err(|error| ApiError::bad_params(call, &error))
}

fn write_answer(call: &str, answer: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(answer).map_err(|error| ApiError::internal(&format!("{call}: {error}")))
}
