//! Who answers what.

use std::{
    io,
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use http_body_util::{BodyExt as _, Limited, StreamBody};
use hyper::{
    HeaderMap, Method, Request, Response,
    body::{Frame, Incoming},
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    Answer, Model, Pace, Step, Weather,
    answer::Steps,
    lists, openai,
    play::{self, Occasion, Writer, play},
    scene::{Asked, Scene, Slot},
    written::json as written,
};

pub(super) type Body = StreamBody<BoxStream<'static, io::Result<Frame<Bytes>>>>;

/// Larger than any request a test makes.
const LARGEST_REQUEST: usize = 128 * 1024 * 1024;

const JSON: &str = "application/json; charset=utf-8";
const LINES: &str = "application/x-ndjson";
const EVENTS: &str = "text/event-stream";

/// An error closes the connection without a word.
pub(super) async fn answer(
    scene: Scene,
    request: Request<Incoming>,
) -> Result<Response<Body>, io::Error> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, LARGEST_REQUEST)
        .collect()
        .await
        .map_err(io::Error::other)?
        .to_bytes();
    let asked = Asked {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
        key: bearer(&head.headers),
    };
    scene.with(|state| state.asked.push(asked.clone()));
    scene.count(|counts| counts.asked += 1);
    match scene.weather().await {
        Weather::Fine | Weather::Silent(_) => {}
        Weather::Says(status, body) => return Ok(whole(status, JSON, body)),
        Weather::HangsUp => return Err(io::ErrorKind::ConnectionReset.into()),
    }
    let method = if head.method == Method::HEAD {
        Method::GET
    } else {
        head.method
    };
    let Asked { path, body, .. } = asked;
    let name = body["model"].as_str().unwrap_or_default().to_owned();
    let list = |value: Value| Ok(whole(200, JSON, written(&value)));
    match (method.as_str(), path.as_str()) {
        ("GET", "/") => Ok(whole(
            200,
            "text/plain; charset=utf-8",
            "Ollama is running".to_owned(),
        )),
        ("GET", "/api/version") => list(scene.with(|state| lists::version(state))),
        ("GET", "/api/tags") => list(scene.with(|state| lists::tags(state))),
        ("GET", "/api/ps") => list(scene.with(|state| lists::running(state))),
        ("GET", "/v1/models") => list(scene.with(|state| openai::models(state))),
        ("POST", "/api/show") => Ok(
            match scene.with(|state| state.model(&name).map(Model::shown)) {
                Some(shown) => whole(200, JSON, written(&shown)),
                None => unknown(&path, &name),
            },
        ),
        ("DELETE", "/api/delete") => Ok(if scene.with(|state| state.remove(&name)) {
            whole(200, "", String::new())
        } else {
            unknown(&path, &name)
        }),
        ("POST", "/api/embed" | "/v1/embeddings") => Ok(embed(&scene, &path, &name, &body)),
        ("POST", "/api/pull") => pull(scene, &name).await,
        ("POST", "/api/chat" | "/api/generate" | "/v1/chat/completions" | "/v1/completions") => {
            turn(scene, path, name, body).await
        }
        _ => Ok(whole(404, "text/plain", "404 page not found".to_owned())),
    }
}

async fn turn(
    scene: Scene,
    path: String,
    name: String,
    body: Value,
) -> Result<Response<Body>, io::Error> {
    let began = SystemTime::now();
    let is_ollama = path.starts_with("/api/");
    if name.is_empty() {
        return Ok(refused(&path, 400, "model is required"));
    }
    let Some(model) = scene.with(|state| state.model(&name).cloned()) else {
        return Ok(unknown(&path, &name));
    };
    let messages = body["messages"].as_array().cloned().unwrap_or_default();
    let prompt = body["prompt"].as_str().unwrap_or_default();
    let keep = keep_alive(&body["keep_alive"]);
    let nothing_asked = messages.is_empty() && prompt.is_empty();
    if is_ollama && nothing_asked && keep.is_zero() {
        scene.with(|state| state.keep(&name, keep));
        return Ok(whole(200, JSON, lists::moved(&path, &name, "unload")));
    }
    // The answer belongs to whoever asked first, not to whoever got a slot first.
    let answer = (!nothing_asked).then(|| {
        scene.with(|state| {
            state
                .answers
                .pop_front()
                .unwrap_or_else(|| state.otherwise.again())
        })
    });
    if let Some(Answer {
        steps: Steps::Hand { report, .. },
        ..
    }) = &answer
    {
        report.send_modify(|state| state.asked = Some(body.clone()));
    }
    let Some(slot) = scene.enter().await else {
        let words = "server busy, please try again.  maximum pending requests exceeded";
        return Ok(refused(&path, 503, words));
    };
    let load = load(&scene, &model, keep).await;
    let Some(answer) = answer else {
        return Ok(whole(200, JSON, lists::moved(&path, &name, "load")));
    };
    let texts = messages
        .iter()
        .filter_map(|message| message["content"].as_str())
        .chain([prompt]);
    let occasion = Occasion {
        last_words: messages
            .last()
            .and_then(|message| message["content"].as_str())
            .unwrap_or(prompt)
            .to_owned(),
        prompt_tokens: texts
            .map(|text| text.split_whitespace().count() as u32 + 4)
            .sum(),
        most_tokens: [
            "/options/num_predict",
            "/max_tokens",
            "/max_completion_tokens",
        ]
        .iter()
        .find_map(|at| body.pointer(at)?.as_u64())
        .map_or(usize::MAX, |most| most as usize),
        load,
        pace: model.pace,
    };
    let in_messages = matches!(path.as_str(), "/api/chat" | "/v1/chat/completions");
    if is_ollama {
        let lines = lists::Lines {
            model: name,
            in_messages,
            began,
            calls: 0,
        };
        respond(scene, Some(slot), answer, lines, occasion, LINES).await
    } else {
        let id = scene.with(|state| {
            state.written += 1;
            state.written
        });
        let chunks = openai::Chunks {
            model: name,
            id,
            in_messages,
            usage: body["stream_options"]["include_usage"] == json!(true),
            begun: false,
            calls: 0,
        };
        respond(scene, Some(slot), answer, chunks, occasion, EVENTS).await
    }
}

