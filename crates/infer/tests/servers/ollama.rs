use std::time::Duration;

use futures_util::StreamExt as _;
use infer::{
    Ability, Backend as _, Chat, DoneReason, Embed, Event, Failure, Format, Generate, KeepAlive,
    PullProgress, Think,
};
use serde_json::{Map, json};
use testkit::scripted::{Answer, Gate, Model, Server, Step, Weather};

use crate::client::{PATIENCE, answer, ask, name, next, next_text, ollama, question};

fn server() -> Server {
    let server = Server::start();
    server.add(Model::new("tiny:latest"));
    server
}

#[tokio::test]
async fn everything_it_has_is_listed() {
    let server = server();
    server.add(
        Model::new("old:1b")
            .told_when_shown()
            .can(&["completion", "tools"]),
    );
    server.add(Model::new("far:cloud").runs_at("https://ollama.com:443"));
    server.set_loaded("tiny", true);
    let ollama = ollama(&server);
    assert_eq!(
        ollama.probe().await.unwrap().version.as_deref(),
        Some("0.33.0")
    );
    let cards = ollama.models().await.unwrap();
    let card = |wanted: &str| {
        cards
            .iter()
            .find(|card| card.name.as_str() == wanted)
            .unwrap()
    };
    assert_eq!(cards.len(), 3);
    assert!(
        card("tiny:latest")
            .details
            .abilities
            .as_ref()
            .unwrap()
            .have(Ability::Chat)
    );
    assert_eq!(card("old:1b").details.abilities, None);
    let host = &card("far:cloud").elsewhere.as_ref().unwrap().host;
    assert_eq!(host, "https://ollama.com:443");
    let shown = ollama.show(name("old:1b")).await.unwrap();
    assert!(shown.abilities.unwrap().have(Ability::Tools));
    assert_eq!(shown.context, Some(512));
    let loaded = ollama.loaded().await.unwrap();
    assert_eq!(loaded.len(), 1);
    assert!(loaded[0].name.is_same(&name("tiny")));
    assert!(loaded[0].expires.unwrap() > std::time::SystemTime::now());
}

#[tokio::test]
async fn an_answer_arrives_as_it_is_written() {
    let server = server();
    let hand = server.by_hand();
    let mut events = ollama(&server).chat(question("Hi"));
    let (text, ()) = tokio::join!(next_text(&mut events), async {
        let asked = hand.asked().await;
        assert_eq!(
            asked["messages"],
            json!([{"role": "user", "content": "Hi"}])
        );
        assert_eq!(asked["stream"], json!(true));
        assert!(hand.say("Grüße").await);
    });
    // The second piece is not written yet.
    assert_eq!(text, "Grüße");
    hand.say(" 😀").await;
    assert_eq!(next_text(&mut events).await, " 😀");
    hand.done().await;
    let Some(Ok(Event::Done(done))) = next(&mut events).await else {
        panic!("no end")
    };
    assert_eq!(done.reason, DoneReason::Stop);
    let decode = done.statistics.decode.unwrap();
    assert_eq!((decode.tokens, decode.speed()), (2, Some(200.0)));
}

#[tokio::test]
async fn pieces_end_anywhere_even_inside_a_letter() {
    let server = server();
    let said = "Schöne Grüße 😀🚀 <b>&</b>";
    for bytes in [1, 2, 3, 7, 64] {
        server.answer(Answer::says(said).in_pieces_of(bytes));
        let (text, ended) = ask(&server, "Hi").await;
        assert_eq!(text, said);
        assert_eq!(ended.unwrap().reason, DoneReason::Stop);
    }
}

#[tokio::test]
async fn thinking_and_calls_of_tools_come_as_what_they_are() {
    let server = server();
    let mut arguments = Map::new();
    arguments.insert("zone".to_owned(), json!("Asia/Tehran"));
    arguments.insert("at".to_owned(), json!(5));
    server.answer(Answer::does([
        Step::Thinking("hm".to_owned()),
        Step::Call {
            name: "clock".to_owned(),
            arguments: arguments.clone(),
        },
    ]));
    let events: Vec<_> = ollama(&server).chat(question("Time?")).collect().await;
    let [
        Ok(Event::Thinking { text }),
        Ok(Event::ToolCall { call }),
        Ok(Event::Done(done)),
    ] = events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!((text.as_str(), call.name.as_str()), ("hm", "clock"));
    assert_eq!(call.arguments, arguments);
    assert_eq!(done.reason, DoneReason::ToolCalls);
}

