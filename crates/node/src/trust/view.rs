use std::sync::Arc;

use wire::DeviceId;

use super::refusal::Refusal;
use crate::store::{
    FileLimits, Grant, Known, LlmLimits, Moment, Origin, PeerAddress, PeerState, Permission, Quota,
    Relation, Ruling, Scope, Tables, Term, Trusted, Write,
};

/// What is so at one moment.
#[derive(Debug, Clone)]
pub struct View {
    tables: Arc<Tables>,
    policy: Policy,
    now: Moment,
}

/// What the settings say about trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Everybody on this network may use shared models.
    pub open: bool,
    /// Devices that are trusted, not counting those an open network brings.
    pub most_devices: usize,
    /// What a grant to use models has unless something else was said.
    pub requests_per_minute: u32,
    /// Likewise how many answers at the same time.
    pub concurrency: u32,
}

/// What a device is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was decided; it may just be on the same network.
    Discovered,
    Pending,
    Trusted(Trusted),
    Blocked,
}

/// Whether a device may do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Allowed {
        grant: Grant,
        /// For a single use.
        once: bool,
    },
    Refused(Refusal),
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            open: false,
            most_devices: 1000,
            requests_per_minute: 100,
            concurrency: 4,
        }
    }
}

impl View {
    pub(super) fn new(tables: Arc<Tables>, policy: Policy, now: Moment) -> Self {
        Self {
            tables,
            policy,
            now,
        }
    }

    /// The same moment, had these writes been made.
    pub(super) fn with(&self, writes: &[Write]) -> Self {
        let mut tables = Tables::clone(&self.tables);
        for write in writes {
            tables.apply(write.clone());
        }
        Self {
            tables: Arc::new(tables),
            ..*self
        }
    }

    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    pub fn policy(&self) -> Policy {
        self.policy
    }

    pub fn now(&self) -> Moment {
        self.now
    }

    pub fn standing(&self, device: DeviceId) -> Standing {
        self.tables
            .known(device)
            .map_or(Standing::Discovered, |known| self.standing_of(known))
    }

    /// Of a row at hand.
    pub fn standing_of(&self, known: &Known) -> Standing {
        match known.peer.state {
            PeerState::Blocked { .. } => Standing::Blocked,
            PeerState::Trusted(trusted) if self.has_ground(trusted.origin) => {
                Standing::Trusted(Trusted {
                    relation: self.relation(known, trusted),
                    ..trusted
                })
            }
            PeerState::Pending { since } if since.distance(self.now) < PENDING_FOR => {
                Standing::Pending
            }
            PeerState::Trusted(_) | PeerState::Pending { .. } => Standing::Discovered,
        }
    }

    pub fn trusted(&self, device: DeviceId) -> Option<Trusted> {
        match self.standing(device) {
            Standing::Trusted(trusted) => Some(trusted),
            Standing::Discovered | Standing::Pending | Standing::Blocked => None,
        }
    }

    /// All trusted devices, with what each trust rests on.
    pub fn all_trusted(&self) -> impl Iterator<Item = (&Known, Trusted)> {
        self.tables
            .all_known()
            .filter_map(|known| match self.standing_of(known) {
                Standing::Trusted(trusted) => Some((known, trusted)),
                Standing::Discovered | Standing::Pending | Standing::Blocked => None,
            })
    }

    pub fn may(&self, device: DeviceId, permission: Permission) -> Verdict {
        let Some(known) = self.tables.known(device) else {
            return Verdict::Refused(Refusal::NotTrusted);
        };
        let trusted = match self.standing_of(known) {
            Standing::Trusted(trusted) => trusted,
            Standing::Blocked => return Verdict::Refused(Refusal::Blocked),
            Standing::Discovered | Standing::Pending => {
                return Verdict::Refused(Refusal::NotTrusted);
            }
        };
        if let Some(refusal) = self.doubt_of(known) {
            return Verdict::Refused(refusal);
        }
        if trusted.origin == Origin::OpenPolicy && permission != Permission::LlmUse {
            return Verdict::Refused(Refusal::OpenPolicyOnly);
        }
        match known.rules.get(&permission).map(|rule| &rule.ruling) {
            Some(Ruling::Denied(_)) => Verdict::Refused(Refusal::Denied),
            Some(Ruling::Allowed { grant, term }) if self.lasts(*term) => Verdict::Allowed {
                grant: grant.clone(),
                once: *term == Term::Once,
            },
            Some(Ruling::Allowed { .. }) | None => match self.usual(trusted, permission) {
                Some(grant) => Verdict::Allowed { grant, once: false },
                None => Verdict::Refused(Refusal::NotAllowed),
            },
        }
    }

