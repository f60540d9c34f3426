use bytes::{Buf as _, BytesMut};

use crate::Failure;

/// Far above any line of an answer; the longest end with the numbers of a whole
/// context.
pub(crate) const LONGEST_LINE: usize = 8 * 1024 * 1024;

/// Cuts bytes into lines, wherever the pieces begin and end.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    waiting: BytesMut,
    /// How much of that is known to hold no end of a line.
    searched: usize,
}

impl Lines {
    pub(crate) fn push(&mut self, piece: &[u8]) {
        self.waiting.extend_from_slice(piece);
    }

    /// The next whole line, without its end. [`Self::push`] until there is none.
    pub(crate) fn next(&mut self) -> Result<Option<BytesMut>, Failure> {
        let unknown = self.waiting.get(self.searched..).unwrap_or_default();
        let Some(found) = unknown.iter().position(|byte| *byte == b'\n') else {
            self.searched = self.waiting.len();
            if self.searched > LONGEST_LINE {
                return Err(Failure::garbage("a line without end"));
            }
            return Ok(None);
        };
        let mut line = self.waiting.split_to(self.searched + found);
        self.waiting.advance(1);
        self.searched = 0;
        if line.last() == Some(&b'\r') {
            line.truncate(line.len() - 1);
        }
        Ok(Some(line))
    }

    /// What came after the last end of a line.
    pub(crate) fn rest(&mut self) -> BytesMut {
        self.searched = 0;
        self.waiting.split()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(pieces: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for piece in pieces {
            lines.push(piece);
            while let Some(line) = lines.next().unwrap() {
                found.push(line.to_vec());
            }
        }
        found.push(lines.rest().to_vec());
        found
    }

    #[test]
    fn lines_end_with_either_end() {
        assert_eq!(
            all(&[b"one\r\ntwo\n\nrest"]),
            [&b"one"[..], b"two", b"", b"rest"]
        );
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut lines = Lines::default();
        lines.push(&vec![b'x'; LONGEST_LINE]);
        assert_eq!(lines.next().unwrap(), None);
        lines.push(b"x");
        assert!(lines.next().is_err());
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(
            bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..200),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
        ) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|ends| &bytes[ends[0]..ends[1]]).collect();
            prop_assert_eq!(all(&pieces), all(&[&bytes]));
        }
    }
}