#[tokio::test]
async fn what_is_asked_arrives_as_ollama_wants_it() {
    let server = server();
    let chat: Chat = serde_json::from_value(json!({
        "model": "tiny",
        "messages": [{"role": "user", "content": "Look", "images": ["cGljdHVyZQ=="]}],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
        "format": "json",
        "options": {"temperature": 0.7, "num_ctx": 4096, "mirostat": 2},
        "keep_alive": "90s",
        "think": "low",
    }))
    .unwrap();
    let (_, ended) = answer(ollama(&server).chat(chat)).await;
    ended.unwrap();
    let mut asked = server.asked_at("/api/chat").pop().unwrap();
    assert_eq!(asked["keep_alive"], "90000ms");
    asked["keep_alive"] = json!(null);
    assert_eq!(
        asked,
        json!({
            "model": "tiny",
            "messages": [{"role": "user", "content": "Look", "images": ["cGljdHVyZQ=="]}],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
            "format": "json",
            "options": {"temperature": 0.7, "num_ctx": 4096, "mirostat": 2},
            "keep_alive": null,
            "think": "low",
            "stream": true,
        })
    );
}

#[tokio::test]
async fn a_text_is_completed() {
    let server = server();
    server.answer(Answer::says("there was"));
    let mut request = Generate::new(name("tiny"), "Once upon a time");
    request.suffix = Some("The end.".to_owned());
    request.format = Some(Format::Json);
    request.think = Some(Think::Plain(false));
    let (text, ended) = answer(ollama(&server).generate(request)).await;
    assert_eq!(text, "there was");
    assert_eq!(ended.unwrap().statistics.decode.unwrap().tokens, 2);
    let asked = server.asked_at("/api/generate").pop().unwrap();
    assert_eq!(asked["suffix"], "The end.");
    assert_eq!(asked["think"], false);
}

#[tokio::test]
async fn a_model_is_loaded_and_unloaded_without_a_question() {
    let server = server();
    let ollama = ollama(&server);
    let mut chat = Chat::new(name("tiny"), Vec::new());
    let (_, ended) = answer(ollama.chat(chat.clone())).await;
    assert_eq!(ended.unwrap().reason, DoneReason::Load);
    assert_eq!(ollama.loaded().await.unwrap().len(), 1);
    chat.keep_alive = Some(KeepAlive::For(Duration::ZERO));
    let (_, ended) = answer(ollama.chat(chat)).await;
    assert_eq!(ended.unwrap().reason, DoneReason::Unload);
    assert_eq!(ollama.loaded().await.unwrap(), []);
}

#[tokio::test]
async fn the_time_to_load_is_told() {
    let server = Server::start();
    let gate = Gate::new();
    server.add(Model::new("tiny:latest").loads_behind(&gate));
    let (answered, ()) = tokio::join!(ask(&server, "Hi"), async {
        gate.reached(1).await;
        gate.open();
    });
    let statistics = answered.1.unwrap().statistics;
    assert!(statistics.load.unwrap() > Duration::ZERO);
    assert!(statistics.total.unwrap() >= statistics.load.unwrap());
}

#[tokio::test]
async fn texts_are_embedded_in_their_order() {
    let server = server();
    let ollama = ollama(&server);
    let texts = ["one", "two"].map(str::to_owned).to_vec();
    let both = ollama.embed(Embed::new(name("tiny"), texts)).await.unwrap();
    let two = vec!["two".to_owned()];
    let two = ollama.embed(Embed::new(name("tiny"), two)).await.unwrap();
    assert_eq!(both.rows.len(), 2);
    assert_eq!(both.rows[1], two.rows[0]);
    assert_ne!(both.rows[0], both.rows[1]);
}

#[tokio::test]
async fn a_model_is_downloaded_and_deleted() {
    let server = Server::start();
    let ollama = ollama(&server);
    let steps: Vec<PullProgress> = ollama
        .pull(name("tiny"))
        .map(Result::unwrap)
        .collect()
        .await;
    assert_eq!(steps.last(), Some(&PullProgress::Done));
    let completed: Vec<u64> = steps
        .iter()
        .filter_map(|step| match step {
            PullProgress::Part { completed, .. } => Some(*completed),
            PullProgress::Working { .. } | PullProgress::Done => None,
        })
        .collect();
    assert_eq!(completed, [0, 500_000_000, 1_000_000_000]);
    assert_eq!(ollama.models().await.unwrap().len(), 1);
    ollama.delete(name("tiny")).await.unwrap();
    assert_eq!(ollama.models().await.unwrap(), []);
    let gone = ollama.delete(name("tiny")).await;
    assert!(
        matches!(gone, Err(Failure::ModelUnknown { .. })),
        "{gone:?}"
    );
}