    /// How much a device may cost us; strangers have nothing to cost, and one in
    /// doubt no more than its words.
    pub fn quota(&self, device: DeviceId) -> Quota {
        let (Some(known), Some(trusted)) = (self.tables.known(device), self.trusted(device)) else {
            return NOTHING;
        };
        if self.doubt_of(known).is_some() {
            return Quota {
                storage_bytes: 0,
                ..OF_OTHERS
            };
        }
        known.peer.quota.unwrap_or(match trusted.relation {
            Relation::Mine => OF_MINE,
            Relation::Other => OF_OTHERS,
        })
    }

    /// Trusted devices and where they were reached, those met last first: to be
    /// dialled before anything was heard.
    pub fn to_dial(&self) -> Vec<(DeviceId, Vec<PeerAddress>)> {
        let mut devices: Vec<_> = self
            .all_trusted()
            .map(|(known, _)| known)
            .filter(|known| !known.addresses.is_empty())
            .collect();
        devices.sort_by_key(|known| std::cmp::Reverse(known.peer.last_seen));
        devices
            .into_iter()
            .map(|known| {
                let addresses = known.addresses.iter();
                let addresses = addresses.map(|remembered| remembered.address.clone());
                (known.peer.device, addresses.collect())
            })
            .collect()
    }

    /// The limits a grant has unless a person says something else.
    pub fn usual_limits(&self) -> LlmLimits {
        LlmLimits {
            models: Scope::All,
            max_tokens: None,
            requests_per_minute: self.policy.requests_per_minute,
            concurrency: self.policy.concurrency,
        }
    }

    pub(super) fn has_ground(&self, origin: Origin) -> bool {
        match origin {
            Origin::Pairing | Origin::Invitation(_) => true,
            Origin::OpenPolicy => self.policy.open,
            Origin::MeshKey(id) => self.tables.mesh_key(id).is_some_and(|key| {
                key.retired
                    .is_none_or(|retired| self.now < retired.grace_until)
            }),
        }
    }

    pub(super) fn lasts(&self, term: Term) -> bool {
        match term {
            Term::Always | Term::Once => true,
            Term::Until(until) => self.now < until,
        }
    }

    /// What a device may do although nobody said anything about it.
    fn usual(&self, trusted: Trusted, permission: Permission) -> Option<Grant> {
        let by_relation = match (trusted.relation, trusted.origin) {
            (Relation::Mine, _) => true,
            (Relation::Other, Origin::Pairing) => false,
            // The kind "team" of keys and invitations, and an open network, mean
            // the use of shared models and nothing else.
            (Relation::Other, Origin::MeshKey(_) | Origin::Invitation(_) | Origin::OpenPolicy) => {
                permission == Permission::LlmUse
            }
        };
        by_relation.then(|| match permission {
            Permission::LlmUse => Grant::LlmUse(self.usual_limits()),
            Permission::FilesRead => Grant::FilesRead(FileLimits {
                folders: Scope::All,
            }),
            Permission::ModelsCopy => Grant::ModelsCopy,
            Permission::Admin => Grant::Admin,
        })
    }
}

/// A question that was asked an hour ago is asked again.
pub(super) const PENDING_FOR: std::time::Duration = std::time::Duration::from_hours(1);

const NOTHING: Quota = Quota {
    messages_per_minute: 0,
    storage_bytes: 0,
};

/// A program that asks dozens of questions a second, where that is allowed, with
/// typing indicators and drafts of several rooms; a fault is far above.
const OF_OTHERS: Quota = Quota {
    messages_per_minute: 6_000,
    storage_bytes: 1 << 30,
};

/// Everything is in step with these, so they bring a whole history.
const OF_MINE: Quota = Quota {
    messages_per_minute: 12_000,
    storage_bytes: 64 << 30,
};
