//! Requests to use models.

use super::*;
use crate::store::{Access, Answer, AskedBy, Given};
use rules::{asking, tidying};

const MINUTE: Duration = Duration::from_mins(1);

fn words(text: &str) -> Words {
    Words::typed(text).unwrap()
}

/// A machine of somebody else, without permission.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.pair(1, Relation::Other);
    desk
}

impl Desk {
    fn hears(&mut self, number: i64) -> Result<Heard, Refusal> {
        self.hears_from(1, number)
    }

    fn hears_from(&mut self, from: u8, number: i64) -> Result<Heard, Refusal> {
        let reason = words("for the school paper");
        self.decide(|view| asking::heard(view, device(from), number, reason))
            .map(|done| done.answer)
    }

    fn says(&mut self, say: Say) -> Result<(), Refusal> {
        let midnight = Moment::from_millis(START).after(10 * HOUR);
        self.decide(|view| asking::answer(view, device(1), say, words("gern"), midnight))
            .map(drop)
    }

    fn asks(&mut self) -> Result<(), Refusal> {
        self.decide(|view| asking::ask(view, device(1), words("please")))
            .map(drop)
    }

    fn is_told(&mut self, number: i64, given: Given) -> bool {
        self.decide(|view| asking::told(view, device(1), number, given, words("gern")))
            .unwrap()
            .answer
    }

    fn tidies(&mut self) {
        self.decide(tidying::tidy).unwrap();
    }

    fn request(&self, by: AskedBy) -> Option<Access> {
        let known = self.tables.known(device(1)).unwrap();
        known.access.get(&by).cloned()
    }

    fn given(&self, by: AskedBy) -> Option<Given> {
        self.request(by)?.answer.map(|answer| answer.given)
    }

    fn may(&self) -> bool {
        matches!(
            self.view().may(device(1), Permission::LlmUse),
            Verdict::Allowed { .. }
        )
    }

    fn uses(&mut self) -> Result<(), Refusal> {
        self.decide(|view| rules::permitting::admit(view, device(1), Permission::LlmUse))
            .map(drop)
    }
}

#[test]
fn what_the_person_says_is_what_the_machine_may() {
    for (say, given) in [
        (Say::Always, Given::Always),
        (
            Say::Today,
            Given::Until(Moment::from_millis(START).after(10 * HOUR)),
        ),
        (Say::Once, Given::Once),
        (Say::No, Given::No),
    ] {
        let mut desk = desk();
        assert_eq!(desk.hears(7), Ok(Heard::Waits));
        assert!(!desk.may());
        desk.says(say).unwrap();
        assert_eq!(desk.may(), say != Say::No, "{say:?}");
        let answer = Answer {
            given,
            words: words("gern"),
            at: desk.now,
        };
        // Said again, because the answer was lost.
        assert_eq!(
            desk.request(AskedBy::Them).unwrap().answer,
            Some(answer.clone())
        );
        if say == Say::No {
            assert_eq!(desk.hears(7), Ok(Heard::Answered(answer)));
        } else {
            let Ok(Heard::Answered(again)) = desk.hears(7) else {
                panic!("it waits")
            };
            assert_eq!(again.given, given);
        }
        assert_eq!(desk.says(say), Err(Refusal::NoRequest));
    }
}

#[test]
fn once_is_one_use_and_today_ends_with_the_day() {
    let mut once = desk();
    once.hears(1).unwrap();
    once.says(Say::Once).unwrap();
    once.uses().unwrap();
    assert_eq!(once.uses(), Err(Refusal::NotAllowed));

    let mut today = desk();
    today.hears(1).unwrap();
    today.says(Say::Today).unwrap();
    today.pass(10 * HOUR - MINUTE);
    today.uses().unwrap();
    today.pass(MINUTE);
    assert_eq!(today.uses(), Err(Refusal::NotAllowed));
}

