use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Longer than any name of a model, and short enough to be shown.
const LONGEST: usize = 256;

/// What a model is called where it is served, such as `gemma3:4b` or
/// `hf.co/someone/model:Q4_K_M`.
///
/// Order and equality are those of the text; [`ModelName::is_same`] knows that
/// `llama3.2` and `llama3.2:latest` are one model.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelName(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is no name of a model")]
pub struct NotAName;

impl ModelName {
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        let text = text.trim();
        let fits = (1..=LONGEST).contains(&text.len());
        // Servers of single files name them as the file is named, spaces and all.
        let odd = |letter: char| letter.is_control() || (letter.is_whitespace() && letter != ' ');
        if !fits || text.chars().any(odd) {
            return Err(NotAName);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both mean one model: the tag `latest`, Ollama's own registry and
    /// upper case may be left out.
    pub fn is_same(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }

    /// The one spelling that all names of the same model share.
    pub fn canonical(&self) -> String {
        let mut name = self.0.to_lowercase();
        for prefix in [
            "registry.ollama.ai/library/",
            "registry.ollama.ai/",
            "library/",
        ] {
            if let Some(rest) = name.strip_prefix(prefix) {
                name = rest.to_owned();
                break;
            }
        }
        let last = name.rsplit('/').next().unwrap_or_default();
        if !last.contains(':') {
            name.push_str(":latest");
        }
        name
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ModelName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ModelName {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, NotAName> {
        Self::parse(&text)
    }
}

impl From<ModelName> for String {
    fn from(name: ModelName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ModelName {
        ModelName::parse(text).unwrap()
    }

    #[test]
    fn names_of_one_model_are_the_same() {
        for (one, other) in [
            ("llama3.2", "llama3.2:latest"),
            ("Llama3.2", "llama3.2"),
            ("library/llama3.2", "llama3.2:latest"),
            ("registry.ollama.ai/library/llama3.2:latest", "llama3.2"),
            ("registry.ollama.ai/anna/m", "anna/m:latest"),
            ("hf.co/a/b", "hf.co/a/b:latest"),
        ] {
            assert!(name(one).is_same(&name(other)), "{one} {other}");
        }
        for (one, other) in [
            ("llama3.2", "llama3.2:1b"),
            ("anna/m", "bert/m"),
            ("host:5000/m", "host:5000/m:1b"),
        ] {
            assert!(!name(one).is_same(&name(other)), "{one} {other}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "a".repeat(LONGEST + 1);
        for text in [
            "",
            "  ",
            "a\tb",
            "a\nb",
            "a\u{7}",
            "a\u{2028}b",
            long.as_str(),
        ] {
            assert_eq!(ModelName::parse(text), Err(NotAName), "{text:?}");
        }
        assert!(serde_json::from_str::<ModelName>(r#""a\nb""#).is_err());
        assert_eq!(
            name("/models/My Model.gguf").as_str(),
            "/models/My Model.gguf"
        );
        assert_eq!(name(" gemma3:4b ").as_str(), "gemma3:4b");
    }
}
