//! The key of a mesh, handed over in a session in `MKEY:` frames when it
//! replaces another: because one was rotated, or because a machine was removed
//! that knew the old one.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::session::Malformed;
use crate::{
    MeshKey, MeshKeyId,
    frame::{Frame, Marker},
};

/// Two ids and keys in text take less than 200 bytes.
const MOST_BYTES: usize = 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The key that the new one stands in for; both sides hold it.
    pub replaces: MeshKeyId,
    pub key: MeshKey,
}

#[derive(Serialize, Deserialize)]
struct Text {
    replaces: String,
    key: Zeroizing<String>,
}

impl Handover {
    /// What lies in the frame is wiped once the last holder lets go of it.
    pub fn to_frame(&self) -> Frame {
        let text = Text {
            replaces: data_encoding::HEXLOWER.encode(self.replaces.as_bytes()),
            key: self.key.text(),
        };
        // Of this capacity, so that no piece is left behind by growing.
        let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_BYTES));
        // Plain fields of plain types: serialising them cannot fail.
        let _ = serde_json::to_writer(&mut *bytes, &text);
        Frame::new(Marker::MeshKey, Bytes::from_owner(bytes))
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let malformed = |reason: &dyn fmt::Display| Malformed {
            reason: reason.to_string(),
        };
        if bytes.len() > MOST_BYTES {
            return Err(malformed(&"too long for a key"));
        }
        let text: Text = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
        let replaces = data_encoding::HEXLOWER
            .decode(text.replaces.as_bytes())
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .map(MeshKeyId::from_bytes)
            .ok_or_else(|| malformed(&"not the id of a key"))?;
        let key = text.key.parse().map_err(|error| malformed(&error))?;
        Ok(Self { replaces, key })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::MeshKind;

    fn handover() -> Handover {
        Handover {
            replaces: MeshKey::new(MeshKind::Team, &[1; 32]).id(),
            key: MeshKey::new(MeshKind::Team, &[2; 32]),
        }
    }

    #[test]
    fn it_comes_back_as_it_went_and_is_never_shown() {
        let frame = handover().to_frame();
        assert_eq!(frame.marker, Marker::MeshKey);
        assert_eq!(Handover::parse(&frame.payload), Ok(handover()));
        let shown = format!("{:?}", handover());
        assert!(!shown.contains(&*handover().key.text()), "{shown}");
    }

    #[test]
    fn half_a_key_is_none() {
        let text = handover().to_frame().payload;
        let text = String::from_utf8_lossy(&text);
        for wrong in [
            text.replacen("banyan-team-", "banyan-team-A", 1),
            text.replacen("\"replaces\":\"", "\"replaces\":\"0", 1),
            "{}".to_owned(),
            " ".repeat(MOST_BYTES + 1),
        ] {
            assert!(Handover::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn perturbed_bytes_never_panic(place in any::<prop::sample::Index>(), value in any::<u8>()) {
            let mut bytes = handover().to_frame().payload.to_vec();
            let place = place.index(bytes.len());
            bytes[place] = value;
            let _ = Handover::parse(&bytes);
        }
    }
}
