//! Reads what of DNS is about this service, and steps over the rest.

use super::{ALONE, ANY, GROUP, INTERNET, POINTER, SERVER, SERVICE, Said, TEXT};
use crate::limits;

/// Reads on from where it stands; nothing once the bytes end or make no sense.
pub(super) struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    pub(super) fn number(&mut self) -> Option<u16> {
        let bytes = self.take(2)?.try_into().ok()?;
        Some(u16::from_be_bytes(bytes))
    }

    /// Whether a question is about this service.
    pub(super) fn question(&mut self) -> Option<bool> {
        let about = self.name()?;
        let (kind, class) = (self.number()?, self.number()?);
        let internet = [INTERNET, ANY].contains(&(class & !ALONE));
        let kind_fits = match about {
            Name::Service => [POINTER, ANY].contains(&kind),
            Name::Instance => [SERVER, TEXT, ANY].contains(&kind),
            Name::Other => false,
        };
        Some(internet && kind_fits)
    }

    /// The announcement in a record, where it holds one.
    pub(super) fn record(&mut self) -> Option<Option<Said>> {
        let about = self.name()?;
        let (kind, class) = (self.number()?, self.number()?);
        self.take(4)?;
        let length = self.number()?;
        let content = self.take(length.into())?;
        let ours = about == Name::Instance && kind == TEXT && class & !ALONE == INTERNET;
        Some(ours.then(|| said(content)).flatten())
    }

    /// Steps over a name and says what it stands for.
    fn name(&mut self) -> Option<Name> {
        let mut labels: Vec<&[u8]> = Vec::new();
        let (mut at, mut part) = (self.at, self.at);
        let mut end = None;
        loop {
            let length = usize::from(*self.bytes.get(at)?);
            match length {
                0 => break,
                1..64 => {
                    // Longer names exist, and none of them is ours.
                    if labels.len() <= SERVICE.len() + 1 {
                        labels.push(self.bytes.get(at + 1..at + 1 + length)?);
                    }
                    at += 1 + length;
                }
                192.. => {
                    let low = usize::from(*self.bytes.get(at + 1)?);
                    let earlier = ((length & 0x3f) << 8) | low;
                    end.get_or_insert(at + 2);
                    // Only ever back, so that no name goes round in circles.
                    if earlier >= part {
                        return None;
                    }
                    (at, part) = (earlier, earlier);
                }
                _ => return None,
            }
        }
        self.at = end.unwrap_or(at + 1);
        Some(Name::of(&labels))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    /// `_banyan._tcp.local`
    Service,
    /// One label in front of it.
    Instance,
    Other,
}

impl Name {
    fn of(labels: &[&[u8]]) -> Self {
        let is_service = |labels: &[&[u8]]| {
            labels.len() == SERVICE.len()
                && labels
                    .iter()
                    .zip(SERVICE)
                    .all(|(label, part)| label.eq_ignore_ascii_case(part))
        };
        match labels {
            labels if is_service(labels) => Self::Service,
            [_instance, service @ ..] if is_service(service) => Self::Instance,
            _ => Self::Other,
        }
    }
}

/// Puts the pieces of a TXT record together again; they stand in order.
pub(super) fn said(mut text: &[u8]) -> Option<Said> {
    let mut announcement = Vec::new();
    let mut group = None;
    let mut digit = b'0';
    while let [length, rest @ ..] = text {
        let (string, others) = rest.split_at_checked(usize::from(*length))?;
        text = others;
        if let Some(piece) = string.strip_prefix(&[b'p', digit, b'=']) {
            announcement.extend(piece);
            digit += 1;
        } else if let Some(port) = string.strip_prefix(GROUP.as_bytes()) {
            group = str::from_utf8(port).ok()?.parse().ok();
        }
        if announcement.len() > limits::ANNOUNCEMENT || digit > b'9' {
            return None;
        }
    }
    Some(Said {
        group: group?,
        announcement,
    })
}
