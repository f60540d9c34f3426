use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Image;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// `developer` is what OpenAI calls it lately.
    #[serde(alias = "developer")]
    System,
    User,
    Assistant,
    /// What a tool said.
    Tool,
}

/// One message of a conversation. A last one by the assistant is continued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub role: Role,
    #[serde(default)]
    pub content: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Image>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// Which tool spoke, and to which call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
}

/// What a model wants a tool to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "WrittenCall", into = "WrittenCall")]
pub struct ToolCall {
    pub id: Option<String>,
    pub name: String,
    pub arguments: Map<String, Value>,
}

/// A tool that a model may call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "WrittenTool", into = "WrittenTool")]
pub struct Tool {
    pub name: String,
    pub description: Option<String>,
    /// A JSON schema.
    pub parameters: Option<Value>,
}

impl Message {
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self {
            role,
            content: content.into(),
            thinking: None,
            images: Vec::new(),
            tool_calls: Vec::new(),
            tool_name: None,
            tool_call_id: None,
        }
    }

    pub fn user(content: impl Into<String>) -> Self {
        Self::new(Role::User, content)
    }

    pub fn system(content: impl Into<String>) -> Self {
        Self::new(Role::System, content)
    }

    pub fn assistant(content: impl Into<String>) -> Self {
        Self::new(Role::Assistant, content)
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.content].into_iter().chain(&self.thinking)
    }
}

#[derive(Serialize, Deserialize)]
struct WrittenCall {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    function: CalledFunction,
}

#[derive(Serialize, Deserialize)]
struct CalledFunction {
    name: String,
    #[serde(default)]
    arguments: Map<String, Value>,
}

impl From<WrittenCall> for ToolCall {
    fn from(call: WrittenCall) -> Self {
        Self {
            id: call.id,
            name: call.function.name,
            arguments: call.function.arguments,
        }
    }
}

impl From<ToolCall> for WrittenCall {
    fn from(call: ToolCall) -> Self {
        Self {
            id: call.id,
            function: CalledFunction {
                name: call.name,
                arguments: call.arguments,
            },
        }
    }
}

#[derive(Serialize, Deserialize)]
struct WrittenTool {
    #[serde(rename = "type", default = "function")]
    kind: String,
    function: Function,
}

#[derive(Serialize, Deserialize)]
struct Function {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parameters: Option<Value>,
}

/// The only kind of tool there is.
fn function() -> String {
    "function".to_owned()
}

impl From<WrittenTool> for Tool {
    fn from(tool: WrittenTool) -> Self {
        Self {
            name: tool.function.name,
            description: tool.function.description,
            parameters: tool.function.parameters,
        }
    }
}

impl From<Tool> for WrittenTool {
    fn from(tool: Tool) -> Self {
        Self {
            kind: function(),
            function: Function {
                name: tool.name,
                description: tool.description,
                parameters: tool.parameters,
            },
        }
    }
}
