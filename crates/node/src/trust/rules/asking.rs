//! Asking a person for the use of models, and what they say.
//!
//! Everything lies in the table of requests, one for each machine and way. What
//! is to be said to the other machine, and when, follows from its rows and is
//! done elsewhere.
//!
//! Nobody is asked twice for nothing: there is one open request of each machine,
//! and a new one only after it was answered, after a pause where the answer was
//! no. Whoever is denied the permission for good hears so at once.

use std::time::Duration;

use wire::{DeviceId, msg::llm::Words};

use super::{about, permitting, refused_to};
use crate::{
    store::{
        Access, Answer, AskedBy, AuditKind, Entry, Given, Grant, Known, Moment, Permission, Term,
        Write,
    },
    trust::{
        decision::Decision,
        refusal::Refusal,
        view::{Verdict, View},
    },
};

/// Whoever was not answered within a day has done something else.
const OPEN_FOR: Duration = Duration::from_hours(24);

/// Whoever heard no asks again after an hour at the soonest.
const AFTER_NO: Duration = Duration::from_hours(1);

/// Asking and taking it back is no way to ring a bell all day.
const AFTER_WITHDRAWAL: Duration = Duration::from_mins(10);

/// What became of a request is shown for this long.
const KEEP: Duration = Duration::from_hours(30 * 24);

/// Open requests of others: more than anybody answers.
const MOST_OPEN: usize = 100;

/// What the person says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say {
    Always,
    /// Until the day ends here.
    Today,
    Once,
    No,
}

/// What a machine that asks is told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Its person will hear when somebody answers.
    Waits,
    Answered(Answer),
}

/// A machine asks its way in.
pub(in crate::trust) fn heard(
    view: &View,
    device: DeviceId,
    number: i64,
    reason: Words,
) -> Decision<Heard> {
    match view.may(device, Permission::LlmUse) {
        Verdict::Allowed { .. } => return Decision::done(Heard::Answered(as_it_is(view, device))),
        Verdict::Refused(Refusal::NotAllowed) => {}
        Verdict::Refused(Refusal::Denied) => {
            let decision: Decision<()> = refused(view, device, Refusal::Denied);
            return Decision::done(Heard::Answered(said(view, Given::No, Words::default())))
                .and((decision.writes, decision.effects));
        }
        Verdict::Refused(refusal) => return refused(view, device, refusal),
    }
    if let Some(before) = of(view, device, AskedBy::Them) {
        match &before.answer {
            // Said again, because the answer may have been lost on its way.
            Some(answer) if before.number == number => {
                return Decision::done(Heard::Answered(answer.clone()));
            }
            None if before.number == number => return Decision::done(Heard::Waits),
            // It forgot that it asked; its person waits for another number now.
            None if pause(before, view.now()).is_none() => {
                let access = Access {
                    number,
                    reason,
                    asked: view.now(),
                    ..before.clone()
                };
                return Decision::done(Heard::Waits).write(Write::PutAccess(device, access));
            }
            Some(answer) if answer.given == Given::No && pause(before, view.now()).is_some() => {
                return Decision::done(Heard::Answered(answer.clone()));
            }
            Some(_) | None => {}
        }
        if let Some(left) = pause(before, view.now()) {
            return refused(view, device, too_soon(left));
        }
    }
    let all = view.tables().all_known();
    if all.filter(|known| is_open(known)).count() >= MOST_OPEN {
        return refused(view, device, Refusal::TooManyRequests { most: MOST_OPEN });
    }
    let access = Access {
        by: AskedBy::Them,
        number,
        reason,
        asked: view.now(),
        answer: None,
    };
    Decision::done(Heard::Waits)
        .write(Write::PutAccess(device, access))
        .record(entry(view, AuditKind::AccessAsked, device, AskedBy::Them))
}

/// The machine that asked wants it no more.
pub(in crate::trust) fn withdrawn(view: &View, device: DeviceId, number: i64) -> Decision<()> {
    match open(view, device, AskedBy::Them) {
        Some(access) if access.number == number => {
            let answer = said(view, Given::Withdrawn, Words::default());
            close(view, device, access, answer)
        }
        Some(_) | None => Decision::done(()),
    }
}

/// The person here answers a request. `midnight`: when the day ends here.
pub(in crate::trust) fn answer(
    view: &View,
    device: DeviceId,
    say: Say,
    words: Words,
    midnight: Moment,
) -> Decision<()> {
    let Some(access) = open(view, device, AskedBy::Them) else {
        return Decision::refused(Refusal::NoRequest);
    };
    let given = match say {
        Say::Always => Given::Always,
        Say::Today => Given::Until(midnight),
        Say::Once => Given::Once,
        Say::No => Given::No,
    };
    let closed = close(view, device, access, said(view, given, words));
    match term(given) {
        Some(term) => closed.then(view, |view| {
            let grant = Grant::LlmUse(view.usual_limits());
            permitting::allow(view, device, grant, term)
        }),
        None => closed,
    }
}

/// The person here decided without looking at the request; that is an answer too.
pub(super) fn settled(view: &View, device: DeviceId, given: Given) -> Decision<()> {
    match open(view, device, AskedBy::Them) {
        Some(access) => {
            let answer = said(view, given, Words::default());
            close(view, device, access, answer)
        }
        None => Decision::done(()),
    }
}

