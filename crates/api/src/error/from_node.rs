//! What a node cannot do, as codes with parameters.

use std::io;

use node::{
    Failure, IdentityError, SettingError, StartError,
    config::{BadValue, ChangeError, ConfigError, Origin},
    folder::FolderError,
    mesh_keys::{GivenKeyError, KeyError, RingError},
    neighbours::{BadPlace, FindError, MeshError, NeighbourError},
    store::StoreError,
    trust::{Refusal, TrustError},
};

use super::{ApiError, Code};

impl From<StartError> for ApiError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Folder(error) => error.into(),
            StartError::Config(error) => error.into(),
            StartError::Identity(error) => error.into(),
            StartError::Store(error) => error.into(),
            StartError::Mesh {
                error,
                origin,
                program,
            } => of_mesh(*error, &origin, program),
            StartError::MeshKeys(error) => error.into(),
            StartError::GivenKey(error) => error.into(),
            StartError::Fault(reason) => Self::internal(&reason),
        }
    }
}

impl From<SettingError> for ApiError {
    fn from(error: SettingError) -> Self {
        match error {
            SettingError::Refused(refused) => refused.into(),
            SettingError::Stopping => Self::new(Code::Stopping, []),
        }
    }
}

/// Looking at the machine failed, which no call can mend.
impl From<io::Error> for ApiError {
    fn from(error: io::Error) -> Self {
        Self::internal(&error.to_string())
    }
}

impl From<FolderError> for ApiError {
    fn from(error: FolderError) -> Self {
        match error {
            FolderError::NoHome => Self::new(Code::NoHome, []),
            FolderError::Unwritable { folder, reason } => Self::new(
                Code::DataUnwritable,
                [
                    ("folder", folder.display().to_string()),
                    ("reason", node::reason(&reason)),
                ],
            ),
            FolderError::DiskFull { folder } => {
                Self::new(Code::DiskFull, [("folder", folder.display().to_string())])
            }
            FolderError::Locked { folder } => {
                Self::new(Code::DataLocked, [("folder", folder.display().to_string())])
            }
        }
    }
}

impl From<ConfigError> for ApiError {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::Unreadable { file, reason } => Self::new(
                Code::ConfigUnreadable,
                [("file", file.display().to_string()), ("reason", reason)],
            ),
            ConfigError::Syntax {
                file,
                place,
                reason,
            } => Self::new(
                Code::ConfigSyntax,
                [
                    ("file", file.display().to_string()),
                    ("line", place.line.to_string()),
                    ("column", place.column.to_string()),
                    ("reason", reason),
                ],
            ),
            ConfigError::BadValues { first, rest } if rest.is_empty() => {
                bad_value(Code::BadConfigValue, *first)
            }
            ConfigError::BadValues { first, rest } => bad_values(&first, &rest),
        }
    }
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::UnknownKey(unknown) => Self::new(
                Code::UnknownSetting,
                [
                    ("key", unknown.key),
                    (
                        "near",
                        unknown
                            .near
                            .map(|near| near.to_string())
                            .unwrap_or_default(),
                    ),
                ],
            ),
            ChangeError::BadValue(error) => bad_value(Code::BadSetting, *error),
            ChangeError::ReadOnly { key, origin } => Self::new(
                Code::SettingReadOnly,
                [("key", key.to_string()), ("origin", origin.to_string())],
            ),
            ChangeError::File(error) => error.into(),
            ChangeError::Unwritable { file, error } => Self::new(
                Code::ConfigUnwritable,
                [
                    ("file", file.display().to_string()),
                    ("reason", error.to_string()),
                ],
            ),
        }
    }
}

impl From<IdentityError> for ApiError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::KeyringLocked { reason } => {
                Self::new(Code::KeyringLocked, [("reason", reason)])
            }
            IdentityError::KeyringUnreachable { reason } => {
                Self::new(Code::KeyringUnreachable, [("reason", reason)])
            }
            IdentityError::Damaged { place, damage } => Self::new(
                Code::IdentityDamaged,
                [("place", place), ("reason", damage.to_string())],
            ),
            IdentityError::Exposed { path } => Self::new(
                Code::IdentityExposed,
                [("file", path.display().to_string())],
            ),
            IdentityError::File { path, source } => Self::new(
                Code::IdentityDamaged,
                [
                    ("place", path.display().to_string()),
                    ("reason", node::reason(&source)),
                ],
            ),
            error @ IdentityError::Randomness(_) => Self::internal(&error.to_string()),
        }
    }
}