#[tokio::test]
async fn a_download_that_fails_says_why() {
    let server = Server::start();
    server.pull(Answer::does([
        Step::text("pulling manifest"),
        Step::Error("pull model manifest: file does not exist".to_owned()),
    ]));
    let steps: Vec<_> = ollama(&server).pull(name("nothing")).collect().await;
    let words = "pull model manifest: file does not exist".to_owned();
    assert_eq!(steps.last(), Some(&Err(Failure::Failed { words })));
    assert_eq!(steps.len(), 2);
}

#[tokio::test]
async fn every_way_to_fail_before_the_first_word_is_told_apart() {
    let server = server();
    let words = |text: &str| text.to_owned();
    for (does, expected) in [
        (
            Answer::refuses(400, r#"{"error":"\"tiny\" does not support thinking"}"#),
            Failure::Refused {
                words: words("\"tiny\" does not support thinking"),
            },
        ),
        (
            Answer::refuses(503, r#"{"error":"server busy, please try again."}"#),
            Failure::Busy {
                words: words("server busy, please try again."),
            },
        ),
        (
            Answer::does([Step::Error(words("model requires more system memory"))]),
            Failure::Failed {
                words: words("model requires more system memory"),
            },
        ),
        (
            Answer::refuses(403, ""),
            Failure::Forbidden {
                words: words("403 Forbidden"),
            },
        ),
        (
            Answer::does([Step::HangUp]),
            Failure::BrokeOff {
                reason: words("connection closed before message completed"),
            },
        ),
    ] {
        server.answer(does);
        assert_eq!(ask(&server, "Hi").await, (String::new(), Err(expected)));
    }
    let mut unknown = question("Hi");
    unknown.model = name("large");
    let (_, ended) = answer(ollama(&server).chat(unknown)).await;
    let words = words("model 'large' not found");
    assert_eq!(ended, Err(Failure::ModelUnknown { words }));
}

#[tokio::test]
async fn what_goes_wrong_in_the_middle_follows_what_was_said() {
    let server = server();
    let words = "an error was encountered while running the model".to_owned();
    server.answer(Answer::does([
        Step::text("Hel"),
        Step::Error(words.clone()),
    ]));
    let said = (String::from("Hel"), Err(Failure::Failed { words }));
    assert_eq!(ask(&server, "Hi").await, said);

    for how in [Step::HangUp, Step::End] {
        server.answer(Answer::does([Step::text("Hel"), how]));
        let (text, ended) = ask(&server, "Hi").await;
        assert_eq!(text, "Hel");
        assert!(matches!(ended, Err(Failure::BrokeOff { .. })), "{ended:?}");
    }

    for junk in [&b"{\"message\":\n"[..], b"\xff\xfe\n", b"{}\n", b"<html>\n"] {
        server.answer(Answer::does([Step::text("Hel"), Step::raw(junk)]));
        let (text, ended) = ask(&server, "Hi").await;
        assert_eq!(text, "Hel");
        assert!(matches!(ended, Err(Failure::Garbage { .. })), "{ended:?}");
    }
}

#[tokio::test]
async fn a_line_without_end_is_not_kept() {
    let server = server();
    let junk = vec![b'x'; 1024 * 1024];
    let steps = (0..20).map(|_| Step::raw(&junk));
    server.answer(Answer::does(steps));
    let (_, ended) = ask(&server, "Hi").await;
    assert!(matches!(ended, Err(Failure::Garbage { .. })), "{ended:?}");
}

#[tokio::test]
async fn a_server_that_is_gone_is_absent() {
    let server = server();
    let ollama = ollama(&server);
    drop(server);
    let absent = ollama.probe().await;
    let Err(Failure::Absent { reason }) = absent else {
        panic!("{absent:?}")
    };
    assert_eq!(reason, "Connection refused");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_silent() {
    let server = server();
    server.set_weather(Weather::Silent(Gate::new()));
    let silent = ollama(&server).probe().await;
    let after = infer::ollama::LOOKING;
    assert_eq!(silent, Err(Failure::Silent { after }));
}

#[tokio::test]
async fn something_else_is_garbage() {
    let server = server();
    for (status, body) in [
        (200, "<html>Hello</html>".to_owned()),
        (200, r#"{"name":"not Ollama"}"#.to_owned()),
        (404, "404 page not found".to_owned()),
        (302, String::new()),
        (200, format!("\"{}\"", "x".repeat(9 * 1024 * 1024))),
    ] {
        server.set_weather(Weather::Says(status, body));
        let garbage = ollama(&server).probe().await;
        assert!(
            matches!(garbage, Err(Failure::Garbage { .. })),
            "{garbage:?}"
        );
    }
}

#[tokio::test]
async fn a_dropped_answer_stops_the_server() {
    let server = server();
    // In the middle of an answer.
    let hand = server.by_hand();
    let mut events = ollama(&server).chat(question("Hi"));
    let (text, _) = tokio::join!(next_text(&mut events), hand.say("Hel"));
    assert_eq!(text, "Hel");
    assert!(!hand.is_gone());
    drop(events);
    tokio::time::timeout(PATIENCE, hand.gone()).await.unwrap();

    // Before its first word.
    let hand = server.by_hand();
    let mut events = ollama(&server).chat(question("Hi"));
    tokio::select! {
        _ = events.next() => panic!("nothing was said"),
        _ = hand.asked() => {}
    }
    drop(events);
    let left = server.until(|counts| counts.gone == 2 && counts.running == 0);
    tokio::time::timeout(PATIENCE, left).await.unwrap();
}

#[tokio::test]
async fn a_slow_reader_slows_the_server() {
    let server = server();
    let hand = server.by_hand();
    let mut events = ollama(&server).chat(question("Hi"));
    let line = |text: &str| {
        Step::raw(json!({"message": {"content": text}, "done": false}).to_string() + "\n")
    };
    let large = "x".repeat(1024 * 1024);
    let (_, first) = tokio::join!(hand.does(line("Hel")), next_text(&mut events));
    assert_eq!(first, "Hel");
    // Far more than the sockets hold: without a reader the writer comes to a stop.
    let mut written = 0;
    while written < 200 {
        let wrote = tokio::time::timeout(Duration::from_secs(1), hand.does(line(&large))).await;
        if wrote.is_err() {
            break;
        }
        written += 1;
    }
    assert!(written < 200, "all of it was taken without being read");
    let mut read = 0;
    while read < written {
        read += next_text(&mut events).await.len() / large.len();
    }
    assert!(hand.done().await || hand.is_gone());
}

#[tokio::test]
async fn what_waits_for_a_slot_and_what_finds_none() {
    let server = server();
    server.set_slots(1, 1);
    let hand = server.by_hand();
    let mut first = ollama(&server).chat(question("one"));
    let (_, text) = tokio::join!(hand.say("I"), next_text(&mut first));
    assert_eq!(text, "I");
    let second = tokio::spawn(answer(ollama(&server).chat(question("two"))));
    server.until(|counts| counts.waiting == 1).await;
    let (_, third) = ask(&server, "three").await;
    assert!(matches!(third, Err(Failure::Busy { .. })), "{third:?}");
    hand.done().await;
    assert!(matches!(next(&mut first).await, Some(Ok(Event::Done(_)))));
    let (text, ended) = second.await.unwrap();
    assert_eq!(text, "two");
    ended.unwrap();
    assert_eq!(server.counts().most_running, 1);
}

#[tokio::test]
async fn nothing_is_sent_that_is_too_large() {
    let server = server();
    let (_, ended) = ask(&server, &"x".repeat(infer::largest::TEXT + 1)).await;
    assert!(
        matches!(ended, Err(Failure::RequestTooLarge { .. })),
        "{ended:?}"
    );
    assert_eq!(server.asked(), []);
}

/// What is asked on this machine must not take a way around through another one.
#[test]
fn a_proxy_of_the_environment_hears_nothing() {
    // The environment belongs to a process, so the test runs in one of its own.
    let test = std::env::current_exe().unwrap();
    let ended = std::process::Command::new(test)
        .args(["--exact", "ollama::everything_it_has_is_listed"])
        .env("http_proxy", "http://127.0.0.1:1")
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .output()
        .unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert!(
        String::from_utf8_lossy(&ended.stdout).contains("1 passed"),
        "{ended:?}"
    );
}
