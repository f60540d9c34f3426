use serde_json::json;

use super::*;

fn model() -> ModelName {
    ModelName::parse("m").unwrap()
}

#[test]
fn a_request_has_the_names_of_ollama() {
    let written = json!({
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "What is this?", "images": ["cGljdHVyZQ=="]},
            {"role": "assistant", "content": "", "thinking": "hm", "tool_calls":
                [{"id": "call_1", "function": {"name": "look", "arguments": {"zoom": 2, "at": "x"}}}]},
            {"role": "tool", "content": "a cat", "tool_name": "look", "tool_call_id": "call_1"},
        ],
        "tools": [{"type": "function", "function": {"name": "look", "description": "Looks",
            "parameters": {"type": "object", "properties": {"zoom": {"type": "integer"}, "at": {"type": "string"}}}}}],
        "format": {"type": "object", "properties": {"reason": {}, "answer": {}}},
        "options": {"temperature": 0.7, "num_predict": 5, "stop": ["\n"], "mirostat": 2},
        "keep_alive": -1,
        "think": "high",
    });
    let request: Chat = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(request.messages[1].images[0].as_base64(), "cGljdHVyZQ==");
    assert_eq!(request.options.others["mirostat"], 2);
    assert_eq!(request.think, Some(Think::Level(Level::High)));
    // As text, because there the order counts: a schema's order is the order in
    // which a model writes.
    assert_eq!(
        serde_json::to_string(&request).unwrap(),
        serde_json::to_string(&written).unwrap()
    );
}

#[test]
fn what_is_not_said_is_not_written() {
    let chat = Chat::new(model(), vec![Message::user("Hi")]);
    assert_eq!(
        serde_json::to_value(&chat).unwrap(),
        json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}]})
    );
    let generate = Generate::new(model(), "Once");
    assert_eq!(
        serde_json::to_value(&generate).unwrap(),
        json!({"model": "m", "prompt": "Once"})
    );
}

#[test]
fn tokens_are_capped_and_never_raised() {
    for (asked, capped) in [(None, 10), (Some(-1), 10), (Some(50), 10), (Some(5), 5)] {
        let mut options = Options {
            num_predict: asked,
            ..Options::default()
        };
        options.cap_tokens(10);
        assert_eq!(options.num_predict, Some(capped));
    }
}

#[test]
fn what_is_too_large_is_named() {
    let mut chat = Chat::new(model(), vec![Message::user("Hi"); largest::MESSAGES]);
    assert_eq!(chat.check(), Ok(()));
    chat.messages.push(Message::user("more"));
    assert_eq!(chat.check(), Err(TooLarge::Messages));

    let mut chat = Chat::new(model(), vec![Message::user("x".repeat(largest::TEXT))]);
    assert_eq!(chat.check(), Ok(()));
    chat.messages[0].thinking = Some("y".to_owned());
    assert_eq!(chat.check(), Err(TooLarge::Text));

    let mut chat = Chat::new(model(), vec![Message::user("Look")]);
    let image = Image::of_bytes(b"picture").unwrap();
    chat.messages[0].images = vec![image; largest::IMAGES + 1];
    assert_eq!(chat.check(), Err(TooLarge::Images));

    let mut chat = Chat::new(model(), Vec::new());
    chat.options.stop = vec![String::new(); largest::OPTIONS + 1];
    assert_eq!(chat.check(), Err(TooLarge::Options));

    let tool = Tool {
        name: "t".to_owned(),
        description: None,
        parameters: None,
    };
    let mut chat = Chat::new(model(), Vec::new());
    chat.tools = vec![tool; largest::TOOLS + 1];
    assert_eq!(chat.check(), Err(TooLarge::Tools));

    let embed = Embed::new(model(), vec![String::new(); largest::INPUTS + 1]);
    assert_eq!(embed.check(), Err(TooLarge::Inputs));
    let mut generate = Generate::new(model(), "x".repeat(largest::TEXT));
    generate.system = Some("y".to_owned());
    assert_eq!(generate.check(), Err(TooLarge::Text));
}