#[test]
fn there_is_one_open_request_of_each_machine() {
    let mut desk = desk();
    desk.hears(1).unwrap();
    let first = desk.request(AskedBy::Them);
    for number in 2..100 {
        let too_soon = Err(Refusal::AskedTooSoon { minutes: 10 });
        assert_eq!(desk.hears(number), too_soon);
    }
    assert_eq!(desk.request(AskedBy::Them), first);
    // It lost what it had asked.
    desk.pass(10 * MINUTE);
    assert_eq!(desk.hears(100), Ok(Heard::Waits));
    assert_eq!(desk.request(AskedBy::Them).unwrap().number, 100);
}

#[test]
fn not_more_are_open_than_anybody_answers() {
    let mut desk = Desk::new();
    for number in 1..=101 {
        desk.pair(number, Relation::Other);
    }
    for number in 1..=100 {
        assert_eq!(desk.hears_from(number, 1), Ok(Heard::Waits));
    }
    let full = Err(Refusal::TooManyRequests { most: 100 });
    assert_eq!(desk.hears_from(101, 1), full);
    desk.says(Say::No).unwrap();
    assert_eq!(desk.hears_from(101, 1), Ok(Heard::Waits));
}

#[test]
fn who_heard_no_asks_again_after_a_pause() {
    let mut desk = desk();
    desk.hears(1).unwrap();
    desk.says(Say::No).unwrap();
    let no = desk.request(AskedBy::Them).unwrap().answer.unwrap();
    desk.pass(59 * MINUTE);
    assert_eq!(desk.hears(2), Ok(Heard::Answered(no)));
    assert_eq!(desk.given(AskedBy::Them), Some(Given::No));
    desk.pass(MINUTE);
    assert_eq!(desk.hears(2), Ok(Heard::Waits));
    assert_eq!(desk.given(AskedBy::Them), None);
}

#[test]
fn asking_and_taking_it_back_rings_no_bell_all_day() {
    let mut desk = desk();
    desk.hears(1).unwrap();
    // Of a request that is none any more.
    desk.decide(|view| asking::withdrawn(view, device(1), 8))
        .unwrap();
    assert_eq!(desk.given(AskedBy::Them), None);
    desk.decide(|view| asking::withdrawn(view, device(1), 1))
        .unwrap();
    assert_eq!(desk.given(AskedBy::Them), Some(Given::Withdrawn));
    assert_eq!(desk.says(Say::Always), Err(Refusal::NoRequest));
    desk.pass(9 * MINUTE);
    assert_eq!(desk.hears(2), Err(Refusal::AskedTooSoon { minutes: 1 }));
    desk.pass(MINUTE);
    assert_eq!(desk.hears(2), Ok(Heard::Waits));
}

#[test]
fn who_is_not_to_be_heard_is_not() {
    let mut desk = desk();
    assert_eq!(desk.hears_from(2, 1), Err(Refusal::NotTrusted));
    desk.block(3);
    assert_eq!(desk.hears_from(3, 1), Err(Refusal::Blocked));
    // Denied for good: an answer that asks nobody.
    desk.deny(1, Permission::LlmUse);
    let Ok(Heard::Answered(answer)) = desk.hears(1) else {
        panic!("somebody is asked")
    };
    assert_eq!(answer.given, Given::No);
    assert_eq!(desk.request(AskedBy::Them), None);
    // And one that may already.
    desk.allow(1, llm(Scope::All), Term::Always).unwrap();
    let Ok(Heard::Answered(answer)) = desk.hears(2) else {
        panic!("somebody is asked")
    };
    assert_eq!(answer.given, Given::Always);
    assert_eq!(desk.request(AskedBy::Them), None);
}

#[test]
fn what_is_decided_elsewhere_answers_too() {
    let mut allowed = desk();
    allowed.hears(1).unwrap();
    allowed.allow(1, files(), Term::Always).unwrap();
    assert_eq!(allowed.given(AskedBy::Them), None);
    allowed.allow(1, llm(Scope::All), Term::Once).unwrap();
    assert_eq!(allowed.given(AskedBy::Them), Some(Given::Once));

    let mut denied = desk();
    denied.hears(1).unwrap();
    denied.deny(1, Permission::LlmUse);
    assert_eq!(denied.given(AskedBy::Them), Some(Given::No));
}

