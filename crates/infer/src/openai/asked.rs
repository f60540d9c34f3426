//! Requests in the words of OpenAI.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::role;
use crate::{
    Chat, Embed, Format, Generate, Level, Message, ModelName, Options, Think, Tool, ToolCall,
};

pub(super) fn conversation(request: Chat) -> Value {
    let mut body = begin(&request.model, request.options);
    let mut calls = OpenCalls::default();
    let messages = request.messages.into_iter();
    let messages = messages.map(|message| written(message, &mut calls));
    body.insert("messages".to_owned(), messages.collect());
    if !request.tools.is_empty() {
        let tools = request.tools.into_iter();
        body.insert("tools".to_owned(), tools.map(tool).collect());
    }
    match request.format {
        None => {}
        Some(Format::Json) => {
            body.insert("response_format".to_owned(), json!({"type": "json_object"}));
        }
        Some(Format::Schema(schema)) => {
            let schema = json!({"name": "answer", "schema": schema});
            let format = json!({"type": "json_schema", "json_schema": schema});
            body.insert("response_format".to_owned(), format);
        }
    }
    match request.think {
        None => {}
        Some(Think::Level(level)) => {
            let level = match level {
                Level::Low => "low",
                Level::Medium => "medium",
                Level::High | Level::Max => "high",
            };
            body.insert("reasoning_effort".to_owned(), json!(level));
        }
        // The form that llama-server and vLLM understand.
        Some(Think::Plain(thinks)) => {
            let template = json!({"enable_thinking": thinks});
            body.insert("chat_template_kwargs".to_owned(), template);
        }
    }
    Value::Object(body)
}

pub(super) fn text(request: Generate) -> Value {
    let mut body = begin(&request.model, request.options);
    body.insert("prompt".to_owned(), Value::String(request.prompt));
    if let Some(suffix) = request.suffix {
        body.insert("suffix".to_owned(), Value::String(suffix));
    }
    Value::Object(body)
}

pub(super) fn embedding(request: &Embed) -> Value {
    let mut body = json!({
        "model": request.model,
        "input": request.input,
        "encoding_format": "float",
    });
    if let (Some(dimensions), Some(body)) = (request.dimensions, body.as_object_mut()) {
        body.insert("dimensions".to_owned(), json!(dimensions));
    }
    body
}

/// What every turn has. Options that OpenAI does not have go along under the
/// names that llama-server and vLLM gave them; the size of the context is
/// nothing that a request decides there.
fn begin(model: &ModelName, options: Options) -> Map<String, Value> {
    // Options with names of no option come first, so that they replace nothing.
    let mut body = options.others;
    let mut put = |name: &str, value: Value| {
        body.remove(name);
        if !value.is_null() {
            body.insert(name.to_owned(), value);
        }
    };
    for name in ["messages", "prompt", "tools", "response_format", "suffix"] {
        put(name, Value::Null);
    }
    put("model", json!(model));
    put("stream", json!(true));
    put("stream_options", json!({"include_usage": true}));
    put("temperature", json!(options.temperature));
    put("top_p", json!(options.top_p));
    put("top_k", json!(options.top_k));
    put("min_p", json!(options.min_p));
    put("typical_p", json!(options.typical_p));
    put("seed", json!(options.seed));
    put(
        "max_tokens",
        json!(options.num_predict.filter(|tokens| *tokens >= 0)),
    );
    put("presence_penalty", json!(options.presence_penalty));
    put("frequency_penalty", json!(options.frequency_penalty));
    put("repeat_penalty", json!(options.repeat_penalty));
    put("repeat_last_n", json!(options.repeat_last_n));
    if !options.stop.is_empty() {
        put("stop", json!(options.stop));
    }
    body
}

fn tool(tool: Tool) -> Value {
    serde_json::to_value(tool).unwrap_or_default()
}

/// Calls that no tool has answered yet. OpenAI wants every answer to name its
/// call; those who speak as Ollama does often leave that out.
#[derive(Default)]
struct OpenCalls {
    given: usize,
    open: VecDeque<(String, String)>,
}

