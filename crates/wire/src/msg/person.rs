//! Whose machine this is, as said in a session in `PERS:` frames.
//!
//! Each side shows its certificate when a session comes up and when it changes,
//! with the way that led there, so that the other can follow a person to a new
//! key. Between machines of one person the key itself is handed over.

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use zeroize::Zeroizing;

use super::{
    pair::{PersonSeed, Proof},
    session::Malformed,
};
use crate::{
    DeviceCertificate, Way,
    frame::{Frame, Marker},
};

/// The longest message, a certificate after a way of full length, takes 2.5 KB.
pub const MOST_BYTES: usize = 4 * 1024;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonMessage {
    /// Whose machine the speaker is. The way, where there is one, ends at the
    /// person of the certificate.
    Certificate {
        #[serde(serialize_with = "as_proof", deserialize_with = "checked")]
        certificate: DeviceCertificate,
        #[serde(default)]
        way: Way,
    },
    /// The key of the speaker's person, for another machine of that person.
    /// `since`: its age, as the move that led to it says.
    Key { seed: PersonSeed, since: u64 },
}

impl PersonMessage {
    /// What lies in the frame is wiped once the last holder lets go of it.
    pub fn to_frame(&self) -> Frame {
        // Of this capacity, so that no piece is left behind by growing.
        let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_BYTES));
        // Plain fields of plain types: serialising them cannot fail.
        let _ = serde_json::to_writer(&mut *bytes, self);
        Frame::new(Marker::Person, Bytes::from_owner(bytes))
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let malformed = |reason: String| Malformed { reason };
        if bytes.len() > MOST_BYTES {
            return Err(malformed(format!(
                "{} bytes, where {MOST_BYTES} are allowed",
                bytes.len()
            )));
        }
        let message: Self =
            serde_json::from_slice(bytes).map_err(|error| malformed(error.to_string()))?;
        if let Self::Certificate { certificate, way } = &message
            && way
                .last()
                .is_some_and(|last| last.new_person() != certificate.person())
        {
            return Err(malformed("the way ends at another person".to_owned()));
        }
        Ok(message)
    }
}

fn as_proof<S: Serializer>(
    certificate: &DeviceCertificate,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    Proof(certificate.encode()).serialize(serializer)
}

fn checked<'de, D: Deserializer<'de>>(from: D) -> Result<DeviceCertificate, D::Error> {
    let proof = Proof::deserialize(from)?;
    DeviceCertificate::decode(&proof.0).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{DeviceKey, PersonKey, PersonMove};

    const CERTIFICATE: &str = concat!(
        r#"{"certificate":{"certificate":""#,
        "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394",
        "ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d1",
        "af207886a3a3b3e0355770431b5145662b63f378f43310698112981af9df7875",
        "cad1df2db0e8840682dd1abb103fc9a213321c3d3587372a7e5ae014681c6205",
        r#"","way":[""#,
        "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c",
        "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394",
        "00000000000000071d0ec47f6839c05962844fc4b00ca1b4248a2dcd970bf0df",
        "3ed71c7bd86cf6d68652530eefc11ccc131f7cc8c27e30b88c01a6852faad7c1",
        "5ead0a5bd142be02",
        r#""]}}"#,
    );

    const KEY: &str = concat!(
        r#"{"key":{"seed":""#,
        "0202020202020202020202020202020202020202020202020202020202020202",
        r#"","since":7}}"#,
    );

    fn person(number: u8) -> PersonKey {
        PersonKey::from_seed(&[number; 32])
    }

    fn certificate() -> PersonMessage {
        let device = DeviceKey::from_seed(&[3; 32]).id();
        PersonMessage::Certificate {
            certificate: DeviceCertificate::issue(&person(2), device),
            way: PersonMove::issue(&person(1), person(2).id(), 7)
                .unwrap()
                .into(),
        }
    }

    fn key() -> PersonMessage {
        PersonMessage::Key {
            seed: PersonSeed::of(&person(2)),
            since: 7,
        }
    }

    #[test]
    fn golden() {
        for (message, golden) in [(certificate(), CERTIFICATE), (key(), KEY)] {
            let frame = message.to_frame();
            assert_eq!(frame.marker, Marker::Person);
            assert_eq!(str::from_utf8(&frame.payload).unwrap(), golden);
            assert_eq!(PersonMessage::parse(golden.as_bytes()), Ok(message));
        }
    }

    #[test]
    fn a_newer_build_may_say_more() {
        let more = CERTIFICATE.replace(r#""way""#, r#""colour":"green","way""#);
        assert_eq!(PersonMessage::parse(more.as_bytes()), Ok(certificate()));
        let unknown = PersonMessage::parse(br#"{"dance":{}}"#);
        assert!(unknown.is_err());
    }

    #[test]
    fn a_way_must_end_at_the_person_of_the_certificate() {
        let PersonMessage::Certificate { certificate, .. } = certificate() else {
            unreachable!()
        };
        let elsewhere = PersonMessage::Certificate {
            certificate,
            way: PersonMove::issue(&person(1), person(3).id(), 7)
                .unwrap()
                .into(),
        };
        assert!(PersonMessage::parse(&elsewhere.to_frame().payload).is_err());
    }

    #[test]
    fn the_longest_fits_and_no_longer_one_is_looked_at() {
        let moves = (10..18).map(|number| {
            let next = person(number + 1).id();
            PersonMove::issue(&person(number), next, u64::MAX).unwrap()
        });
        let way = Way::new(moves.collect()).unwrap();
        assert_eq!(way.moves().len(), Way::MOST);
        let device = DeviceKey::from_seed(&[3; 32]).id();
        let longest = PersonMessage::Certificate {
            certificate: DeviceCertificate::issue(&person(18), device),
            way,
        };
        let payload = longest.to_frame().payload;
        assert!(payload.len() < 2600, "{}", payload.len());
        assert_eq!(PersonMessage::parse(&payload), Ok(longest));

        let padded = format!("{KEY}{}", " ".repeat(MOST_BYTES));
        assert!(PersonMessage::parse(padded.as_bytes()).is_err());
    }

    #[test]
    fn the_key_shows_itself_nowhere_else() {
        assert_eq!(
            format!("{:?}", key()),
            "Key { seed: PersonSeed(secret), since: 7 }"
        );
    }

    proptest! {
        #[test]
        fn perturbed_bytes_never_panic(
            wounds in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        ) {
            for golden in [CERTIFICATE, KEY] {
                let mut bytes = golden.as_bytes().to_vec();
                for (place, value) in &wounds {
                    let place = place.index(bytes.len());
                    bytes[place] = *value;
                }
                let _ = PersonMessage::parse(&bytes);
            }
        }

        /// A certificate or a move with a changed digit is another statement, and
        /// nobody signed that.
        #[test]
        fn a_changed_certificate_never_passes(place in 0..CERTIFICATE.len(), value in b'0'..=b'9') {
            let mut bytes = CERTIFICATE.as_bytes().to_vec();
            prop_assume!(bytes[place] != value && bytes[place].is_ascii_hexdigit());
            bytes[place] = value;
            prop_assert!(PersonMessage::parse(&bytes) != Ok(certificate()));
        }

        #[test]
        fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(PersonMessage::parse(&bytes).is_err());
        }
    }
}
