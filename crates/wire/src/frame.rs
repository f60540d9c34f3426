//! Frames: five bytes that say what it is, eight that say how long, then that
//! many bytes.
//!
//! The length is held against the cap of its marker *before* anything is
//! allocated. A frame whose marker nobody here knows is skipped, so that a
//! newer machine can say more than an older one understands; a frame that is
//! too long ends the connection, because what follows cannot be trusted to be
//! aligned.

use bytes::{Buf, BufMut, Bytes, BytesMut};

use crate::limits;

/// Bytes in front of every payload.
pub const HEADER: usize = MARKER + size_of::<u64>();

const MARKER: usize = 5;

macro_rules! markers {
    ($($(#[doc = $doc:literal])+ $marker:ident = $bytes:literal;)+) => {
        /// What a frame is. Every marker of every connection stands in this one
        /// list, so that none is ever used twice; a retired one stays listed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Marker {
            $($(#[doc = $doc])+ $marker,)+
        }

        impl Marker {
            pub const ALL: &[Marker] = &[$(Marker::$marker),+];

            pub fn bytes(self) -> &'static [u8; MARKER] {
                match self { $(Marker::$marker => $bytes,)+ }
            }

            fn parse(bytes: [u8; MARKER]) -> Option<Self> {
                match &bytes {
                    $($bytes => Some(Marker::$marker),)+
                    _ => None,
                }
            }
        }
    };
}

markers! {
    /// Greeting: version, name, form.
    Hello = b"HELO:";
    /// A step of pairing.
    Pair = b"PAIR:";
    /// What this machine offers, pushed at every change.
    Capability = b"LLMC:";
    /// Asks a person for permission.
    AccessRequest = b"LREQ:";
    /// A person's answer.
    AccessResponse = b"LRES:";
    /// Asks for a slot now.
    AdmissionRequest = b"ADRQ:";
    /// A slot, or how long the queue is.
    AdmissionResponse = b"ADRS:";
    /// A piece of what is asked of a model, on a stream; an empty one ends it.
    Question = b"GENQ:";
    /// A piece of what the model answers, on a stream; an empty one says that
    /// somebody is there.
    Answer = b"GENA:";
    /// Version vectors and wants.
    Sync = b"SYNC:";
    /// A batch of operations.
    Operations = b"OPSB:";
    /// A piece of an answer that is still being written.
    Draft = b"DRFT:";
    /// About files; their bytes travel elsewhere.
    File = b"FILE:";
    /// Whose machine this is.
    Person = b"PERS:";
    /// The key of a mesh, for one that replaces another.
    MeshKey = b"MKEY:";
    /// Alive, and how far away.
    Ping = b"PING:";
    /// Leaving, with the reason.
    Bye = b"BYE_:";
}

/// How far the other side is trusted on this connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    Stranger,
    Trusted,
}

impl Trust {
    fn cap(self) -> u64 {
        match self {
            Trust::Stranger => limits::FRAME_BEFORE_TRUST,
            Trust::Trusted => limits::FRAME_IN_SESSION,
        }
    }

    /// Whether a frame of this kind is answered at all.
    pub fn admits(self, marker: Marker) -> bool {
        match self {
            Trust::Stranger => matches!(marker, Marker::Hello | Marker::Pair | Marker::Bye),
            Trust::Trusted => true,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub marker: Marker,
    pub payload: Bytes,
}

impl Frame {
    pub fn new(marker: Marker, payload: impl Into<Bytes>) -> Self {
        Self {
            marker,
            payload: payload.into(),
        }
    }

    /// How many bytes [`Frame::write`] appends.
    pub fn encoded_len(&self) -> usize {
        HEADER + self.payload.len()
    }

    pub fn write(&self, out: &mut BytesMut) {
        out.reserve(self.encoded_len());
        out.put_slice(self.marker.bytes());
        out.put_u64_le(self.payload.len() as u64);
        out.put_slice(&self.payload);
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("a frame of {length} bytes, where {cap} are allowed")]
    TooLong { length: u64, cap: u64 },
    #[error("{marker:?} is not answered before trust")]
    NotBeforeTrust { marker: Marker },
    #[error("bytes that are no frame")]
    NotAFrame,
}

/// Finds frames in a stream of bytes, however it was cut.
#[derive(Debug)]
pub struct Decoder {
    trust: Trust,
    buffer: BytesMut,
    /// Bytes of an unknown frame that are still to come and to be dropped.
    skip: u64,
}

impl Decoder {
    pub fn new(trust: Trust) -> Self {
        Self {
            trust,
            buffer: BytesMut::new(),
            skip: 0,
        }
    }

    /// From now on the other side may say more.
    pub fn set_trust(&mut self, trust: Trust) {
        self.trust = trust;
    }

    pub fn push(&mut self, bytes: &[u8]) {
        let dropped = self.skipped(bytes.len());
        self.buffer
            .put_slice(bytes.get(dropped..).unwrap_or_default());
    }

    /// The next whole frame, if it has arrived. After an error the connection
    /// is of no further use.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        while let Some((marker, length)) = self.header()? {
            match Marker::parse(marker) {
                Some(marker) if !self.trust.admits(marker) => {
                    return Err(FrameError::NotBeforeTrust { marker });
                }
                Some(marker) => {
                    return Ok(self
                        .payload(length)
                        .map(|payload| Frame { marker, payload }));
                }
                None => {
                    self.buffer.advance(HEADER);
                    self.skip = length;
                    let dropped = self.skipped(self.buffer.len());
                    self.buffer.advance(dropped);
                }
            }
        }
        Ok(None)
    }

    fn header(&self) -> Result<Option<([u8; MARKER], u64)>, FrameError> {
        let mut header = self.buffer.get(..HEADER).unwrap_or_default();
        if header.is_empty() {
            return Ok(None);
        }
        let mut marker = [0; MARKER];
        header.copy_to_slice(&mut marker);
        if !is_marker(marker) {
            return Err(FrameError::NotAFrame);
        }
        let (length, cap) = (header.get_u64_le(), self.trust.cap());
        if length > cap {
            return Err(FrameError::TooLong { length, cap });
        }
        Ok(Some((marker, length)))
    }

    fn payload(&mut self, length: u64) -> Option<Bytes> {
        // Within the cap, so it fits a usize.
        let length = usize::try_from(length).ok()?;
        if self.buffer.len() < HEADER + length {
            self.buffer.reserve(HEADER + length - self.buffer.len());
            return None;
        }
        self.buffer.advance(HEADER);
        Some(self.buffer.split_to(length).freeze())
    }

    /// Takes up to `available` bytes off what is still to be skipped.
    fn skipped(&mut self, available: usize) -> usize {
        let dropped = usize::try_from(self.skip)
            .unwrap_or(usize::MAX)
            .min(available);
        self.skip -= dropped as u64;
        dropped
    }
}

/// A marker, known or not: four letters, digits or underscores and a colon.
fn is_marker(bytes: [u8; MARKER]) -> bool {
    let [name @ .., end] = bytes;
    end == b':'
        && name
            .iter()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn golden() {
        let frame = Frame::new(Marker::Ping, &b"hi"[..]);
        let bytes = encoded(&[frame]);
        assert_eq!(hex(&bytes), "50494e473a02000000000000006869");
    }

    #[test]
    fn every_marker_is_found_again() {
        for marker in Marker::ALL {
            assert_eq!(Marker::parse(*marker.bytes()), Some(*marker));
            assert!(is_marker(*marker.bytes()));
        }
    }

    #[test]
    fn a_lying_length_is_refused_before_anything_is_held() {
        let mut decoder = Decoder::new(Trust::Trusted);
        decoder.push(b"OPSB:");
        decoder.push(&u64::MAX.to_le_bytes());
        assert_eq!(
            decoder.next_frame(),
            Err(FrameError::TooLong {
                length: u64::MAX,
                cap: limits::FRAME_IN_SESSION
            })
        );
        assert!(decoder.buffer.capacity() < 4096);
    }

    #[test]
    fn a_stranger_may_say_little() {
        let mut decoder = Decoder::new(Trust::Stranger);
        decoder.push(&encoded(&[Frame::new(Marker::Operations, &b"x"[..])]));
        assert_eq!(
            decoder.next_frame(),
            Err(FrameError::NotBeforeTrust {
                marker: Marker::Operations
            })
        );

        let mut decoder = Decoder::new(Trust::Stranger);
        decoder.push(&encoded(&[Frame::new(Marker::Hello, vec![0; 4097])]));
        assert_eq!(
            decoder.next_frame(),
            Err(FrameError::TooLong {
                length: 4097,
                cap: 4096
            })
        );
    }

    #[test]
    fn what_nobody_knows_is_skipped() {
        let mut stream = b"NEW1:".to_vec();
        stream.extend(5u64.to_le_bytes());
        stream.extend(b"never");
        stream.extend(encoded(&[Frame::new(Marker::Bye, &b"now"[..])]));
        let mut decoder = Decoder::new(Trust::Trusted);
        let mut found = Vec::new();
        for byte in stream {
            decoder.push(&[byte]);
            found.extend(decoder.next_frame().unwrap());
        }
        assert_eq!(found, [Frame::new(Marker::Bye, &b"now"[..])]);
    }

    #[test]
    fn what_is_no_frame_ends_it() {
        let mut decoder = Decoder::new(Trust::Stranger);
        decoder.push(b"GET / HTTP/1.1\r\n");
        assert_eq!(decoder.next_frame(), Err(FrameError::NotAFrame));
    }

    proptest! {
        #[test]
        fn frames_survive_every_way_of_cutting(frames in some_frames(), cut in 1usize..40) {
            let bytes = encoded(&frames);
            prop_assert_eq!(bytes.len(), frames.iter().map(Frame::encoded_len).sum::<usize>());
            let mut decoder = Decoder::new(Trust::Trusted);
            let mut found = Vec::new();
            for piece in bytes.chunks(cut) {
                decoder.push(piece);
                while let Some(frame) = decoder.next_frame().unwrap() {
                    found.push(frame);
                }
            }
            prop_assert_eq!(found, frames);
        }

        #[test]
        fn perturbed_bytes_never_panic(
            frames in some_frames(),
            wounds in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        ) {
            let mut bytes = encoded(&frames).to_vec();
            for (place, value) in wounds {
                let place = place.index(bytes.len());
                bytes[place] = value;
            }
            let mut decoder = Decoder::new(Trust::Trusted);
            decoder.push(&bytes);
            while let Ok(Some(_)) = decoder.next_frame() {}
        }

        #[test]
        fn garbage_never_holds_more_than_arrived(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let mut decoder = Decoder::new(Trust::Stranger);
            decoder.push(&bytes);
            while let Ok(Some(_)) = decoder.next_frame() {}
            prop_assert!(decoder.buffer.capacity() <= bytes.len() + HEADER + 4096);
        }
    }

    fn some_frames() -> impl Strategy<Value = Vec<Frame>> {
        let frame = (
            prop::sample::select(Marker::ALL),
            prop::collection::vec(any::<u8>(), 0..300),
        )
            .prop_map(|(marker, payload)| Frame::new(marker, payload));
        prop::collection::vec(frame, 1..8)
    }

    fn encoded(frames: &[Frame]) -> Bytes {
        let mut out = BytesMut::new();
        for frame in frames {
            frame.write(&mut out);
        }
        out.freeze()
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }
}
