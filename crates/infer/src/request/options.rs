use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How a model is to write. What is not set is left to the model.
///
/// Options that are not named here reach the server as they are, which ignores
/// the ones it does not know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typical_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// The most tokens to write; below zero means no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_predict: Option<i64>,
    /// Tokens of the conversation that the model sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_ctx: Option<u32>,
    /// Tokens from the start that are kept when the conversation outgrows that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_keep: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat_last_n: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// Texts after which the model writes no more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

impl Options {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Lets the model write no more than `tokens`, or less where less was asked.
    pub fn cap_tokens(&mut self, tokens: u32) {
        let tokens = i64::from(tokens);
        let asked = self.num_predict.filter(|asked| *asked >= 0);
        self.num_predict = Some(asked.map_or(tokens, |asked| asked.min(tokens)));
    }
}
