//! What the two ends of a connection say about the connection itself.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{shown::is_showable, version::Versions};

/// Longer names are cut by the sender and refused by the receiver.
pub const NAME_CHARS: usize = 64;

/// The first frame of either end. It goes to strangers too, so it carries no
/// more than a stranger may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    pub versions: Versions,
    /// Which start of the machine.
    pub instance: u64,
    /// What the person calls it, or a generic name where they chose that.
    pub name: String,
    pub form: Form,
    /// The one who says this trusts the one who hears it.
    pub trusted: bool,
    pub purpose: Purpose,
}

/// What kind of machine it is, for the picture beside the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    Desktop,
    Laptop,
    Server,
    #[serde(other)]
    Unknown,
}

/// One connection per concern: a bulk transfer never stands in front of a
/// token, closing cancels, and back-pressure is what TCP does anyway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Purpose {
    /// Control, presence, small requests; one between two machines.
    Session,
    /// Pairing, before there is trust.
    Pairing,
    /// Both show that they hold one mesh key.
    Vouch,
    /// Redeems an invitation where it was made.
    Invitation,
    /// One generation or transfer, opened with what was granted in a session.
    Stream { grant: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Ping {
    Ping { number: u64 },
    Pong { number: u64 },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bye {
    pub reason: ByeReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByeReason {
    /// The machine is being switched off.
    Stopping,
    /// No version is spoken by both.
    Version,
    /// There is no trust, and nobody is pairing.
    NotTrusted,
    /// Another connection of the same two machines stays.
    Duplicate,
    /// The other side broke the protocol.
    Broken,
    /// Nothing was heard for too long.
    Silent,
    /// The person removed or blocked the machine.
    Removed,
    /// The other said or tried more than is allowed in this time.
    TooLoud,
    /// None of the mesh keys is held here.
    NoKey,
    /// It was not proven that the mesh key is held there.
    WrongProof,
    InvitationUnknown,
    InvitationExpired,
    InvitationUsed,
    /// The invitation is of another kind than the ticket said.
    InvitationKind,
    /// A newer build's reason.
    #[serde(other)]
    Unknown,
}

/// A message that does not say what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a message: {reason}")]
pub struct Malformed {
    pub reason: String,
}

pub fn encode<M: Serialize>(message: &M) -> Vec<u8> {
    // Plain fields of plain types: serialising them cannot fail.
    serde_json::to_vec(message).unwrap_or_default()
}

pub fn parse<M: DeserializeOwned>(bytes: &[u8]) -> Result<M, Malformed> {
    serde_json::from_slice(bytes).map_err(|error| Malformed {
        reason: error.to_string(),
    })
}

impl Hello {
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let hello: Self = parse(bytes)?;
        if hello.name.chars().count() > NAME_CHARS || !is_showable(&hello.name) {
            return Err(Malformed {
                reason: "the name cannot be shown".to_owned(),
            });
        }
        Ok(hello)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOLDEN: &str = r#"{"versions":{"oldest":1,"newest":1},"instance":7,"name":"atlas","form":"desktop","trusted":true,"purpose":{"kind":"session"}}"#;

    #[test]
    fn golden() {
        assert_eq!(encode(&hello("atlas")), GOLDEN.as_bytes());
        assert_eq!(Hello::parse(GOLDEN.as_bytes()), Ok(hello("atlas")));
        assert_eq!(
            encode(&Ping::Ping { number: 3 }),
            br#"{"kind":"ping","number":3}"#
        );
        assert_eq!(
            encode(&Bye {
                reason: ByeReason::NotTrusted
            }),
            br#"{"reason":"not_trusted"}"#
        );
    }

    #[test]
    fn what_a_newer_build_says_is_understood_as_far_as_possible() {
        let newer = GOLDEN
            .replace("desktop", "toaster")
            .replace("\"trusted\"", "\"colour\":1,\"trusted\"");
        assert_eq!(Hello::parse(newer.as_bytes()).unwrap().form, Form::Unknown);
        let bye: Bye = parse(br#"{"reason":"bored"}"#).unwrap();
        assert_eq!(bye.reason, ByeReason::Unknown);
        let purpose = GOLDEN.replace("\"session\"", "\"dance\"");
        assert!(Hello::parse(purpose.as_bytes()).is_err());
    }

    #[test]
    fn purposes_are_said_in_one_word() {
        for (purpose, word) in [
            (Purpose::Pairing, "pairing"),
            (Purpose::Vouch, "vouch"),
            (Purpose::Invitation, "invitation"),
        ] {
            let text = format!("{{\"kind\":\"{word}\"}}");
            assert_eq!(encode(&purpose), text.as_bytes());
            assert_eq!(parse(text.as_bytes()), Ok(purpose));
        }
    }

    #[test]
    fn a_name_that_cannot_be_shown_is_refused() {
        for name in [
            "",
            "   ",
            "a\u{7}b",
            "atlas\u{200b}",
            "a\u{202e}b",
            &"x".repeat(65),
        ] {
            assert!(Hello::parse(&encode(&hello(name))).is_err(), "{name:?}");
        }
        assert!(Hello::parse(&encode(&hello(&"ک".repeat(64)))).is_ok());
    }

    proptest! {
        #[test]
        fn perturbed_bytes_never_panic(place in any::<prop::sample::Index>(), value in any::<u8>()) {
            let mut bytes = GOLDEN.as_bytes().to_vec();
            let place = place.index(bytes.len());
            bytes[place] = value;
            let _ = Hello::parse(&bytes);
        }
    }

    fn hello(name: &str) -> Hello {
        Hello {
            versions: Versions {
                oldest: 1,
                newest: 1,
            },
            instance: 7,
            name: name.to_owned(),
            form: Form::Desktop,
            trusted: true,
            purpose: Purpose::Session,
        }
    }
}