impl OpenCalls {
    fn call(&mut self, call: &ToolCall) -> String {
        let id = call.id.clone().unwrap_or_else(|| {
            self.given += 1;
            format!("call_{}", self.given)
        });
        self.open.push_back((id.clone(), call.name.clone()));
        id
    }

    fn answered(&mut self, id: Option<String>, tool: Option<&str>) -> Option<String> {
        let at = self.open.iter().position(|(open, name)| match (&id, tool) {
            (Some(id), _) => id == open,
            (None, Some(tool)) => tool == name,
            (None, None) => true,
        });
        let open = at.and_then(|at| self.open.remove(at)).map(|(id, _)| id);
        id.or(open)
    }
}

fn written(message: Message, calls: &mut OpenCalls) -> Value {
    let mut written = Map::new();
    written.insert("role".to_owned(), json!(role(message.role)));
    let content = if message.images.is_empty() {
        Value::String(message.content)
    } else {
        let images = message.images.iter().map(|image| {
            let url = format!("data:{};base64,{}", image.media_type(), image.as_base64());
            json!({"type": "image_url", "image_url": {"url": url}})
        });
        let text = json!({"type": "text", "text": message.content});
        [text].into_iter().chain(images).collect()
    };
    written.insert("content".to_owned(), content);
    if let Some(thinking) = message.thinking {
        written.insert("reasoning_content".to_owned(), Value::String(thinking));
    }
    if !message.tool_calls.is_empty() {
        let made = message.tool_calls.into_iter().map(|call| {
            let id = calls.call(&call);
            let arguments = Value::Object(call.arguments).to_string();
            let function = json!({"name": call.name, "arguments": arguments});
            json!({"id": id, "type": "function", "function": function})
        });
        written.insert("tool_calls".to_owned(), made.collect());
    }
    if message.role == crate::Role::Tool {
        let id = calls.answered(message.tool_call_id, message.tool_name.as_deref());
        written.insert("tool_call_id".to_owned(), json!(id.unwrap_or_default()));
    }
    Value::Object(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(chat: Value) -> Value {
        conversation(serde_json::from_value(chat).unwrap())
    }

    #[test]
    fn a_conversation_is_translated() {
        let body = body(json!({
            "model": "m",
            "messages": [
                {"role": "system", "content": "Be short."},
                {"role": "user", "content": "Look", "images": ["iVBORw0KGgowMDAw"]},
                {"role": "assistant", "content": "", "thinking": "hm", "tool_calls": [
                    {"function": {"name": "look", "arguments": {"z": 1, "a": 2}}},
                    {"id": "mine", "function": {"name": "hear", "arguments": {}}}]},
                {"role": "tool", "content": "noise", "tool_name": "hear"},
                {"role": "tool", "content": "a cat"},
            ],
            "tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}],
            "format": {"type": "object"},
            "options": {"temperature": 0.5, "num_predict": 7, "num_ctx": 4096, "stop": ["x"],
                        "mirostat": 2, "stream": false, "messages": []},
            "keep_alive": "5m",
            "think": false,
        }));
        assert_eq!(
            body,
            json!({
                "model": "m",
                "stream": true,
                "stream_options": {"include_usage": true},
                "temperature": 0.5,
                "max_tokens": 7,
                "stop": ["x"],
                "mirostat": 2,
                "messages": [
                    {"role": "system", "content": "Be short."},
                    {"role": "user", "content": [
                        {"type": "text", "text": "Look"},
                        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgowMDAw"}}]},
                    {"role": "assistant", "content": "", "reasoning_content": "hm", "tool_calls": [
                        {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{\"z\":1,\"a\":2}"}},
                        {"id": "mine", "type": "function", "function": {"name": "hear", "arguments": "{}"}}]},
                    {"role": "tool", "content": "noise", "tool_call_id": "mine"},
                    {"role": "tool", "content": "a cat", "tool_call_id": "call_1"},
                ],
                "tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}],
                "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}},
                "chat_template_kwargs": {"enable_thinking": false},
            })
        );
    }

    #[test]
    fn an_endless_answer_has_no_number() {
        let body = body(
            json!({"model": "m", "messages": [], "options": {"num_predict": -1}, "think": "max"}),
        );
        assert_eq!(body.get("max_tokens"), None);
        assert_eq!(body["reasoning_effort"], "high");
    }
}
