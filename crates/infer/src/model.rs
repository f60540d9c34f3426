//! What is known of a model.

mod abilities;
mod name;

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

pub use abilities::{Abilities, Ability};
pub use name::{ModelName, NotAName};

/// A model that a backend could run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    pub name: ModelName,
    /// Equal digests are equal models, whatever they are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Bytes on the disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    #[serde(flatten)]
    pub details: Details,
    /// Where it runs, if that is not the backend itself: what is asked of it
    /// leaves this network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Elsewhere>,
}

/// What may be missing from a list of models.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// How many parameters it has, as people write it: `4.3B`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<String>,
    /// `Q4_K_M` and the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantisation: Option<String>,
    /// The longest conversation it was made for, in tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<u32>,
    /// Numbers in one of its embeddings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<u32>,
    /// `None` until somebody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abilities: Option<Abilities>,
}

/// Everything a server tells of a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Description {
    #[serde(flatten)]
    pub details: Details,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// What it is run with unless a request says otherwise, a line for each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<String>,
    /// How messages become a prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// What it is told before every conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
}

/// Somebody else's computer that runs a model in the name of a backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    pub host: String,
}

/// A model in memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Loaded {
    pub name: ModelName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Bytes in memory of any kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Bytes in the memory of graphics processors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vram: Option<u64>,
    /// Tokens it has room for as it was loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<u32>,
    /// When it leaves memory unless it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<SystemTime>,
}

impl Details {
    /// Takes from `others` what is not known here.
    pub fn complete(&mut self, others: Self) {
        fn fill<T>(here: &mut Option<T>, there: Option<T>) {
            if here.is_none() {
                *here = there;
            }
        }
        fill(&mut self.family, others.family);
        fill(&mut self.parameters, others.parameters);
        fill(&mut self.quantisation, others.quantisation);
        fill(&mut self.context, others.context);
        fill(&mut self.dimensions, others.dimensions);
        fill(&mut self.abilities, others.abilities);
    }

    /// The number of parameters, where it can be read: `4.3B`, `137M`, `7x8B`.
    pub fn parameter_count(&self) -> Option<u64> {
        let text = self.parameters.as_deref()?.trim();
        let (number, factor) = [('B', 1e9), ('M', 1e6), ('K', 1e3), ('T', 1e12)]
            .into_iter()
            .find_map(|(letter, factor)| {
                let number = text
                    .strip_suffix(letter)
                    .or_else(|| text.strip_suffix(letter.to_ascii_lowercase()))?;
                Some((number, factor))
            })
            .unwrap_or((text, 1.0));
        let (experts, number) = number.split_once(['x', 'X']).unwrap_or(("1", number));
        let experts: f64 = experts.trim().parse().ok()?;
        let count = experts * number.trim().parse::<f64>().ok()? * factor;
        // Beyond that nobody counts; not a number is not there either.
        (1.0..1e18).contains(&count).then_some(count as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted() {
        for (text, count) in [
            ("4.3B", Some(4_300_000_000)),
            ("137M", Some(137_000_000)),
            ("885.89K", Some(885_890)),
            ("7x8b", Some(56_000_000_000)),
            ("1.2T", Some(1_200_000_000_000)),
            ("885888", Some(885_888)),
            ("", None),
            ("B", None),
            ("unknown", None),
            ("-3B", None),
            ("NaN", None),
            ("infB", None),
        ] {
            let details = Details {
                parameters: Some(text.to_owned()),
                ..Details::default()
            };
            assert_eq!(details.parameter_count(), count, "{text}");
        }
        assert_eq!(Details::default().parameter_count(), None);
    }

    #[test]
    fn only_what_is_missing_is_completed() {
        let mut details = Details {
            family: Some("llama".to_owned()),
            ..Details::default()
        };
        details.complete(Details {
            family: Some("qwen".to_owned()),
            context: Some(4096),
            ..Details::default()
        });
        assert_eq!(details.family.as_deref(), Some("llama"));
        assert_eq!(details.context, Some(4096));
    }
}
