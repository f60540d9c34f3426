use super::Lines;
use crate::Failure;

/// Reads server-sent events and gives their data; their other fields mean
/// nothing to servers of models.
#[derive(Debug, Default)]
pub(crate) struct Sse {
    lines: Lines,
    data: Option<Vec<u8>>,
}

impl Sse {
    pub(crate) fn push(&mut self, piece: &[u8]) {
        self.lines.push(piece);
    }

    /// The data of the next whole event. [`Self::push`] until there is none.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        while let Some(line) = self.lines.next()? {
            if line.is_empty() {
                if let Some(data) = self.data.take() {
                    return Ok(Some(data));
                }
                continue;
            }
            self.take(&line)?;
        }
        Ok(None)
    }

    /// The data of an event that was not ended before the stream was.
    pub(crate) fn rest(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let line = self.lines.rest();
        self.take(&line)?;
        Ok(self.data.take())
    }

    fn take(&mut self, line: &[u8]) -> Result<(), Failure> {
        // Everything else is a comment or a field that says nothing here.
        let Some(data) = line.strip_prefix(b"data:") else {
            return Ok(());
        };
        let data = data.strip_prefix(b" ").unwrap_or(data);
        match &mut self.data {
            None => self.data = Some(data.to_owned()),
            Some(before) if before.len() + data.len() > super::lines::LONGEST_LINE => {
                return Err(Failure::garbage("an event without end"));
            }
            Some(before) => {
                before.push(b'\n');
                before.extend_from_slice(data);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(pieces: &[&[u8]]) -> Vec<String> {
        let mut sse = Sse::default();
        let mut found = Vec::new();
        for piece in pieces {
            sse.push(piece);
            while let Some(data) = sse.next().unwrap() {
                found.push(data);
            }
        }
        found.extend(sse.rest().unwrap());
        found
            .into_iter()
            .map(|data| String::from_utf8_lossy(&data).into_owned())
            .collect()
    }

    #[test]
    fn comments_and_other_fields_say_nothing() {
        let text = ": ping\n\nevent: message\nid: 7\nretry: 5\ndata: one\n\n\
                    data:two\r\n\r\n:\n\ndata: a\ndata: b\n\nevent: lonely\n\ndata: [DONE]";
        assert_eq!(all(&[text.as_bytes()]), ["one", "two", "a\nb", "[DONE]"]);
    }

    #[test]
    fn an_event_without_end_is_refused() {
        let mut sse = Sse::default();
        let line = [b"data:", &vec![b'x'; 1024 * 1024][..], b"\n"].concat();
        let mut refused = false;
        for _ in 0..10 {
            sse.push(&line);
            refused |= sse.next().is_err();
        }
        assert!(refused);
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(
            parts in prop::collection::vec(
                prop_oneof![
                    Just("data: "), Just("data:"), Just("\n"), Just("\r\n"), Just(":"), Just("ü"), Just("x"), Just("event: y\n")
                ],
                0..40,
            ),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
        ) {
            let bytes = parts.concat().into_bytes();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|ends| &bytes[ends[0]..ends[1]]).collect();
            prop_assert_eq!(all(&pieces), all(&[&bytes]));
        }
    }
}
