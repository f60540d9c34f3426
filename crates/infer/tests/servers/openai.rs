use futures_util::StreamExt as _;
use infer::{
    ApiKey, Backend as _, Chat, DoneReason, Embed, Event, Failure, Generate, Place, Reach, Skill,
    openai::OpenAi,
};
use serde_json::{Map, json};
use testkit::scripted::{Answer, Gate, Model, Server, Step, Weather};

use crate::client::{PATIENCE, answer, name, next_text, openai, question};

fn server() -> Server {
    let server = Server::start();
    server.add(Model::new("tiny:latest"));
    server
}

#[tokio::test]
async fn its_models_are_listed() {
    let server = server();
    server.add(Model::new("/models/My Model.gguf"));
    let openai = openai(&server);
    openai.probe().await.unwrap();
    let names: Vec<_> = openai.models().await.unwrap();
    let names: Vec<_> = names.iter().map(|card| card.name.as_str()).collect();
    assert_eq!(names, ["/models/My Model.gguf", "tiny:latest"]);
}

#[tokio::test]
async fn an_answer_is_read_with_what_it_used() {
    let server = server();
    for bytes in [1, 3, 50, 10_000] {
        server.answer(Answer::says("Schöne Grüße 😀🚀").in_pieces_of(bytes));
        let (text, ended) = answer(openai(&server).chat(question("Hi there"))).await;
        assert_eq!(text, "Schöne Grüße 😀🚀");
        let done = ended.unwrap();
        assert_eq!(done.reason, DoneReason::Stop);
        assert_eq!(done.statistics.decode.unwrap().tokens, 3);
        assert_eq!(done.statistics.prompt.unwrap().tokens, 10);
    }
    let asked = server.asked_at("/v1/chat/completions").pop().unwrap();
    assert_eq!(asked["stream_options"], json!({"include_usage": true}));
}

#[tokio::test]
async fn calls_of_tools_are_put_together() {
    let server = server();
    let mut arguments = Map::new();
    arguments.insert("zone".to_owned(), json!("Asia/Tehran ü"));
    let call = |name: &str| Step::Call {
        name: name.to_owned(),
        arguments: arguments.clone(),
    };
    server.answer(Answer::does([
        Step::Thinking("hm".to_owned()),
        call("clock"),
        call("weather"),
    ]));
    let events: Vec<_> = openai(&server).chat(question("Time?")).collect().await;
    let [
        Ok(Event::Thinking { text }),
        Ok(Event::ToolCall { call: clock }),
        Ok(Event::ToolCall { call: weather }),
        Ok(Event::Done(done)),
    ] = events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!(text, "hm");
    assert_eq!(clock.name, "clock");
    assert_eq!(weather.arguments, arguments);
    assert_eq!(done.reason, DoneReason::ToolCalls);
}

#[tokio::test]
async fn a_text_goes_to_the_model_as_it_is_or_as_a_question() {
    let server = server();
    let mut raw = Generate::new(name("tiny"), "Once upon");
    raw.raw = true;
    let (text, ended) = answer(openai(&server).generate(raw)).await;
    assert_eq!(
        (text.as_str(), ended.unwrap().reason),
        ("Once upon", DoneReason::Stop)
    );
    assert_eq!(server.asked_at("/v1/completions").len(), 1);

    let mut question = Generate::new(name("tiny"), "Who are you?");
    question.system = Some("Be short.".to_owned());
    answer(openai(&server).generate(question)).await.1.unwrap();
    let asked = server.asked_at("/v1/chat/completions").pop().unwrap();
    let messages = json!([
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Who are you?"},
    ]);
    assert_eq!(asked["messages"], messages);
}

#[tokio::test]
async fn texts_are_embedded() {
    let server = server();
    let texts = ["one", "two"].map(str::to_owned).to_vec();
    let embedded = openai(&server).embed(Embed::new(name("tiny"), texts)).await;
    assert_eq!(embedded.unwrap().rows.len(), 2);
}

#[tokio::test]
async fn what_it_cannot_do_is_said_and_not_tried() {
    let server = server();
    let openai = openai(&server);
    let nothing_asked = openai.chat(Chat::new(name("tiny"), Vec::new()));
    let (_, ended) = answer(nothing_asked).await;
    let skill = Skill::Preload;
    assert_eq!(ended, Err(Failure::Unable { skill }));
    let skill = Skill::Delete;
    assert_eq!(
        openai.delete(name("tiny")).await,
        Err(Failure::Unable { skill })
    );
    let pulled: Vec<_> = openai.pull(name("tiny")).collect().await;
    let skill = Skill::Pull;
    assert_eq!(pulled, [Err(Failure::Unable { skill })]);
    assert!(!openai.skills().have(Skill::Loaded));
    assert_eq!(server.asked(), []);
}

#[tokio::test]
async fn a_key_opens_and_is_never_shown() {
    let server = server();
    let place = Place::parse(&server.url()).unwrap();
    let key = ApiKey::parse("sk-secret").unwrap();
    let openai = OpenAi::new(place, Reach::ThisMachine, Some(&key)).unwrap();
    openai.models().await.unwrap();
    answer(openai.chat(question("Hi"))).await.1.unwrap();
    for asked in server.asked() {
        assert_eq!(asked.key.as_deref(), Some("sk-secret"));
    }
    assert!(!format!("{openai:?}").contains("secret"));
}

#[tokio::test]
async fn failures_are_told_apart() {
    let server = server();
    let error = |words: &str| json!({"error": {"message": words, "type": "x"}}).to_string();
    for (does, kind) in [
        (Answer::refuses(400, &error("no")), "refused"),
        (Answer::refuses(401, &error("no key")), "forbidden"),
        (
            Answer::refuses(404, &error("no such model")),
            "model_unknown",
        ),
        (
            Answer::refuses(404, "{\"detail\":\"Not Found\"}"),
            "garbage",
        ),
        (Answer::refuses(429, &error("slow down")), "busy"),
        (Answer::refuses(503, &error("Loading model")), "busy"),
        (Answer::does([Step::Error("broken".to_owned())]), "failed"),
        (Answer::does([Step::HangUp]), "broke_off"),
        (
            Answer::does([Step::text("a"), Step::Error("broken".to_owned())]),
            "failed",
        ),
        (Answer::does([Step::text("a"), Step::HangUp]), "broke_off"),
        (Answer::does([Step::text("a"), Step::End]), "broke_off"),
        (Answer::does([Step::raw("data: <html>\n\n")]), "garbage"),
    ] {
        server.answer(does);
        let (_, ended) = answer(openai(&server).chat(question("Hi"))).await;
        let failure = serde_json::to_value(ended.unwrap_err()).unwrap();
        assert_eq!(failure["failure"], kind, "{failure}");
    }
}

#[tokio::test]
async fn a_dropped_answer_stops_the_server() {
    let server = server();
    let hand = server.by_hand();
    let mut events = openai(&server).chat(question("Hi"));
    let (_, text) = tokio::join!(hand.say("Hel"), next_text(&mut events));
    assert_eq!(text, "Hel");
    drop(events);
    tokio::time::timeout(PATIENCE, hand.gone()).await.unwrap();
}

#[tokio::test]
async fn a_silent_server_stops_nobody_else() {
    let server = server();
    server.set_weather(Weather::Silent(Gate::new()));
    let openai = openai(&server);
    let waiting = tokio::spawn(async move { openai.models().await });
    server.until(|counts| counts.asked == 1).await;
    server.set_weather(Weather::Fine);
    assert_eq!(waiting.await.unwrap().unwrap().len(), 1);
}
