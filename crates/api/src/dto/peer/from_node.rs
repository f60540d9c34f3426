use std::time::SystemTime;

use node::{
    ByeReason, Failure, clock,
    neighbours::{self, Neighbour, Neighbours, Outcome, Pinned, Presence, Rights, Step},
    store::{self, Grant, LlmLimits as Limits, Origin, Recorded, Scope},
    trust::{Standing, Verdict},
};

use super::{
    AuditEntry, LlmLimits, LlmWish, Pairing, PairingOutcome, PairingSide, PairingStep, Peer,
    PeerActivity, PeerForm, PeerPermission, PeerPresence, PeerQuota, PeerState, PeerTrouble,
    Permission, Relation, Term, TrustOrigin,
};

impl From<&Neighbour> for Peer {
    fn from(one: &Neighbour) -> Self {
        let trusted = match one.standing {
            Standing::Trusted(trusted) => Some(trusted),
            Standing::Discovered | Standing::Pending | Standing::Blocked => None,
        };
        let (session_since, session_address, round_trip) = match &one.presence {
            Presence::Connected {
                since,
                address,
                round_trip,
                ..
            } => (Some(*since), Some(*address), *round_trip),
            Presence::Nearby | Presence::Away => (None, None, None),
        };
        Self {
            id: one.device.to_string(),
            short_id: one.device.short(),
            key: one.device.hex(),
            name: one.name.clone(),
            offered_name: one.offered_name.clone(),
            form: one.form.into(),
            person: one.person.map(|person| person.short()),
            state: match one.standing {
                Standing::Discovered => PeerState::Discovered,
                Standing::Pending => PeerState::Pending,
                Standing::Trusted(_) => PeerState::Trusted,
                Standing::Blocked => PeerState::Blocked,
            },
            relation: trusted.map(|trusted| trusted.relation.into()),
            origin: trusted.map(|trusted| match trusted.origin {
                Origin::Pairing => TrustOrigin::Pairing,
                Origin::MeshKey(_) => TrustOrigin::MeshKey,
                Origin::Invitation(_) => TrustOrigin::Invitation,
                Origin::OpenPolicy => TrustOrigin::OpenNetwork,
            }),
            trusted_since: trusted.map(|trusted| clock::rfc3339(trusted.since.into())),
            presence: match one.presence {
                Presence::Connected { .. } => PeerPresence::Connected,
                Presence::Nearby => PeerPresence::Nearby,
                Presence::Away => PeerPresence::Away,
            },
            activity: match one.presence {
                Presence::Connected { .. } => PeerActivity::Free,
                Presence::Nearby | Presence::Away => PeerActivity::Away,
            },
            addresses: one.addresses.clone(),
            session_since: session_since.map(clock::rfc3339),
            session_address: session_address.map(|address| address.to_string()),
            rtt_ms: round_trip.map(|trip| trip.as_secs_f64() * 1000.0),
            has_llm: one.has_llm,
            last_seen: one.last_seen.map(clock::rfc3339),
            clock_ahead_seconds: one.clock_ahead,
            trusts_us: one.trusts_us,
            other_mesh: one.other_mesh,
            permissions: one.rights.iter().map(Into::into).collect(),
            quota: one.quota.map(Into::into),
            pairing: one.pairing.as_ref().map(Into::into),
            trouble: one.trouble.as_ref().map(Into::into),
        }
    }
}

impl From<&Rights> for PeerPermission {
    fn from(rights: &Rights) -> Self {
        let (term, until) = match rights.pinned {
            Pinned::Usual | Pinned::Said(store::Term::Always) => (Term::Always, None),
            Pinned::Said(store::Term::Once) => (Term::Once, None),
            Pinned::Said(store::Term::Until(at)) => {
                (Term::Until, Some(clock::rfc3339(SystemTime::from(at))))
            }
        };
        let grant = match &rights.verdict {
            Verdict::Allowed { grant, .. } => Some(grant),
            Verdict::Refused(_) => None,
        };
        Self {
            permission: rights.permission.into(),
            allowed: grant.is_some(),
            usual: rights.pinned == Pinned::Usual,
            term,
            until,
            llm: match grant {
                Some(Grant::LlmUse(limits)) => Some(limits.into()),
                Some(Grant::FilesRead(_) | Grant::ModelsCopy | Grant::Admin) | None => None,
            },
            folders: match grant {
                Some(Grant::FilesRead(limits)) => names(&limits.folders),
                Some(Grant::LlmUse(_) | Grant::ModelsCopy | Grant::Admin) | None => None,
            },
        }
    }
}

