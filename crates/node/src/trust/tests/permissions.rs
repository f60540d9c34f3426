//! Who may do what.

use super::*;
use rules::{permitting, tidying, trusting};

/// The whole of what is allowed although nobody allowed it. Fails when a default
/// flips, in either direction.
#[test]
fn what_nobody_allowed_is_refused() {
    use Permission::{Admin, FilesRead, LlmUse, ModelsCopy};
    let everything = [LlmUse, FilesRead, ModelsCopy, Admin];
    assert_eq!(Permission::ALL, everything);

    let mut desk = Desk::with_keys();
    desk.policy.open = true;
    desk.ask(2);
    desk.block(3);
    desk.pair(4, Relation::Other);
    desk.pair(5, Relation::Mine);
    desk.prove(6, TEAM).unwrap();
    desk.prove(7, MINE).unwrap();
    for (number, kind, relation) in [
        (8, MeshKeyKind::Team, Relation::Other),
        (9, MeshKeyKind::Mine, Relation::Mine),
    ] {
        let card = InvitationId::from_bytes([number; 32]);
        desk.invite(card, kind);
        let (id, who) = (device(number), who_as(number, relation));
        desk.decide(|view| trusting::invitation_shown(view, id, &who, card))
            .unwrap();
    }
    desk.come(10).unwrap();

    for (number, name, allowed) in [
        (1, "a stranger", &[][..]),
        (2, "pending", &[]),
        (3, "blocked", &[]),
        (4, "paired as someone else's", &[]),
        (5, "paired as mine", &everything),
        (6, "through the key of the team", &[LlmUse]),
        (7, "through my key", &everything),
        (8, "invited to the team", &[LlmUse]),
        (9, "invited as mine", &everything),
        (10, "on an open network", &[LlmUse]),
    ] {
        assert_eq!(desk.allowed(number), allowed, "{name}");
    }
    assert_eq!(desk.refusal(1, LlmUse), Refusal::NotTrusted);
    assert_eq!(desk.refusal(2, LlmUse), Refusal::NotTrusted);
    assert_eq!(desk.refusal(4, LlmUse), Refusal::NotAllowed);
    assert_eq!(desk.refusal(10, Admin), Refusal::OpenPolicyOnly);
}

#[test]
fn a_grant_allows_itself_and_nothing_else() {
    for (grant, allowed) in [
        (llm(Scope::All), Permission::LlmUse),
        (files(), Permission::FilesRead),
        (Grant::ModelsCopy, Permission::ModelsCopy),
        (Grant::Admin, Permission::Admin),
    ] {
        let mut desk = Desk::new();
        desk.pair(1, Relation::Other);
        desk.pair(2, Relation::Other);
        desk.allow(1, grant.clone(), Term::Always).unwrap();
        assert_eq!(desk.allowed(1), [allowed]);
        assert_eq!(desk.allowed(2), []);
        let verdict = desk.view().may(device(1), allowed);
        assert_eq!(verdict, Verdict::Allowed { grant, once: false });
        desk.deny(1, allowed);
        assert_eq!(desk.refusal(1, allowed), Refusal::Denied);
    }
}

#[test]
fn a_denial_holds_against_what_is_usual() {
    let mut desk = Desk::with_keys();
    desk.pair(1, Relation::Mine);
    desk.prove(2, TEAM).unwrap();
    for number in [1, 2] {
        desk.deny(number, Permission::LlmUse);
        assert_eq!(desk.refusal(number, Permission::LlmUse), Refusal::Denied);
    }
}

#[test]
fn the_usual_limits_come_from_the_settings() {
    let mut desk = Desk::new();
    desk.pair(1, Relation::Mine);
    desk.policy.requests_per_minute = 7;
    let verdict = desk.view().may(device(1), Permission::LlmUse);
    let Verdict::Allowed {
        grant: Grant::LlmUse(limits),
        ..
    } = verdict
    else {
        panic!("{verdict:?}")
    };
    assert_eq!(limits.requests_per_minute, 7);
    assert!(limits.models.contains("anything"));
    assert!(!Scope::only(["a"]).contains("b"));
}

