mod from_backends;
mod from_node;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a call failed: a code from a closed list with what the sentence needs.
/// Interfaces branch on the code and never on text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApiError {
    pub code: Code,
    pub params: BTreeMap<String, String>,
    /// The same call may succeed later.
    pub retryable: bool,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $code:ident = $name:literal ($($param:literal),*), retryable: $retryable:literal;)+) => {
        /// The closed list of what can go wrong across the edge.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
        pub enum Code {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $code,)+
        }

        impl Code {
            pub const ALL: &[Code] = &[$(Code::$code),+];

            pub fn name(self) -> &'static str {
                match self { $(Code::$code => $name,)+ }
            }

            /// The parameters its sentence may use.
            pub fn params(self) -> &'static [&'static str] {
                match self { $(Code::$code => &[$($param),*],)+ }
            }

            fn retryable(self) -> bool {
                match self { $(Code::$code => $retryable,)+ }
            }
        }
    };
}

codes! {
    /// No call of that name exists.
    UnknownCall = "unknown_call" ("call"), retryable: false;
    /// The parameters do not fit the call.
    BadParams = "bad_params" ("call", "reason"), retryable: false;
    /// A fault of Banyan's own.
    Internal = "internal" ("reason"), retryable: true;
    /// The node is on its way out.
    Stopping = "stopping" (), retryable: true;
    /// The caller did not show a valid token.
    Unauthorized = "unauthorized" (), retryable: false;
    /// The one-time code was used before, is too old or was never made.
    LinkSpent = "link_spent" (), retryable: false;
    /// Too many attempts in a short time.
    TooMany = "too_many" ("seconds"), retryable: true;
    /// The request is for another host, or a page of another site sent it.
    ForeignCaller = "foreign_caller" (), retryable: false;
    /// The request is larger than any call needs.
    TooLarge = "too_large" ("limit"), retryable: false;
    /// Nothing lies at that path.
    UnknownPath = "unknown_path" ("path"), retryable: false;
    /// Calls are sent with POST.
    WrongMethod = "wrong_method" ("path", "method"), retryable: false;
    /// The path is kept for the routes of Ollama and OpenAI.
    ReservedPath = "reserved_path" ("path"), retryable: false;

    /// No setting has that name.
    UnknownSetting = "unknown_setting" ("key", "near"), retryable: false;
    /// The value is not allowed.
    BadSetting = "bad_setting" ("key", "value", "allowed", "origin"), retryable: false;
    /// A file, a variable or a flag holds a value that is not allowed.
    BadConfigValue = "bad_config_value" ("key", "value", "allowed", "origin"), retryable: false;
    /// Several values in files, variables or flags are not allowed.
    BadConfigValues = "bad_config_values" ("count", "values"), retryable: false;
    /// The value comes from a flag or a variable, which the file cannot overrule.
    SettingReadOnly = "setting_read_only" ("key", "origin"), retryable: false;
    /// The configuration file could not be read.
    ConfigUnreadable = "config_unreadable" ("file", "reason"), retryable: false;
    /// The configuration file is not valid TOML.
    ConfigSyntax = "config_syntax" ("file", "line", "column", "reason"), retryable: false;
    /// The configuration file could not be written; the old one is untouched.
    ConfigUnwritable = "config_unwritable" ("file", "reason"), retryable: true;

    /// No folder for data could be derived, because no home is known.
    NoHome = "no_home" (), retryable: false;
    /// The data folder cannot be written.
    DataUnwritable = "data_unwritable" ("folder", "reason"), retryable: false;
    /// The disk of the data folder is full.
    DiskFull = "disk_full" ("folder"), retryable: true;
    /// Another node runs on this data folder.
    DataLocked = "data_locked" ("folder"), retryable: false;
    /// The keyring is locked, and a second identity is never made.
    KeyringLocked = "keyring_locked" ("reason"), retryable: true;
    /// The key lies in the keyring, and no keyring can be reached from here.
    KeyringUnreachable = "keyring_unreachable" ("reason"), retryable: false;
    /// The key of this machine is gone or damaged.
    IdentityDamaged = "identity_damaged" ("place", "reason"), retryable: false;
    /// The key file may be read by others.
    IdentityExposed = "identity_exposed" ("file"), retryable: false;
    /// A port that was asked for is taken.
    PortTaken = "port_taken" ("port", "key", "origin", "program"), retryable: false;
    /// An address cannot be listened on.
    AddressUnusable = "address_unusable" ("address", "reason"), retryable: false;

    /// No machine is called that.
    UnknownPeer = "unknown_peer" ("peer"), retryable: false;
    /// Several machines are called that.
    AmbiguousPeer = "ambiguous_peer" ("peer", "candidates"), retryable: false;
    /// Not an address of a machine.
    BadAddress = "bad_address" ("address"), retryable: false;
    /// A link-local address without the interface it belongs to.
    AddressNeedsInterface = "address_needs_interface" ("address"), retryable: false;
    /// No address of that name.
    NoSuchHost = "no_such_host" ("host", "reason"), retryable: true;
    /// A pairing with this machine is under way.
    PairingUnderWay = "pairing_under_way" (), retryable: true;
    /// No pairing with this machine is under way.
    NoPairing = "no_pairing" (), retryable: false;
    /// Nobody listens there.
    ReachRefused = "reach_refused" (), retryable: true;
    /// No answer: switched off, another network, or a firewall.
    ReachNoAnswer = "reach_no_answer" (), retryable: true;
    /// The system knows no way there.
    ReachNoWay = "reach_no_way" (), retryable: true;
    /// Not an address of the local network.
    ReachFar = "reach_far" (), retryable: false;
    /// Another machine answered there.
    ReachOtherDevice = "reach_other_device" ("device"), retryable: true;
    /// The address is this machine's own.
    ReachOurselves = "reach_ourselves" (), retryable: false;
    /// It answered and wants nothing to do with this machine.
    ReachTurnedAway = "reach_turned_away" ("reason"), retryable: true;
    /// What answered there is no Banyan, or the connection broke.
    ReachBroken = "reach_broken" ("reason"), retryable: true;
    /// No address of it is known.
    ReachNoAddress = "reach_no_address" (), retryable: true;

    /// Not a ticket.
    BadTicket = "bad_ticket" ("reason"), retryable: false;
    /// The ticket makes both machines one person's, and nobody said so here.
    TicketIsMine = "ticket_is_mine" (), retryable: false;
    /// The ticket is for machines of several people.
    TicketIsTeam = "ticket_is_team" (), retryable: false;
    /// The ticket and its issuer disagree on what it means.
    InvitationKind = "invitation_kind" (), retryable: false;
    /// The issuer of the ticket does not let this machine in.
    NotWelcome = "not_welcome" (), retryable: false;
    /// The key of the person could not be kept here.
    PersonNotKept = "person_not_kept" ("reason"), retryable: true;
    /// Not a mesh key.
    BadMeshKey = "bad_mesh_key" ("reason"), retryable: false;
    /// What should hold a mesh key cannot be read.
    MeshKeyUnread = "mesh_key_unread" ("file", "reason"), retryable: false;
    /// The file of the mesh keys cannot be read or written.
    MeshKeysUnusable = "mesh_keys_unusable" ("reason"), retryable: false;

    /// The machine is not trusted here.
    NotTrusted = "not_trusted" (), retryable: false;
    /// The machine is blocked here.
    Blocked = "blocked" (), retryable: false;
    /// Nobody allowed it.
    NotAllowed = "not_allowed" (), retryable: false;
    /// Somebody denied it.
    Denied = "denied" (), retryable: false;
    /// An open network gives the use of models and nothing else.
    OpenPolicyOnly = "open_policy_only" (), retryable: false;
    /// This network is not open.
    PolicyClosed = "policy_closed" (), retryable: false;
    /// The mesh key is not known here.
    MeshKeyUnknown = "mesh_key_unknown" (), retryable: false;
    /// The mesh key was replaced.
    MeshKeyRetired = "mesh_key_retired" (), retryable: false;
    /// The mesh key is known already.
    MeshKeyKnown = "mesh_key_known" (), retryable: false;
    /// The invitation is not known here.
    InvitationUnknown = "invitation_unknown" (), retryable: false;
    /// The invitation is over.
    InvitationExpired = "invitation_expired" (), retryable: false;
    /// The invitation was used.
    InvitationUsed = "invitation_used" (), retryable: false;
    /// Too many invitations are open.
    TooManyInvitations = "too_many_invitations" ("most"), retryable: false;
    /// Too many machines are trusted.
    TooManyDevices = "too_many_devices" ("most"), retryable: false;
    /// Nothing is known about the machine.
    NotKnown = "not_known" (), retryable: false;
    /// The machine is not blocked.
    NotBlocked = "not_blocked" (), retryable: false;
    /// The machine offers no other name.
    NoOtherName = "no_other_name" (), retryable: false;
    /// That time is over already.
    TermOver = "term_over" (), retryable: false;
    /// No such request is open.
    NoRequest = "no_request" (), retryable: false;
    /// A request to that machine is open already.
    AskedAlready = "asked_already" (), retryable: false;
    /// The machine may be asked again only after a pause.
    AskedTooSoon = "asked_too_soon" ("minutes"), retryable: true;
    /// Words for another person are too long, or no line of text.
    WordsWrong = "words_wrong" ("most"), retryable: false;
    /// Two different moves of the machine's person were heard.
    PersonFrozen = "person_frozen" (), retryable: false;
    /// The machine's person has a new key, and the machine has not shown it.
    PersonLeftBehind = "person_left_behind" (), retryable: false;
    /// The machine was joined as one of mine and is another person's.
    PersonNotMine = "person_not_mine" (), retryable: false;
    /// The record of machines cannot be written.
    MachinesUnwritable = "machines_unwritable" ("file", "reason"), retryable: true;
    /// Another program holds the record of machines.
    MachinesBusy = "machines_busy" ("file"), retryable: true;
    /// The record of machines is damaged.
    MachinesDamaged = "machines_damaged" ("file", "reason"), retryable: false;
    /// The record of machines was written by a newer version.
    MachinesNewer = "machines_newer" ("file", "version", "known"), retryable: false;

    /// No machine can answer, or none that was asked did.
    NobodyAnswers = "nobody_answers" (), retryable: true;
    /// It waited as long as anybody waits.
    WaitedTooLong = "waited_too_long" (), retryable: true;
    /// Too many questions of this machine wait already.
    TooManyQuestions = "too_many_questions" (), retryable: true;
    /// The server of the model refused the question itself.
    AnswerRefused = "answer_refused" ("machine", "reason"), retryable: false;
    /// That is no name of a model.
    ModelNameWrong = "model_name_wrong" ("name"), retryable: false;
    /// There was no question.
    NothingAsked = "nothing_asked" (), retryable: false;
    /// The question is larger than anybody may send.
    QuestionTooLarge = "question_too_large" ("what"), retryable: false;

    /// Not the address of a server of models.
    BackendAddressWrong = "backend_address_wrong" ("address"), retryable: false;
    /// A server of models cannot be called that.
    BackendNameWrong = "backend_name_wrong" (), retryable: false;
    /// Not a key of a server.
    BackendKeyWrong = "backend_key_wrong" (), retryable: false;
    /// Nobody agreed that questions leave the local network.
    BackendLeavesLan = "backend_leaves_lan" ("address"), retryable: false;
    /// A key would cross the internet for everybody to read.
    BackendKeyInClear = "backend_key_in_clear" ("address"), retryable: false;
    /// There is a server of that name or at that address.
    BackendKnown = "backend_known" ("name"), retryable: false;
    /// There is no server of that name.
    BackendUnknown = "backend_unknown" ("name"), retryable: false;
    /// The server is not one that was added by hand.
    BackendBuiltIn = "backend_built_in" (), retryable: false;
    /// There are as many servers as anybody needs.
    TooManyBackends = "too_many_backends" ("most"), retryable: false;
    /// A key could not be kept, or not be read.
    BackendKeyNotKept = "backend_key_not_kept" ("reason"), retryable: true;
    /// The server of models said no, or said nothing.
    BackendFailed = "backend_failed" ("reason"), retryable: true;
    /// No server of this machine has the model.
    ModelNotHere = "model_not_here" ("model"), retryable: false;
    /// No server of this machine can download models now.
    NobodyPulls = "nobody_pulls" (), retryable: true;
    /// Enough downloads are under way.
    TooManyPulls = "too_many_pulls" ("most"), retryable: true;
    /// The model is not being downloaded.
    PullUnknown = "pull_unknown" ("model"), retryable: false;
    /// The model is being downloaded.
    ModelBeingPulled = "model_being_pulled" ("model"), retryable: true;
    /// The model writes an answer now.
    ModelAnswering = "model_answering" ("model"), retryable: true;
    /// A file of the data folder cannot be written.
    NotWritten = "not_written" ("file", "reason"), retryable: true;

    /// There is no desktop here: a browser or a headless node.
    NoDesktop = "no_desktop" (), retryable: false;
    /// The desktop refused.
    DesktopFailed = "desktop_failed" ("reason"), retryable: true;
    /// The firewall was not opened.
    FirewallUnchanged = "firewall_unchanged" ("reason", "command"), retryable: true;
    /// No node answers.
    NoNode = "no_node" ("folder"), retryable: true;
}

impl ApiError {
    pub fn new<const N: usize>(code: Code, params: [(&str, String); N]) -> Self {
        debug_assert!(
            params.iter().all(|(name, _)| code.params().contains(name)),
            "{} has other parameters",
            code.name()
        );
        Self {
            code,
            params: params.map(|(name, value)| (name.to_owned(), value)).into(),
            retryable: code.retryable(),
        }
    }

    pub(crate) fn unknown_call(call: &str) -> Self {
        Self::new(Code::UnknownCall, [("call", call.to_owned())])
    }

    pub(crate) fn bad_params(call: &str, reason: &serde_json::Error) -> Self {
        Self::new(
            Code::BadParams,
            [("call", call.to_owned()), ("reason", reason.to_string())],
        )
    }

    pub(crate) fn internal(reason: &str) -> Self {
        Self::new(Code::Internal, [("reason", reason.to_owned())])
    }
}