#[test]
fn nobody_waits_for_ever() {
    let mut desk = desk();
    desk.hears(1).unwrap();
    desk.asks().unwrap();
    let number = desk.request(AskedBy::Us).unwrap().number;
    desk.pass(DAY - MINUTE);
    desk.tidies();
    assert_eq!(desk.given(AskedBy::Them), None);
    desk.pass(MINUTE);
    desk.tidies();
    for by in [AskedBy::Them, AskedBy::Us] {
        assert_eq!(desk.given(by), Some(Given::Expired), "{by:?}");
    }
    // Over there they may have heard of it later.
    assert!(desk.is_told(number, Given::Always));
    assert_eq!(desk.given(AskedBy::Us), Some(Given::Always));
    // Nobody said no, so it may be asked again.
    assert_eq!(desk.hears(2), Ok(Heard::Waits));
    desk.says(Say::No).unwrap();
    desk.pass(30 * DAY);
    desk.tidies();
    assert_eq!(desk.request(AskedBy::Them), None);
    assert_eq!(desk.request(AskedBy::Us), None);
}

#[test]
fn only_what_was_asked_is_answered() {
    let mut desk = desk();
    assert!(!desk.is_told(1, Given::Always));
    assert_eq!(desk.request(AskedBy::Us), None);
    desk.asks().unwrap();
    assert_eq!(desk.asks(), Err(Refusal::AskedAlready));
    let number = desk.request(AskedBy::Us).unwrap().number;
    assert!(!desk.is_told(number + 1, Given::Always));
    assert_eq!(desk.given(AskedBy::Us), None);
    assert!(desk.is_told(number, Given::No));
    // The first answer counts.
    assert!(!desk.is_told(number, Given::Always));
    assert_eq!(desk.given(AskedBy::Us), Some(Given::No));
    // What others answer here gives them nothing.
    assert!(!desk.may());

    assert_eq!(desk.asks(), Err(Refusal::AskedTooSoon { minutes: 60 }));
    desk.pass(HOUR);
    desk.asks().unwrap();
    assert!(desk.request(AskedBy::Us).unwrap().number > number);
    desk.decide(|view| asking::withdraw(view, device(1)))
        .unwrap();
    assert_eq!(desk.given(AskedBy::Us), Some(Given::Withdrawn));
    let again = desk.decide(|view| asking::withdraw(view, device(1)));
    assert_eq!(again.map(drop), Err(Refusal::NoRequest));
    let stranger = desk.decide(|view| asking::ask(view, device(2), words("")));
    assert_eq!(stranger.map(drop), Err(Refusal::NotTrusted));
}

#[test]
fn what_people_say_to_each_other_is_not_in_the_log() {
    let mut desk = desk();
    desk.hears(1).unwrap();
    desk.says(Say::Always).unwrap();
    let kinds: Vec<_> = desk.log.iter().map(|entry| entry.kind).collect();
    assert!(kinds.contains(&AuditKind::AccessAsked));
    assert!(kinds.contains(&AuditKind::AccessAnswered));
    assert!(kinds.contains(&AuditKind::Allowed));
    let log = format!("{:?}", desk.log);
    assert!(!log.contains("gern") && !log.contains("paper"), "{log}");
}

#[tokio::test]
async fn today_ends_at_the_midnight_of_this_machine() {
    let house = House::new();
    let (trust, keeper) = house.open().await;
    let id = device(1);
    trust.paired(id, who(1), Relation::Other).await.unwrap();
    trust.access_asked(id, 1, words("please")).await.unwrap();
    trust
        .answer_access(id, Say::Today, Words::default())
        .await
        .unwrap();
    let now = trust.view().now();
    let midnight: Moment = clock::midnight_after(now.into()).into();
    assert!(midnight > now);
    house.pass(now.distance(midnight) - Duration::from_millis(1));
    trust.admit(id, Permission::LlmUse).await.unwrap();
    house.pass(Duration::from_millis(1));
    trust.admit(id, Permission::LlmUse).await.unwrap_err();
    keeper.close().await.unwrap();
}
