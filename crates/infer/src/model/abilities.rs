use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

/// What a model was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// Answers in a conversation.
    Chat,
    /// Completes a text.
    Complete,
    /// Turns texts into numbers that tell how near their meanings are.
    Embed,
    /// Sees pictures.
    Vision,
    /// Calls tools.
    Tools,
    /// Thinks before it answers, when told to.
    Thinking,
    /// Fills the gap between two texts.
    Insert,
}

/// A set of them. What a newer version may add is left out when read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Abilities(BTreeSet<Ability>);

impl Abilities {
    pub fn have(&self, ability: Ability) -> bool {
        self.0.contains(&ability)
    }

    pub fn iter(&self) -> impl Iterator<Item = Ability> {
        self.0.iter().copied()
    }
}

impl FromIterator<Ability> for Abilities {
    fn from_iter<I: IntoIterator<Item = Ability>>(abilities: I) -> Self {
        Self(abilities.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Abilities {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Word {
            Known(Ability),
            Unknown(serde::de::IgnoredAny),
        }
        let words = Vec::<Word>::deserialize(from)?;
        let known = words.into_iter().filter_map(|word| match word {
            Word::Known(ability) => Some(ability),
            Word::Unknown(_) => None,
        });
        Ok(known.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abilities_of_the_future_are_left_out() {
        let read: Abilities = serde_json::from_str(r#"["vision","smell",7,"chat"]"#).unwrap();
        assert_eq!(read, [Ability::Chat, Ability::Vision].into_iter().collect());
        assert_eq!(
            serde_json::to_string(&read).unwrap(),
            r#"["chat","vision"]"#
        );
    }
}
