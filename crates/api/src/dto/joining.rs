use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What holding a mesh key, or being invited, means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JoinKind {
    /// Machines of one person: every permission, everything in step.
    Mine,
    /// Machines of several people: use of shared models.
    Team,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TicketWish {
    pub kind: JoinKind,
}

/// A ticket that was just made. Whoever holds it can join in place of whom it
/// was for, so it is shown once and never again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ticket {
    /// The first eight characters of the id of the invitation.
    pub id: String,
    pub kind: JoinKind,
    pub text: String,
    /// RFC 3339.
    pub expires_at: String,
    /// The ticket as a QR code: one string for each row, 1 for a dark module.
    /// Four light modules belong around it.
    pub qr: Vec<String>,
}

/// An invitation that is open, or what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Invitation {
    /// The first eight characters of its id.
    pub id: String,
    pub kind: JoinKind,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub expires_at: String,
    /// The short id of the machine that used it.
    pub redeemed_by: Option<String>,
    /// RFC 3339.
    pub redeemed_at: Option<String>,
}

/// Names an invitation or a mesh key by the first characters of its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JoinRef {
    pub id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TicketUse {
    pub ticket: String,
    /// The person here knows that both machines become one person's.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub mine: bool,
}

/// A mesh key that this machine holds; its secret is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MeshKey {
    /// The first eight characters of its id.
    pub id: String,
    pub kind: JoinKind,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339: replaced, and no new machine is trusted through it.
    pub retired_at: Option<String>,
    /// RFC 3339: when trust that still rests on it ends.
    pub grace_until: Option<String>,
    /// The short ids of the machines whose trust rests on it.
    pub devices: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MeshKeyWish {
    pub kind: JoinKind,
}

/// A mesh key that was just made, and that this machine holds now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MeshKeyMade {
    /// The first eight characters of its id.
    pub id: String,
    pub kind: JoinKind,
    /// A secret: it is shown once.
    pub key: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MeshKeyText {
    pub key: String,
}

/// A mesh key that replaced another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MeshKeyRotated {
    /// The first eight characters of the id of the new key.
    pub id: String,
    /// The new key, to hand over to machines that were not connected. A secret:
    /// it is shown once.
    pub key: String,
    /// The short ids of the machines that are trusted through the old key.
    pub devices: Vec<String>,
    /// RFC 3339: until when those stay trusted without the new one.
    pub grace_until: Option<String>,
}