fn bad_value(code: Code, error: BadValue) -> ApiError {
    ApiError::new(
        code,
        [
            ("key", error.key),
            ("value", error.value),
            ("allowed", error.allowed),
            ("origin", error.origin.to_string()),
        ],
    )
}

/// All at once, so that nobody mends one only to meet the next.
fn bad_values(first: &BadValue, rest: &[BadValue]) -> ApiError {
    let values: Vec<_> = [first]
        .into_iter()
        .chain(rest)
        .map(|bad| {
            format!(
                "{} = {} ({}): {}",
                bad.key, bad.value, bad.origin, bad.allowed
            )
        })
        .collect();
    ApiError::new(
        Code::BadConfigValues,
        [
            ("count", values.len().to_string()),
            ("values", values.join("; ")),
        ],
    )
}

impl From<NeighbourError> for ApiError {
    fn from(error: NeighbourError) -> Self {
        match error {
            NeighbourError::Find(FindError::Unknown { text }) => {
                Self::new(Code::UnknownPeer, [("peer", text)])
            }
            NeighbourError::Find(FindError::Ambiguous { text, candidates }) => Self::new(
                Code::AmbiguousPeer,
                [("peer", text), ("candidates", candidates.join(", "))],
            ),
            NeighbourError::Place(BadPlace::NoAddress { text }) => {
                Self::new(Code::BadAddress, [("address", text)])
            }
            NeighbourError::Place(BadPlace::NeedsInterface { address }) => Self::new(
                Code::AddressNeedsInterface,
                [("address", address.to_string())],
            ),
            NeighbourError::Trust(TrustError::Refused(refusal)) => refusal.into(),
            NeighbourError::Trust(TrustError::Store(error)) => error.into(),
            NeighbourError::NoSuchHost { host, reason } => {
                Self::new(Code::NoSuchHost, [("host", host), ("reason", reason)])
            }
            NeighbourError::UnderWay => Self::new(Code::PairingUnderWay, []),
            NeighbourError::NoPairing => Self::new(Code::NoPairing, []),
            NeighbourError::NotReached(failure) => (&failure).into(),
            NeighbourError::TicketIsMine => Self::new(Code::TicketIsMine, []),
            NeighbourError::TicketIsTeam => Self::new(Code::TicketIsTeam, []),
            NeighbourError::OtherKind => Self::new(Code::InvitationKind, []),
            NeighbourError::NotWelcome => Self::new(Code::NotWelcome, []),
            NeighbourError::NotKept(reason) => Self::new(Code::PersonNotKept, [("reason", reason)]),
            NeighbourError::Ticket(error) => {
                Self::new(Code::BadTicket, [("reason", error.to_string())])
            }
            NeighbourError::Keys(error) => error.into(),
            NeighbourError::Randomness(reason) => Self::internal(&reason),
            NeighbourError::Stopping => Self::new(Code::Stopping, []),
        }
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Ring(error) => error.into(),
            KeyError::Trust(TrustError::Refused(refusal)) => refusal.into(),
            KeyError::Trust(TrustError::Store(error)) => error.into(),
            KeyError::Text(reason) => bad_mesh_key(reason.to_string()),
            KeyError::Randomness(reason) => Self::internal(&reason),
        }
    }
}

impl From<RingError> for ApiError {
    fn from(error: RingError) -> Self {
        Self::new(Code::MeshKeysUnusable, [("reason", error.to_string())])
    }
}

impl From<GivenKeyError> for ApiError {
    fn from(error: GivenKeyError) -> Self {
        match error {
            GivenKeyError::NotHeld(error) => error.into(),
            GivenKeyError::Unreadable { file, reason } => Self::new(
                Code::MeshKeyUnread,
                [("file", file.display().to_string()), ("reason", reason)],
            ),
            error @ GivenKeyError::NotAKey { .. } => bad_mesh_key(error.to_string()),
        }
    }
}

fn bad_mesh_key(reason: String) -> ApiError {
    ApiError::new(Code::BadMeshKey, [("reason", reason)])
}

