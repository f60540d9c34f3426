//! What a trusted device may do, and how much of it.

use wire::DeviceId;

use super::{about, asking, refused_to};
use crate::{
    store::{
        AuditKind, Entry, Given, Grant, Origin, Peer, Permission, Quota, Rule, Ruling, Scope, Term,
        Write,
    },
    trust::{
        decision::{Decision, Effect},
        refusal::Refusal,
        view::{Standing, Verdict, View},
    },
};

pub(in crate::trust) fn allow(
    view: &View,
    device: DeviceId,
    grant: Grant,
    term: Term,
) -> Decision<()> {
    let permission = grant.permission();
    match permissible(view, device) {
        Err(refusal) => return Decision::refused(refusal),
        Ok(Origin::OpenPolicy) if permission != Permission::LlmUse => {
            return Decision::refused(Refusal::OpenPolicyOnly);
        }
        Ok(_) => {}
    }
    let known = view.tables().known(device);
    if let Some(refusal) = known.and_then(|known| view.doubt_of(known)) {
        return Decision::refused(refusal);
    }
    if !view.lasts(term) {
        return Decision::refused(Refusal::TermOver);
    }
    let entry = described(about(view, AuditKind::Allowed, device), &grant, term);
    let rule = Rule {
        ruling: Ruling::Allowed { grant, term },
        since: view.now(),
    };
    answered(view, device, permission, asking::given(term))
        .write(Write::PutRule(device, rule))
        .record(entry)
        .effect(Effect::PermissionsChanged { device })
}

pub(in crate::trust) fn deny(
    view: &View,
    device: DeviceId,
    permission: Permission,
) -> Decision<()> {
    if let Err(refusal) = permissible(view, device) {
        return Decision::refused(refusal);
    }
    let rule = Rule {
        ruling: Ruling::Denied(permission),
        since: view.now(),
    };
    answered(view, device, permission, Given::No)
        .write(Write::PutRule(device, rule))
        .record(about(view, AuditKind::Denied, device).detail("permission", permission.word()))
        .effect(Effect::PermissionsChanged { device })
}

pub(in crate::trust) fn admit(
    view: &View,
    device: DeviceId,
    permission: Permission,
) -> Decision<Grant> {
    let detail = ("permission", permission.word());
    match view.may(device, permission) {
        Verdict::Allowed { grant, once: false } => Decision::done(grant),
        Verdict::Allowed { grant, once: true } => Decision::done(grant)
            .write(Write::DropRule(device, permission))
            .record(about(view, AuditKind::Spent, device).detail(detail.0, detail.1)),
        Verdict::Refused(refusal) => {
            refused_to(view, AuditKind::Refused, device, refusal, Some(detail))
        }
    }
}

pub(in crate::trust) fn set_quota(
    view: &View,
    device: DeviceId,
    quota: Option<Quota>,
) -> Decision<()> {
    if let Err(refusal) = permissible(view, device) {
        return Decision::refused(refusal);
    }
    let Some(known) = view.tables().known(device) else {
        return Decision::refused(Refusal::NotKnown);
    };
    let mut entry = about(view, AuditKind::QuotaSet, device);
    if let Some(quota) = quota {
        entry = entry
            .detail("messages_per_minute", quota.messages_per_minute.to_string())
            .detail("storage_bytes", quota.storage_bytes.to_string());
    }
    let peer = Peer {
        quota,
        ..known.peer.clone()
    };
    Decision::done(()).write(Write::PutPeer(peer)).record(entry)
}

/// Whoever asked for it is answered by that.
fn answered(view: &View, device: DeviceId, permission: Permission, given: Given) -> Decision<()> {
    if permission == Permission::LlmUse {
        asking::settled(view, device, given)
    } else {
        Decision::done(())
    }
}

/// What the trust rests on, where there is any.
fn permissible(view: &View, device: DeviceId) -> Result<Origin, Refusal> {
    match view.standing(device) {
        Standing::Trusted(trusted) => Ok(trusted.origin),
        Standing::Blocked => Err(Refusal::Blocked),
        Standing::Discovered | Standing::Pending => Err(Refusal::NotTrusted),
    }
}

fn described(entry: Entry, grant: &Grant, term: Term) -> Entry {
    let entry = entry.detail("permission", grant.permission().word());
    let entry = match grant {
        Grant::LlmUse(limits) => {
            let entry = entry
                .detail("models", scope_word(&limits.models))
                .detail(
                    "requests_per_minute",
                    limits.requests_per_minute.to_string(),
                )
                .detail("concurrency", limits.concurrency.to_string());
            match limits.max_tokens {
                Some(most) => entry.detail("max_tokens", most.to_string()),
                None => entry,
            }
        }
        Grant::FilesRead(limits) => entry.detail("folders", scope_word(&limits.folders)),
        Grant::ModelsCopy | Grant::Admin => entry,
    };
    match term {
        Term::Always => entry,
        Term::Once => entry.detail("term", "once"),
        Term::Until(until) => entry
            .detail("term", "until")
            .detail("until", until.millis().to_string()),
    }
}

/// How many, not which: names of folders say more than a log should.
fn scope_word(scope: &Scope) -> String {
    match scope {
        Scope::All => "all".to_owned(),
        Scope::Only(names) => names.len().to_string(),
    }
}
