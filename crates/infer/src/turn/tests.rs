use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep};

use super::*;
use crate::{Done, DoneReason, Limit, Phase, Statistics};

const STEP: Duration = Duration::from_millis(10);

fn text(text: &str) -> Event {
    Event::Text {
        text: text.to_owned(),
    }
}

fn done(statistics: Statistics) -> Event {
    Event::Done(Done {
        reason: DoneReason::Stop,
        statistics,
    })
}

/// These events, each after a pause.
fn paced(events: Vec<(Duration, Event)>) -> Events {
    stream::iter(events)
        .then(|(pause, event)| async move {
            sleep(pause).await;
            Ok(event)
        })
        .boxed()
}

async fn all(turn: &mut Turn) -> Vec<Result<Event, Failure>> {
    let mut all = Vec::new();
    while let Some(next) = turn.next().await {
        all.push(next);
    }
    all
}

#[tokio::test(start_paused = true)]
async fn what_a_server_does_not_measure_is_measured_here() {
    let mut events = vec![(STEP * 5, text("a"))];
    events.extend((0..4).map(|_| (STEP, text("b"))));
    events.push((Duration::ZERO, done(Statistics::default())));
    let mut turn = Turn::new(paced(events), Limits::default());
    assert_eq!(turn.report().statistics, None);
    assert_eq!(all(&mut turn).await.len(), 6);
    let report = turn.report();
    assert_eq!(report.first_piece, Some(STEP * 5));
    assert_eq!((report.pieces, report.bytes), (5, 5));
    let decode = report.statistics.unwrap().decode.unwrap();
    assert_eq!((decode.tokens, decode.speed()), (5, Some(100.0)));
}

#[tokio::test(start_paused = true)]
async fn what_a_server_measures_counts() {
    let told = Statistics {
        total: Some(STEP),
        decode: Some(Phase {
            tokens: 7,
            time: Some(STEP * 7),
        }),
        ..Statistics::default()
    };
    let events = vec![(STEP, text("a")), (STEP, text("b")), (STEP, done(told))];
    let mut turn = Turn::new(paced(events), Limits::default());
    all(&mut turn).await;
    assert_eq!(turn.report().statistics, Some(told));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_falls_silent_is_left() {
    let limits = Limits {
        first: STEP * 100,
        silence: STEP * 10,
        ..Limits::default()
    };
    let began = Instant::now();
    let events = vec![(STEP * 99, text("a")), (STEP * 11, text("b"))];
    let heard = all(&mut Turn::new(paced(events), limits)).await;
    let silent = Failure::Silent { after: STEP * 10 };
    assert_eq!(heard, [Ok(text("a")), Err(silent)]);
    assert_eq!(began.elapsed(), STEP * 109);

    let events = vec![(STEP * 101, text("a"))];
    let heard = all(&mut Turn::new(paced(events), limits)).await;
    assert_eq!(heard, [Err(Failure::Silent { after: STEP * 100 })]);
}

#[tokio::test(start_paused = true)]
async fn limits_hold() {
    let endless = || stream::repeat_with(|| Ok(text("abcd"))).boxed();
    let limits = Limits {
        tokens: 3,
        ..Limits::default()
    };
    let heard = all(&mut Turn::new(endless(), limits)).await;
    assert_eq!(heard.len(), 4);
    assert!(
        matches!(
            heard.last(),
            Some(Ok(Event::Done(Done {
                reason: DoneReason::Length,
                ..
            })))
        ),
        "{heard:?}"
    );

    let limits = Limits {
        bytes: 9,
        ..Limits::default()
    };
    let heard = all(&mut Turn::new(endless(), limits)).await;
    let limit = Limit::Bytes;
    assert_eq!(heard.len(), 3);
    assert_eq!(heard[2], Err(Failure::AnswerTooLong { limit }));

    let limits = Limits {
        total: STEP * 10,
        ..Limits::default()
    };
    let slow = paced(vec![(STEP * 4, text("a")); 5]);
    let heard = all(&mut Turn::new(slow, limits)).await;
    let limit = Limit::Time;
    assert_eq!(heard.len(), 3);
    assert_eq!(heard[2], Err(Failure::AnswerTooLong { limit }));
}

#[tokio::test(start_paused = true)]
async fn the_last_word_lets_the_server_go() {
    let (alive, watched) = tokio::sync::oneshot::channel::<()>();
    let events = stream::iter([Ok(text("a")), Ok(done(Statistics::default()))])
        .chain(stream::pending())
        .map(move |event| {
            let _held = &alive;
            event
        })
        .boxed();
    let mut turn = Turn::new(events, Limits::default());
    assert_eq!(all(&mut turn).await.len(), 2);
    // The stream is dropped although the turn still is there to be asked.
    assert!(watched.await.is_err());
    assert_eq!(turn.report().pieces, 1);
}

#[tokio::test]
async fn an_answer_that_ends_too_early_broke_off() {
    let mut turn = Turn::new(stream::empty().boxed(), Limits::default());
    let heard = all(&mut turn).await;
    assert!(
        matches!(heard.as_slice(), [Err(Failure::BrokeOff { .. })]),
        "{heard:?}"
    );
}
