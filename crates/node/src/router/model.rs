//! What models are called, and when two names mean one model.
//!
//! Ollama knows `llama3.2`, `llama3.2:latest`, `library/llama3.2` and
//! `registry.ollama.ai/library/llama3.2:latest` as one model, and so do people.
//! Names of other servers (`Qwen/Qwen3-8B-GGUF`) go through the same rules. A server
//! that was started with a file calls its model by the path of it; what others
//! need, and all they should know, is the name of the file.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use wire::shown::is_showable;

/// Longer than any name seen, short enough for a list.
const LONGEST: usize = 256;

/// What a name means that does not say more.
const REGISTRY: &str = "registry.ollama.ai/";
const NAMESPACE: &str = "library/";
const TAG: &str = "latest";

/// How files with weights end.
const WEIGHTS: &str = ".gguf";

/// Hosts with more than one name.
const ALIASES: &[(&str, &str)] = &[
    ("huggingface.co/", "hf.co/"),
    ("www.huggingface.co/", "hf.co/"),
    ("ollama.com/", ""),
];

/// The name of a model in its shortest form: lower case, without the registry,
/// the namespace and the tag that go without saying.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelName(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a model")]
pub struct NotAModelName;

/// The hash of what a model consists of: equal, whatever it is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelDigest(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a digest of SHA-256")]
pub struct NotADigest;

impl ModelName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ModelName {
    type Err = NotAModelName;

    fn from_str(text: &str) -> Result<Self, NotAModelName> {
        let text = file(text.trim());
        if text.len() > LONGEST || text.contains(char::is_whitespace) || !is_showable(text) {
            return Err(NotAModelName);
        }
        let mut name = text.to_lowercase();
        // Until nothing is left that goes without saying: the shortest form of
        // a short form is itself.
        while let Some(shorter) = shorter(&name) {
            name = shorter;
        }
        let has_empty_part = name.split(['/', ':']).any(str::is_empty);
        if has_empty_part || name.len() > LONGEST {
            return Err(NotAModelName);
        }
        Ok(Self(name))
    }
}

fn shorter(name: &str) -> Option<String> {
    const SILENT: &[&str] = &["https://", "http://", REGISTRY, NAMESPACE];
    let rest = SILENT.iter().find_map(|silent| name.strip_prefix(silent));
    let rest = rest.or_else(|| name.strip_suffix(TAG)?.strip_suffix(':'));
    let alias = || {
        let mut aliases = ALIASES.iter();
        aliases.find_map(|(alias, host)| Some(format!("{host}{}", name.strip_prefix(alias)?)))
    };
    let of_file = || Some(file(name)).filter(|file| *file != name);
    rest.or_else(of_file).map(str::to_owned).or_else(alias)
}

/// The name of the file that a path leads to; anything else as it is.
fn file(text: &str) -> &str {
    let without_end = text.len().checked_sub(WEIGHTS.len());
    let without_end = without_end.and_then(|end| text.split_at_checked(end));
    let stem = without_end.and_then(|(stem, end)| {
        let is_weights = end.eq_ignore_ascii_case(WEIGHTS) && !is_tagged(text);
        is_weights.then_some(stem)
    });
    if stem.is_none() && !is_path(text) {
        return text;
    }
    let path = stem.unwrap_or(text).trim_end_matches(['/', '\\']);
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn is_path(text: &str) -> bool {
    text.starts_with(['/', '\\', '~']) || text.starts_with("./") || has_drive(text)
}

fn has_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic())
}

/// Some registries name one file of many behind a colon.
fn is_tagged(text: &str) -> bool {
    text.contains(':') && !has_drive(text)
}

impl fmt::Display for ModelDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ModelName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ModelName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl FromStr for ModelDigest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let lower = text.trim().to_ascii_lowercase();
        let hex = lower.strip_prefix("sha256:").unwrap_or(&lower);
        let is_hash = hex.len() == 64 && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_hash.then(|| Self(hex.to_owned())).ok_or(NotADigest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> ModelName {
        text.parse().unwrap()
    }

    #[test]
    fn names_that_mean_one_model_are_one() {
        for (one, other) in [
            ("llama3.2", "llama3.2:latest"),
            ("Llama3.2:LATEST", "registry.ollama.ai/library/llama3.2"),
            ("library/llama3.2:1b", "llama3.2:1B"),
            ("https://ollama.com/library/llama3.2", "llama3.2"),
            (
                "hf.co/Qwen/Qwen3-8B-GGUF:Q4_K_M",
                "huggingface.co/qwen/qwen3-8b-gguf:q4_k_m",
            ),
            ("someone/tuned", "registry.ollama.ai/someone/tuned:latest"),
            ("tiny-q8_0", "/home/Anna Smith/models/Tiny-Q8_0.gguf"),
            ("tiny-q8_0", "C:\\models\\tiny-q8_0.GGUF"),
            ("tiny-q8_0", "models/tiny-q8_0.gguf"),
            ("qwen3-8b", "/srv/models/Qwen3-8B/"),
        ] {
            assert_eq!(name(one), name(other));
        }
    }

    #[test]
    fn names_that_do_not_are_not() {
        for (one, other) in [
            ("llama3.2", "llama3.2:1b"),
            ("llama3.2", "someone/llama3.2"),
            ("llama3.2", "llama3"),
            ("hf.co/a/b", "a/b"),
            ("hf.co/a/b:c.gguf", "hf.co/d/b:c.gguf"),
        ] {
            assert_ne!(name(one), name(other));
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            " ",
            ":latest",
            "a b",
            "a\u{7}",
            "a//b",
            "/",
            "a:",
            &"x".repeat(300),
        ] {
            assert!(text.parse::<ModelName>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_digest_is_one_with_and_without_its_algorithm() {
        let hex = "a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72";
        let one: ModelDigest = format!("sha256:{hex}").parse().unwrap();
        assert_eq!(hex.to_uppercase().parse(), Ok(one));
        assert_eq!("a80c4f17acd5".parse::<ModelDigest>(), Err(NotADigest));
    }

    proptest! {
        #[test]
        fn the_shortest_form_stays_as_it_is(text in "[a-zA-Z0-9./:-]{1,40}") {
            if let Ok(name) = text.parse::<ModelName>() {
                prop_assert_eq!(name.as_str().parse(), Ok(name));
            }
        }
    }
}