/// The person here asks.
pub(in crate::trust) fn ask(view: &View, device: DeviceId, reason: Words) -> Decision<()> {
    if view.trusted(device).is_none() {
        return Decision::refused(Refusal::NotTrusted);
    }
    let before = of(view, device, AskedBy::Us);
    if before.is_some_and(Access::is_open) {
        return Decision::refused(Refusal::AskedAlready);
    }
    if let Some(left) = before.and_then(|before| pause(before, view.now())) {
        return Decision::refused(too_soon(left));
    }
    // Another number than any before, whatever the clock was set to.
    let after_all = before.map_or(i64::MIN, |before| before.number.saturating_add(1));
    let access = Access {
        by: AskedBy::Us,
        number: view.now().millis().max(after_all),
        reason,
        asked: view.now(),
        answer: None,
    };
    Decision::done(())
        .write(Write::PutAccess(device, access))
        .record(entry(view, AuditKind::AccessAsked, device, AskedBy::Us))
}

/// The person here wants it no more.
pub(in crate::trust) fn withdraw(view: &View, device: DeviceId) -> Decision<()> {
    match open(view, device, AskedBy::Us) {
        Some(access) => {
            let answer = said(view, Given::Withdrawn, Words::default());
            close(view, device, access, answer)
        }
        None => Decision::refused(Refusal::NoRequest),
    }
}

/// The other machine answers what was asked there. Answers whether it was.
pub(in crate::trust) fn told(
    view: &View,
    device: DeviceId,
    number: i64,
    given: Given,
    words: Words,
) -> Decision<bool> {
    let access = of(view, device, AskedBy::Us).filter(|access| {
        // Whoever was away heard of it later, and still has time.
        let expired = access.answer.as_ref();
        access.number == number && expired.is_none_or(|answer| answer.given == Given::Expired)
    });
    match access {
        Some(access) => {
            let answer = said(view, given, words);
            close(view, device, access, answer).then(view, |_| Decision::done(true))
        }
        None => Decision::done(false),
    }
}

pub(super) fn tidy(view: &View, known: &Known, mut decision: Decision<()>) -> Decision<()> {
    let device = known.peer.device;
    for (by, access) in &known.access {
        match &access.answer {
            None if access.asked.distance(view.now()) >= OPEN_FOR => {
                let answer = said(view, Given::Expired, Words::default());
                let closed = close(view, device, access, answer);
                decision = decision.and((closed.writes, closed.effects));
            }
            Some(answer) if answer.at.distance(view.now()) >= KEEP => {
                decision = decision.write(Write::DropAccess(device, *by));
            }
            Some(_) | None => {}
        }
    }
    decision
}

/// When nobody can answer it any more.
pub fn request_expires(access: &Access) -> Moment {
    access.asked.after(OPEN_FOR)
}

/// When the pause ends that follows an answer, where one does.
pub fn may_ask_again(access: &Access) -> Option<Moment> {
    let answer = access.answer.as_ref()?;
    let left = pause(access, answer.at)?;
    Some(answer.at.after(left))
}

/// How long until this may be followed by another request.
fn pause(access: &Access, now: Moment) -> Option<Duration> {
    let (since, lasts) = match &access.answer {
        None => (access.asked, AFTER_WITHDRAWAL),
        Some(answer) => match answer.given {
            Given::No => (answer.at, AFTER_NO),
            Given::Withdrawn => (answer.at, AFTER_WITHDRAWAL),
            Given::Always | Given::Until(_) | Given::Once | Given::Expired => return None,
        },
    };
    lasts
        .checked_sub(since.distance(now))
        .filter(|left| !left.is_zero())
}

fn close(view: &View, device: DeviceId, access: &Access, answer: Answer) -> Decision<()> {
    let entry = entry(view, AuditKind::AccessAnswered, device, access.by);
    let entry = entry.detail("given", answer.given.word());
    let closed = Access {
        answer: Some(answer),
        ..access.clone()
    };
    Decision::done(())
        .write(Write::PutAccess(device, closed))
        .record(entry)
}

/// What somebody may already, as an answer.
fn as_it_is(view: &View, device: DeviceId) -> Answer {
    let rule = view
        .tables()
        .known(device)
        .and_then(|known| known.rules.get(&Permission::LlmUse));
    let given = match rule.map(|rule| &rule.ruling) {
        Some(crate::store::Ruling::Allowed { term, .. }) => given(*term),
        Some(crate::store::Ruling::Denied(_)) | None => Given::Always,
    };
    said(view, given, Words::default())
}

pub(super) fn given(term: Term) -> Given {
    match term {
        Term::Always => Given::Always,
        Term::Until(until) => Given::Until(until),
        Term::Once => Given::Once,
    }
}

fn term(given: Given) -> Option<Term> {
    match given {
        Given::Always => Some(Term::Always),
        Given::Until(until) => Some(Term::Until(until)),
        Given::Once => Some(Term::Once),
        Given::No | Given::Expired | Given::Withdrawn => None,
    }
}

fn of(view: &View, device: DeviceId, by: AskedBy) -> Option<&Access> {
    view.tables().known(device)?.access.get(&by)
}

fn open(view: &View, device: DeviceId, by: AskedBy) -> Option<&Access> {
    of(view, device, by).filter(|access| access.is_open())
}

fn is_open(known: &Known) -> bool {
    known
        .access
        .get(&AskedBy::Them)
        .is_some_and(Access::is_open)
}

fn said(view: &View, given: Given, words: Words) -> Answer {
    Answer {
        given,
        words,
        at: view.now(),
    }
}

fn too_soon(left: Duration) -> Refusal {
    Refusal::AskedTooSoon {
        minutes: left.as_secs().div_ceil(60),
    }
}

fn refused<T>(view: &View, device: DeviceId, refusal: Refusal) -> Decision<T> {
    let detail = ("permission", Permission::LlmUse.word());
    refused_to(view, AuditKind::Refused, device, refusal, Some(detail))
}

/// Never the words: they are for people, and a log is read by others.
fn entry(view: &View, kind: AuditKind, device: DeviceId, by: AskedBy) -> Entry {
    about(view, kind, device).detail("asked_by", by.word())
}
