//! What Ollama tells of its models.

use std::time::SystemTime;

use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    Abilities, Ability, Description, Details, Elsewhere, Loaded, ModelCard, ModelName,
    failure::words,
};

/// More models than any disk holds.
const MOST: usize = 10_000;

/// Licences have some ten thousand characters.
const LONGEST_TEXT: usize = 100_000;

/// `/api/tags`
#[derive(Debug, Deserialize)]
pub(super) struct Tags {
    /// A list without entries may be null.
    models: Option<Vec<Value>>,
}

/// `/api/ps`
#[derive(Debug, Deserialize)]
pub(super) struct Running {
    models: Option<Vec<Value>>,
}

/// `/api/show`
#[derive(Debug, Deserialize)]
pub(super) struct Shown {
    license: Option<String>,
    parameters: Option<String>,
    template: Option<String>,
    system: Option<String>,
    #[serde(default)]
    details: Described,
    model_info: Option<Map<String, Value>>,
    capabilities: Option<Vec<String>>,
}

impl Tags {
    pub(super) fn cards(self) -> Vec<ModelCard> {
        fitting::<Tag>(self.models).map(Tag::card).collect()
    }
}

impl Running {
    pub(super) fn loaded(self) -> Vec<Loaded> {
        fitting::<Run>(self.models).map(Run::loaded).collect()
    }
}

impl Shown {
    pub(super) fn description(mut self) -> Description {
        let [licence, parameters, template, system] = [
            self.license.take(),
            self.parameters.take(),
            self.template.take(),
            self.system.take(),
        ]
        .map(whole);
        Description {
            details: self.details(),
            licence,
            parameters,
            template,
            system,
        }
    }

    pub(super) fn details(self) -> Details {
        let info = self.model_info.unwrap_or_default();
        let family = info.get("general.architecture").and_then(Value::as_str);
        let number = |name: &str| {
            let key = format!("{}.{name}", family.unwrap_or_default());
            info.get(&key)
                .and_then(Value::as_u64)
                .and_then(|number| u32::try_from(number).ok())
        };
        let (context, dimensions) = (number("context_length"), number("embedding_length"));
        let mut details = self.details.details(self.capabilities);
        // What the weights themselves say is right.
        details.context = context.or(details.context);
        details.dimensions = dimensions.or(details.dimensions);
        details
    }
}

/// One model in `/api/tags`.
#[derive(Debug, Deserialize)]
struct Tag {
    name: ModelName,
    remote_host: Option<String>,
    size: Option<u64>,
    digest: Option<String>,
    details: Option<Described>,
    capabilities: Option<Vec<String>>,
}

