use proptest::prelude::*;

use super::*;

/// What comes of an answer in these pieces, and how it ended.
fn events(pieces: &[&[u8]]) -> (Vec<Event>, Result<(), Failure>) {
    let mut turn = Turn::default();
    let mut ready = VecDeque::new();
    let mut read = || {
        for piece in pieces {
            turn.take(piece, &mut ready)?;
        }
        turn.end(&mut ready)
    };
    let ended = read();
    let mut events: Vec<Event> = ready.into();
    // Nothing after the last is ever shown.
    if let Some(last) = events.iter().position(Turn::is_last) {
        events.truncate(last + 1);
    }
    (events, ended)
}

fn done(events: &[Event]) -> &Done {
    match events.last() {
        Some(Event::Done(done)) => done,
        other => panic!("{other:?}"),
    }
}

const ANSWER: &str = concat!(
    ": keep-alive\n\n",
    r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}]}"#,
    "\n\n",
    r#"data: {"choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":null}]}"#,
    "\n\n",
    r#"data: {"choices":[{"index":0,"delta":{"content":"Grüße 😀"},"finish_reason":null}]}"#,
    "\r\n\r\n",
    r#"data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"look","arguments":""}}]}}]}"#,
    "\n\n",
    r#"data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"z\":"}}]}}]}"#,
    "\n\n",
    r#"data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_b","function":{"name":"hear"}}]}}]}"#,
    "\n\n",
    r#"data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}}]}"#,
    "\n\n",
    r#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    "\n\n",
    r#"data: {"choices":[],"usage":{"prompt_tokens":26,"completion_tokens":8,"total_tokens":34,"prompt_tokens_details":{"cached_tokens":20}}}"#,
    "\n\n",
    "data: [DONE]\n\n",
);

#[test]
fn an_answer_is_read() {
    let (events, ended) = events(&[ANSWER.as_bytes()]);
    assert_eq!(ended, Ok(()));
    let [
        Event::Thinking { text: thought },
        Event::Text { text },
        Event::ToolCall { call: look },
        Event::ToolCall { call: hear },
        Event::Done(done),
    ] = events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!((thought.as_str(), text.as_str()), ("hm", "Grüße 😀"));
    assert_eq!(
        (look.id.as_deref(), look.name.as_str()),
        (Some("call_a"), "look")
    );
    assert_eq!(look.arguments["z"], 1);
    assert_eq!(hear.name, "hear");
    assert!(hear.arguments.is_empty());
    assert_eq!(done.reason, DoneReason::ToolCalls);
    assert_eq!(done.statistics.prompt.unwrap().tokens, 26);
    assert_eq!(done.statistics.decode.unwrap().tokens, 8);
    assert_eq!(done.statistics.cached, Some(20));
}

#[test]
fn a_completion_with_timings_is_read() {
    let (events, ended) = events(&[br#"data: {"choices":[{"text":"Hi","index":0,"finish_reason":null}]}

data: {"choices":[{"text":"","index":0,"finish_reason":"length"}],"usage":{"prompt_tokens":9,"completion_tokens":4},"timings":{"cache_n":5,"prompt_n":4,"prompt_ms":2.0,"predicted_n":4,"predicted_ms":20.0}}

data: [DONE]
"#]);
    assert_eq!(ended, Ok(()));
    let done = done(&events);
    assert_eq!(done.reason, DoneReason::Length);
    assert_eq!(done.statistics.prompt.unwrap().speed(), Some(2000.0));
    assert_eq!(done.statistics.decode.unwrap().speed(), Some(200.0));
    assert_eq!(done.statistics.cached, Some(5));
}

#[test]
fn other_words_for_the_same_are_understood() {
    let (events, ended) = events(&[br#"data: {"choices":[{"delta":{"reasoning":"hm"}}]}

data: {"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]}}]}

data: {"choices":[{"delta":{"tool_calls":[{"id":"b","function":{"name":"g","arguments":""}}]}}]}

data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#]);
    assert_eq!(ended, Ok(()));
    assert_eq!(events.len(), 4);
    assert!(matches!(&events[0], Event::Thinking { text } if text == "hm"));
    assert_eq!(done(&events).reason, DoneReason::ToolCalls);
}

#[test]
fn an_answer_that_just_ends_has_no_end() {
    let (events, ended) = events(&[b"data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n"]);
    assert_eq!(ended, Ok(()));
    assert_eq!(events.len(), 1);
}

#[test]
fn an_error_in_the_middle_follows_what_came_before() {
    for (error, said) in [
        (
            r#"{"error":{"message":"out of memory","code":500}}"#,
            "out of memory",
        ),
        (r#"{"error":"out of memory"}"#, "out of memory"),
        (r#"{"error":{"code":500}}"#, r#"{"code":500}"#),
    ] {
        let text = format!(
            "data: {{\"choices\":[{{\"delta\":{{\"content\":\"Hi\"}}}}]}}\n\ndata: {error}\n\n"
        );
        let (events, ended) = events(&[text.as_bytes()]);
        assert_eq!(events.len(), 1);
        let words = said.to_owned();
        assert_eq!(ended, Err(Failure::Failed { words }));
    }
}

#[test]
fn nonsense_is_named() {
    let many = (0..300).map(|index| {
        format!(
            "data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":{index}}}]}}}}]}}\n\n"
        )
    });
    for text in [
        "data: <html>\n\n".to_owned(),
        "data: {\"choices\":7}\n\n".to_owned(),
        "data: {\"choices\":[{\"delta\":{\"content\":7}}]}\n\n".to_owned(),
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}}]}\n\ndata: [DONE]\n\n".to_owned(),
        many.collect(),
    ] {
        let (_, ended) = events(&[text.as_bytes()]);
        assert!(matches!(ended, Err(Failure::Garbage { .. })), "{text:.80}: {ended:?}");
    }
}

proptest! {
    #[test]
    fn pieces_do_not_matter(cuts in prop::collection::vec(0..=ANSWER.len(), 0..20)) {
        let mut cuts = cuts;
        cuts.extend([0, ANSWER.len()]);
        cuts.sort_unstable();
        let bytes = ANSWER.as_bytes();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|ends| &bytes[ends[0]..ends[1]]).collect();
        prop_assert_eq!(events(&pieces), events(&[bytes]));
    }

    #[test]
    fn whatever_comes_nothing_panics(
        damage in prop::collection::vec((0..ANSWER.len(), any::<u8>()), 0..20),
        junk in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let mut bytes = ANSWER.as_bytes().to_vec();
        for (at, byte) in damage {
            bytes[at] = byte;
        }
        for bytes in [bytes, junk] {
            let (events, ended) = events(&[&bytes]);
            let ends = events.iter().filter(|event| Turn::is_last(event)).count();
            prop_assert!(ends <= 1, "{ended:?}");
        }
    }
}