/// Brings the model into memory, and tells how long that took.
async fn load(scene: &Scene, model: &Model, keep: Duration) -> Duration {
    let began = Instant::now();
    let here = scene.with(|state| {
        state.model(&model.name).is_some_and(|model| {
            model
                .loaded_until
                .is_some_and(|until| until > SystemTime::now())
        })
    });
    if !here {
        if let Some(gate) = &model.loading {
            gate.pass().await;
        }
        sleep(model.pace.load).await;
    }
    scene.with(|state| state.keep(&model.name, keep));
    began.elapsed()
}

async fn pull(scene: Scene, name: &str) -> Result<Response<Body>, io::Error> {
    let told = scene.with(|state| state.pulls.pop_front());
    let answer = told.unwrap_or_else(|| {
        let steps = lists::download(name)
            .into_iter()
            .map(|line| Step::raw(written(&line) + "\n"));
        Answer::does(steps)
    });
    if let Steps::Hand { report, .. } = &answer.steps {
        report.send_modify(|state| state.asked = Some(json!({ "model": name })));
    }
    let occasion = Occasion {
        last_words: String::new(),
        prompt_tokens: 0,
        most_tokens: usize::MAX,
        load: Duration::ZERO,
        pace: Pace::default(),
    };
    let download = lists::Download {
        scene: scene.clone(),
        name: name.to_owned(),
    };
    respond(scene, None, answer, download, occasion, LINES).await
}

fn embed(scene: &Scene, path: &str, name: &str, body: &Value) -> Response<Body> {
    if scene.with(|state| state.model(name).is_none()) {
        return unknown(path, name);
    }
    let inputs = match &body["input"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            return refused(path, 400, "invalid input type");
        }
    };
    let rows = inputs.iter().map(|text| lists::embedding(text));
    let said = if path == "/api/embed" {
        json!({"model": name, "embeddings": rows.collect::<Vec<_>>(), "total_duration": 14_143_917,
               "load_duration": 1_019_500, "prompt_eval_count": inputs.len() * 4})
    } else {
        let data = rows
            .enumerate()
            .map(|(index, row)| json!({"object": "embedding", "embedding": row, "index": index}));
        json!({"object": "list", "data": data.collect::<Vec<_>>(), "model": name,
               "usage": {"prompt_tokens": inputs.len() * 4, "total_tokens": inputs.len() * 4}})
    };
    whole(200, JSON, written(&said))
}

async fn respond(
    scene: Scene,
    slot: Option<Slot>,
    answer: Answer,
    writer: impl Writer,
    occasion: Occasion,
    media_type: &'static str,
) -> Result<Response<Body>, io::Error> {
    match play(scene, slot, answer, writer, occasion).await {
        play::Response::Stream(bytes) => Ok(response(
            200,
            media_type,
            bytes.map(|bytes| bytes.map(Frame::data)).boxed(),
        )),
        play::Response::Refused(status, body) => Ok(whole(status, JSON, body)),
        play::Response::HangUp => Err(io::ErrorKind::ConnectionReset.into()),
    }
}

fn keep_alive(value: &Value) -> Duration {
    let written = value.as_str().map(str::to_owned);
    let milliseconds = written
        .as_deref()
        .and_then(|text| text.strip_suffix("ms"))
        .and_then(|text| text.parse().ok())
        .map(Duration::from_millis);
    match value.as_i64() {
        Some(seconds) if seconds < 0 => Duration::from_secs(100 * 365 * 24 * 3600),
        Some(seconds) => Duration::from_secs(seconds.unsigned_abs()),
        None => milliseconds.unwrap_or(super::model::KEPT),
    }
}

fn unknown(path: &str, name: &str) -> Response<Body> {
    refused(path, 404, &format!("model '{name}' not found"))
}

fn refused(path: &str, status: u16, words: &str) -> Response<Body> {
    let body = if path.starts_with("/v1/") {
        openai::error(status, words)
    } else {
        lists::error(words)
    };
    whole(status, JSON, body)
}

fn whole(status: u16, media_type: &'static str, body: String) -> Response<Body> {
    let once = stream::once(async move { Ok(Frame::data(Bytes::from(body))) });
    response(status, media_type, once.boxed())
}

fn response(
    status: u16,
    media_type: &'static str,
    body: BoxStream<'static, io::Result<Frame<Bytes>>>,
) -> Response<Body> {
    let mut response = Response::new(StreamBody::new(body));
    *response.status_mut() = status.try_into().expect("a status");
    if !media_type.is_empty() {
        let value = HeaderValue::from_static(media_type);
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    response
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(str::to_owned)
}