impl From<&neighbours::Pairing> for Pairing {
    fn from(pairing: &neighbours::Pairing) -> Self {
        let (step, outcome) = match &pairing.step {
            Step::Waiting => (PairingStep::Waiting, None),
            Step::Requested => (PairingStep::Requested, None),
            Step::Opened => (PairingStep::Opened, None),
            Step::Compare(_) => (PairingStep::Compare, None),
            Step::Confirmed(_) => (PairingStep::Confirmed, None),
            Step::Ended(outcome) => (PairingStep::Ended, Some(outcome.into())),
        };
        Self {
            asked_by: match pairing.asked_by {
                neighbours::Asker::Here => PairingSide::Here,
                neighbours::Asker::There => PairingSide::There,
            },
            step,
            code: pairing.code().map(|code| code.to_string()),
            ends_at: outcome.is_none().then(|| clock::rfc3339(pairing.until)),
            outcome,
        }
    }
}

impl From<&Outcome> for PairingOutcome {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Paired => Self::Paired,
            Outcome::CodesDiffer => Self::CodesDiffer,
            Outcome::CodesDifferThere => Self::CodesDifferThere,
            Outcome::Cancelled => Self::Cancelled,
            Outcome::TimedOut => Self::TimedOut,
            Outcome::Broken => Self::Broken,
            Outcome::NotReached(Failure::TurnedAway(ByeReason::TooLoud)) => Self::TooOften,
            Outcome::NotReached(_) => Self::NotReached,
            Outcome::NotKept(_) => Self::NotKept,
        }
    }
}

impl From<&neighbours::Trouble> for PeerTrouble {
    fn from(trouble: &neighbours::Trouble) -> Self {
        Self {
            error: (&trouble.failure).into(),
            address: trouble.address.to_string(),
            at: clock::rfc3339(trouble.at),
        }
    }
}

impl AuditEntry {
    pub(crate) fn of(recorded: &Recorded, neighbours: &Neighbours) -> Self {
        let entry = &recorded.entry;
        let known = entry.device.and_then(|device| neighbours.get(device));
        Self {
            id: recorded.id,
            at: clock::rfc3339(entry.at.into()),
            kind: entry.kind.word().to_owned(),
            peer: entry.device.map(|device| device.short()),
            name: known.and_then(|known| known.name.clone()),
            person: entry.person.map(|person| person.short()),
            details: entry.details.clone(),
        }
    }
}

impl From<store::Form> for PeerForm {
    fn from(form: store::Form) -> Self {
        match form {
            store::Form::Desktop => Self::Desktop,
            store::Form::Laptop => Self::Laptop,
            store::Form::Server => Self::Server,
            store::Form::Unknown => Self::Unknown,
        }
    }
}

impl From<store::Relation> for Relation {
    fn from(relation: store::Relation) -> Self {
        match relation {
            store::Relation::Mine => Self::Mine,
            store::Relation::Other => Self::Other,
        }
    }
}

impl From<store::Permission> for Permission {
    fn from(permission: store::Permission) -> Self {
        match permission {
            store::Permission::LlmUse => Self::LlmUse,
            store::Permission::FilesRead => Self::FilesRead,
            store::Permission::ModelsCopy => Self::ModelsCopy,
            store::Permission::Admin => Self::Admin,
        }
    }
}

impl From<Permission> for store::Permission {
    fn from(permission: Permission) -> Self {
        match permission {
            Permission::LlmUse => Self::LlmUse,
            Permission::FilesRead => Self::FilesRead,
            Permission::ModelsCopy => Self::ModelsCopy,
            Permission::Admin => Self::Admin,
        }
    }
}

impl From<&Limits> for LlmLimits {
    fn from(limits: &Limits) -> Self {
        Self {
            models: names(&limits.models),
            max_tokens: limits.max_tokens,
            requests_per_minute: limits.requests_per_minute,
            concurrency: limits.concurrency,
        }
    }
}

impl LlmWish {
    pub(crate) fn over(self, usual: Limits) -> Limits {
        Limits {
            models: self.models.map_or(usual.models, |models| {
                Scope::Only(models.into_iter().collect())
            }),
            max_tokens: self.max_tokens.or(usual.max_tokens),
            requests_per_minute: self
                .requests_per_minute
                .unwrap_or(usual.requests_per_minute),
            concurrency: self.concurrency.unwrap_or(usual.concurrency),
        }
    }
}

impl From<store::Quota> for PeerQuota {
    fn from(quota: store::Quota) -> Self {
        Self {
            messages_per_minute: quota.messages_per_minute,
            storage_bytes: quota.storage_bytes,
        }
    }
}

impl From<PeerQuota> for store::Quota {
    fn from(quota: PeerQuota) -> Self {
        Self {
            messages_per_minute: quota.messages_per_minute,
            storage_bytes: quota.storage_bytes,
        }
    }
}

fn names(scope: &Scope) -> Option<Vec<String>> {
    match scope {
        Scope::All => None,
        Scope::Only(names) => Some(names.iter().cloned().collect()),
    }
}