impl From<&Failure> for ApiError {
    fn from(failure: &Failure) -> Self {
        let code = match failure {
            Failure::Refused => Code::ReachRefused,
            Failure::NoAnswer => Code::ReachNoAnswer,
            Failure::Unreachable => Code::ReachNoWay,
            Failure::Far => Code::ReachFar,
            Failure::OtherDevice(_) => Code::ReachOtherDevice,
            Failure::Ourselves => Code::ReachOurselves,
            Failure::TurnedAway(_) => Code::ReachTurnedAway,
            Failure::Broken(_) => Code::ReachBroken,
            Failure::NoAddress => Code::ReachNoAddress,
        };
        match failure {
            Failure::OtherDevice(device) => Self::new(code, [("device", device.short())]),
            Failure::TurnedAway(reason) => {
                Self::new(code, [("reason", format!("#bye_{}", word(reason)))])
            }
            Failure::Broken(reason) => Self::new(code, [("reason", reason.clone())]),
            Failure::Refused
            | Failure::NoAnswer
            | Failure::Unreachable
            | Failure::Far
            | Failure::Ourselves
            | Failure::NoAddress => Self::new(code, []),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotTrusted => Self::new(Code::NotTrusted, []),
            Refusal::Blocked => Self::new(Code::Blocked, []),
            Refusal::NotAllowed => Self::new(Code::NotAllowed, []),
            Refusal::Denied => Self::new(Code::Denied, []),
            Refusal::OpenPolicyOnly => Self::new(Code::OpenPolicyOnly, []),
            Refusal::PolicyClosed => Self::new(Code::PolicyClosed, []),
            Refusal::MeshKeyUnknown => Self::new(Code::MeshKeyUnknown, []),
            Refusal::MeshKeyRetired => Self::new(Code::MeshKeyRetired, []),
            Refusal::MeshKeyKnown => Self::new(Code::MeshKeyKnown, []),
            Refusal::InvitationUnknown => Self::new(Code::InvitationUnknown, []),
            Refusal::InvitationExpired => Self::new(Code::InvitationExpired, []),
            Refusal::InvitationUsed => Self::new(Code::InvitationUsed, []),
            Refusal::TooManyInvitations { most } => {
                Self::new(Code::TooManyInvitations, [("most", most.to_string())])
            }
            Refusal::TooManyDevices { most } => {
                Self::new(Code::TooManyDevices, [("most", most.to_string())])
            }
            Refusal::NotKnown => Self::new(Code::NotKnown, []),
            Refusal::NotBlocked => Self::new(Code::NotBlocked, []),
            Refusal::NoOtherName => Self::new(Code::NoOtherName, []),
            Refusal::TermOver => Self::new(Code::TermOver, []),
            Refusal::PersonFrozen => Self::new(Code::PersonFrozen, []),
            Refusal::PersonLeftBehind => Self::new(Code::PersonLeftBehind, []),
            Refusal::NoRequest => Self::new(Code::NoRequest, []),
            Refusal::AskedAlready => Self::new(Code::AskedAlready, []),
            Refusal::AskedTooSoon { minutes } => {
                Self::new(Code::AskedTooSoon, [("minutes", minutes.to_string())])
            }
            // Machines are told so, and no person here.
            Refusal::TooManyRequests { .. } => Self::internal(&refusal.to_string()),
            // The other two are what a machine is refused, not a person here.
            Refusal::PersonNotMine | Refusal::PersonNotShown | Refusal::PersonNoWay => {
                Self::new(Code::PersonNotMine, [])
            }
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let shown = |file: std::path::PathBuf| file.display().to_string();
        match error {
            StoreError::Full { file } => {
                let folder = file.parent().unwrap_or(&file).display().to_string();
                Self::new(Code::DiskFull, [("folder", folder)])
            }
            StoreError::Unwritable { file, reason } => Self::new(
                Code::MachinesUnwritable,
                [("file", shown(file)), ("reason", reason)],
            ),
            StoreError::Busy { file } => Self::new(Code::MachinesBusy, [("file", shown(file))]),
            StoreError::Damaged { file, reason } => Self::new(
                Code::MachinesDamaged,
                [("file", shown(file)), ("reason", reason)],
            ),
            StoreError::Newer {
                file,
                version,
                known,
            } => Self::new(
                Code::MachinesNewer,
                [
                    ("file", shown(file)),
                    ("version", version.to_string()),
                    ("known", known.to_string()),
                ],
            ),
            StoreError::Stopping => Self::new(Code::Stopping, []),
            StoreError::Fault { reason } => Self::internal(&reason),
        }
    }
}

fn of_mesh(error: MeshError, origin: &Origin, program: String) -> ApiError {
    match error {
        MeshError::PortTaken { key, port } => ApiError::new(
            Code::PortTaken,
            [
                ("port", port.to_string()),
                ("key", key.name().to_owned()),
                ("origin", origin.to_string()),
                ("program", program),
            ],
        ),
        MeshError::PortUnusable { port, source, .. } => ApiError::new(
            Code::AddressUnusable,
            [
                ("address", format!("port {port}")),
                ("reason", node::reason(&source)),
            ],
        ),
        error @ MeshError::Tls(_) => ApiError::internal(&error.to_string()),
    }
}

/// A word of the protocol, as it travels.
fn word(of: impl serde::Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}
