//! Writes the records of DNS.

/// Grows; every record in it lives equally long.
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    /// In seconds.
    pub(super) lifetime: u32,
}

impl Writer {
    pub(super) fn position(&self) -> u16 {
        u16::try_from(self.bytes.len()).unwrap_or_default()
    }

    pub(super) fn number(&mut self, number: u16) {
        self.bytes.extend(number.to_be_bytes());
    }

    /// Of at most 255 bytes; a name's label is shorter.
    pub(super) fn label(&mut self, label: &[u8]) {
        self.bytes
            .push(u8::try_from(label.len()).unwrap_or_default());
        self.bytes.extend(label);
    }

    /// The rest of a name stands there already.
    pub(super) fn name_at(&mut self, at: u16) {
        self.number(0xc000 | at);
    }

    /// Everything of a record that follows its name.
    pub(super) fn record(
        &mut self,
        kind: u16,
        class: u16,
        content: impl FnOnce(&mut Self),
    ) -> Option<()> {
        self.number(kind);
        self.number(class);
        self.bytes.extend(self.lifetime.to_be_bytes());
        let length_at = self.bytes.len();
        self.number(0);
        content(self);
        let length = u16::try_from(self.bytes.len() - length_at - 2).ok()?;
        let place = self.bytes.get_mut(length_at..length_at + 2)?;
        place.copy_from_slice(&length.to_be_bytes());
        Some(())
    }
}
