/// Every way to say no. The words for it are made at the edge, from the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the device is not trusted")]
    NotTrusted,
    #[error("the device is blocked")]
    Blocked,
    #[error("nobody allowed it")]
    NotAllowed,
    #[error("somebody denied it")]
    Denied,
    #[error("an open network gives the use of models and nothing else")]
    OpenPolicyOnly,
    #[error("this network is not open")]
    PolicyClosed,
    #[error("the mesh key is not known here")]
    MeshKeyUnknown,
    #[error("the mesh key was replaced")]
    MeshKeyRetired,
    #[error("the mesh key is known already")]
    MeshKeyKnown,
    #[error("the invitation is not known here")]
    InvitationUnknown,
    #[error("the invitation is over")]
    InvitationExpired,
    #[error("the invitation was used")]
    InvitationUsed,
    #[error("no more than {most} invitations are open at a time")]
    TooManyInvitations { most: usize },
    #[error("no more than {most} devices are trusted")]
    TooManyDevices { most: usize },
    #[error("nothing is known about the device")]
    NotKnown,
    #[error("the device is not blocked")]
    NotBlocked,
    #[error("the device offers no other name")]
    NoOtherName,
    #[error("that time is over already")]
    TermOver,
    #[error("two different moves of its person were heard")]
    PersonFrozen,
    #[error("its person moved to another key, and it did not come along")]
    PersonLeftBehind,
    #[error("it is not of my person")]
    PersonNotMine,
    #[error("it did not show that it is of that person")]
    PersonNotShown,
    #[error("no such request is open")]
    NoRequest,
    #[error("a request is open there already")]
    AskedAlready,
    #[error("asked again too soon: in {minutes} minutes")]
    AskedTooSoon { minutes: u64 },
    #[error("no more than {most} requests are open at a time")]
    TooManyRequests { most: usize },
    #[error("no move leads from my person to that one")]
    PersonNoWay,
}

impl Refusal {
    pub fn code(self) -> &'static str {
        match self {
            Self::NotTrusted => "not_trusted",
            Self::Blocked => "blocked",
            Self::NotAllowed => "not_allowed",
            Self::Denied => "denied",
            Self::OpenPolicyOnly => "open_policy_only",
            Self::PolicyClosed => "policy_closed",
            Self::MeshKeyUnknown => "mesh_key_unknown",
            Self::MeshKeyRetired => "mesh_key_retired",
            Self::MeshKeyKnown => "mesh_key_known",
            Self::InvitationUnknown => "invitation_unknown",
            Self::InvitationExpired => "invitation_expired",
            Self::InvitationUsed => "invitation_used",
            Self::TooManyInvitations { .. } => "too_many_invitations",
            Self::TooManyDevices { .. } => "too_many_devices",
            Self::NotKnown => "not_known",
            Self::NotBlocked => "not_blocked",
            Self::NoOtherName => "no_other_name",
            Self::TermOver => "term_over",
            Self::PersonFrozen => "person_frozen",
            Self::PersonLeftBehind => "person_left_behind",
            Self::PersonNotMine => "person_not_mine",
            Self::PersonNotShown => "person_not_shown",
            Self::NoRequest => "no_request",
            Self::AskedAlready => "asked_already",
            Self::AskedTooSoon { .. } => "asked_too_soon",
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::PersonNoWay => "person_no_way",
        }
    }
}