/// One model in `/api/ps`.
#[derive(Debug, Deserialize)]
struct Run {
    name: ModelName,
    size: Option<u64>,
    digest: Option<String>,
    expires_at: Option<String>,
    size_vram: Option<u64>,
    context_length: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
struct Described {
    family: Option<String>,
    parameter_size: Option<String>,
    quantization_level: Option<String>,
    context_length: Option<u32>,
    embedding_length: Option<u32>,
}

impl Tag {
    fn card(self) -> ModelCard {
        let details = self.details.unwrap_or_default();
        ModelCard {
            name: self.name,
            digest: said(self.digest),
            size: self.size,
            details: details.details(self.capabilities),
            elsewhere: said(self.remote_host).map(|host| Elsewhere { host }),
        }
    }
}

impl Run {
    fn loaded(self) -> Loaded {
        Loaded {
            name: self.name,
            digest: said(self.digest),
            size: self.size,
            vram: self.size_vram,
            context: self.context_length.filter(|tokens| *tokens > 0),
            expires: self.expires_at.as_deref().and_then(moment),
        }
    }
}

impl Described {
    fn details(self, capabilities: Option<Vec<String>>) -> Details {
        Details {
            family: said(self.family),
            parameters: said(self.parameter_size),
            quantisation: said(self.quantization_level).filter(|level| level != "unknown"),
            context: self.context_length.filter(|tokens| *tokens > 0),
            dimensions: self.embedding_length.filter(|numbers| *numbers > 0),
            abilities: capabilities.map(|words| abilities(&words)),
        }
    }
}

fn abilities(words: &[String]) -> Abilities {
    let mut abilities = Vec::new();
    for word in words {
        match word.as_str() {
            "completion" => abilities.extend([Ability::Chat, Ability::Complete]),
            "embedding" => abilities.push(Ability::Embed),
            "vision" => abilities.push(Ability::Vision),
            "tools" => abilities.push(Ability::Tools),
            "thinking" => abilities.push(Ability::Thinking),
            "insert" => abilities.push(Ability::Insert),
            _ => {}
        }
    }
    abilities.into_iter().collect()
}

/// One entry that makes no sense must not hide the others.
fn fitting<T: DeserializeOwned>(list: Option<Vec<Value>>) -> impl Iterator<Item = T> {
    list.unwrap_or_default()
        .into_iter()
        .take(MOST)
        .filter_map(|entry| serde_json::from_value(entry).ok())
}

/// What is there, fit to be shown; Ollama leaves texts empty that it does not know.
fn said(text: Option<String>) -> Option<String> {
    text.map(|text| words(&text))
        .filter(|text| !text.is_empty())
}

/// A text of several lines, which keeps them.
fn whole(text: Option<String>) -> Option<String> {
    let text = text?;
    let shown = text.trim().chars().filter(|letter| !disturbs(*letter));
    let shown: String = shown.take(LONGEST_TEXT).collect();
    (!shown.is_empty()).then_some(shown)
}

/// Nothing that moves the cursor of a terminal.
fn disturbs(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\n' | '\t')
}

/// Go writes the year 1 where it means never.
fn moment(text: &str) -> Option<SystemTime> {
    let moment: Timestamp = text.parse().ok()?;
    (moment > Timestamp::UNIX_EPOCH).then(|| moment.into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn cards(list: Value) -> Vec<ModelCard> {
        serde_json::from_value::<Tags>(list).unwrap().cards()
    }

    #[test]
    fn a_list_of_ollama_is_read() {
        let cards = cards(json!({"models": [
            {"name": "gemma3:4b", "model": "gemma3:4b", "modified_at": "2026-01-02T03:04:05.678901234+01:00",
             "size": 3338801804u64, "digest": "a2af6cc3",
             "details": {"parent_model": "", "format": "gguf", "family": "gemma3", "families": ["gemma3"],
                         "parameter_size": "4.3B", "quantization_level": "Q4_K_M", "context_length": 131072},
             "capabilities": ["completion", "vision", "audio"]},
            {"name": "gpt-oss:120b-cloud", "remote_model": "gpt-oss:120b", "remote_host": "https://ollama.com:443",
             "size": 384, "digest": "b3", "details": {"family": "", "parameter_size": "116.8B"}},
            {"name": "broken-entry", "size": "large"},
            7,
        ]}));
        let [gemma, cloud] = cards.as_slice() else {
            panic!("{cards:?}")
        };
        assert_eq!(gemma.name.as_str(), "gemma3:4b");
        assert_eq!(gemma.size, Some(3_338_801_804));
        assert_eq!(gemma.details.parameter_count(), Some(4_300_000_000));
        assert_eq!(gemma.details.quantisation.as_deref(), Some("Q4_K_M"));
        assert_eq!(gemma.details.context, Some(131_072));
        let abilities = gemma.details.abilities.as_ref().unwrap();
        assert!(abilities.have(Ability::Chat) && abilities.have(Ability::Vision));
        assert!(!abilities.have(Ability::Tools));
        assert_eq!(gemma.elsewhere, None);
        assert_eq!(cloud.details.family, None);
        assert_eq!(cloud.details.abilities, None);
        let host = "https://ollama.com:443".to_owned();
        assert_eq!(cloud.elsewhere, Some(Elsewhere { host }));
    }

    #[test]
    fn an_empty_list_may_be_null_but_not_missing() {
        assert_eq!(cards(json!({"models": null})), []);
        assert!(serde_json::from_value::<Tags>(json!([])).is_err());
    }

    #[test]
    fn loaded_models_are_read() {
        let list: Running = serde_json::from_value(json!({"models": [
            {"name": "gemma3:4b", "model": "gemma3:4b", "size": 5, "digest": "a2", "details": {},
             "expires_at": "2026-11-21T18:00:00.25+01:00", "size_vram": 4, "context_length": 4096},
            {"name": "old", "size": 5, "digest": "a2", "expires_at": "0001-01-01T00:00:00Z", "size_vram": 0},
        ]}))
        .unwrap();
        let loaded = list.loaded();
        let expires = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_280_400_250);
        assert_eq!(loaded[0].expires, Some(expires));
        assert_eq!((loaded[0].vram, loaded[0].context), (Some(4), Some(4096)));
        assert_eq!((loaded[1].expires, loaded[1].context), (None, None));
    }

    #[test]
    fn a_description_says_more() {
        let description: Shown = serde_json::from_value(json!({
            "license": "MIT", "details": {"family": "llama", "parameter_size": "3.2B"},
            "model_info": {"general.architecture": "llama", "llama.context_length": 131072,
                           "llama.embedding_length": 3072, "tokenizer.ggml.tokens": []},
            "capabilities": ["completion", "tools"],
        }))
        .unwrap();
        let details = description.details();
        assert_eq!(details.context, Some(131_072));
        assert_eq!(details.dimensions, Some(3072));
        assert!(details.abilities.unwrap().have(Ability::Tools));
    }
}