#[test]
fn a_grant_for_today_ends_and_what_is_usual_is_back() {
    let mut desk = Desk::with_keys();
    desk.pair(1, Relation::Other);
    desk.prove(2, TEAM).unwrap();
    let until = Term::Until(desk.now.after(DAY));
    for number in [1, 2] {
        desk.allow(number, llm(Scope::only(["small"])), until)
            .unwrap();
    }
    desk.pass(DAY - Duration::from_millis(1));
    assert_eq!(desk.allowed(1), [Permission::LlmUse]);
    desk.pass(Duration::from_millis(1));
    assert_eq!(desk.refusal(1, Permission::LlmUse), Refusal::NotAllowed);
    let usual = Verdict::Allowed {
        grant: Grant::LlmUse(desk.view().usual_limits()),
        once: false,
    };
    assert_eq!(desk.view().may(device(2), Permission::LlmUse), usual);
    assert_eq!(desk.effects(tidying::tidy).len(), 2);
    assert!(desk.tables.known(device(1)).unwrap().rules.is_empty());
    assert_eq!(desk.log.last().unwrap().kind, AuditKind::Expired);
    assert_eq!(desk.allow(1, files(), until), Err(Refusal::TermOver));
}

#[test]
fn a_grant_for_once_is_used_up() {
    let mut desk = Desk::new();
    desk.pair(1, Relation::Other);
    desk.allow(1, files(), Term::Once).unwrap();
    let grant = files();
    assert_eq!(
        desk.view().may(device(1), Permission::FilesRead),
        Verdict::Allowed { grant, once: true }
    );
    let admit = |desk: &mut Desk| {
        desk.decide(|view| permitting::admit(view, device(1), Permission::FilesRead))
            .map(|done| done.answer)
    };
    assert_eq!(admit(&mut desk), Ok(files()));
    assert_eq!(desk.log.last().unwrap().kind, AuditKind::Spent);
    assert_eq!(admit(&mut desk), Err(Refusal::NotAllowed));
    let refused = desk.log.last().unwrap();
    assert_eq!(refused.kind, AuditKind::Refused);
    assert_eq!(refused.details["permission"], "files.read");
    assert_eq!(refused.details["reason"], "not_allowed");
}

#[test]
fn only_the_trusted_can_be_allowed_something() {
    let mut desk = Desk::new();
    desk.policy.open = true;
    desk.block(2);
    desk.come(3).unwrap();
    for (number, grant, outcome) in [
        (1, Grant::Admin, Err(Refusal::NotTrusted)),
        (2, Grant::Admin, Err(Refusal::Blocked)),
        (3, files(), Err(Refusal::OpenPolicyOnly)),
        (3, llm(Scope::All), Ok(())),
    ] {
        assert_eq!(desk.allow(number, grant, Term::Always), outcome, "{number}");
    }
}

#[test]
fn a_refused_stranger_leaves_no_name_in_the_log() {
    let mut desk = Desk::new();
    let refused = desk.decide(|view| permitting::admit(view, device(1), Permission::Admin));
    assert_eq!(refused.unwrap_err(), Refusal::NotTrusted);
    assert_eq!(desk.log[0].device, None, "ids cost nothing");
}

#[test]
fn quotas_go_by_relation_unless_a_person_sets_them() {
    let mut desk = Desk::new();
    desk.pair(1, Relation::Other);
    desk.pair(2, Relation::Mine);
    let quota = |desk: &Desk, number| desk.view().quota(device(number));
    assert_eq!(quota(&desk, 1).messages_per_minute, 6_000);
    assert_eq!(quota(&desk, 1).storage_bytes, 1 << 30);
    assert!(quota(&desk, 2).storage_bytes > quota(&desk, 1).storage_bytes);
    let little = Quota {
        messages_per_minute: 1,
        storage_bytes: 2,
    };
    desk.decide(|view| permitting::set_quota(view, device(1), Some(little)))
        .unwrap();
    assert_eq!(quota(&desk, 1), little);
    desk.pair(1, Relation::Other);
    assert_eq!(quota(&desk, 1), little, "pairing anew as before keeps it");
    desk.pair(1, Relation::Mine);
    assert_eq!(quota(&desk, 1), quota(&desk, 2));
    let stranger = desk.decide(|view| permitting::set_quota(view, device(3), None));
    assert_eq!(stranger.unwrap_err(), Refusal::NotTrusted);
}
