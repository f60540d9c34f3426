//! Random bytes that grow from one seed the caller drew: names, and what stands
//! before a body so that an erased one cannot be guessed.

#[derive(Debug)]
pub(super) struct Dice(Box<blake3::OutputReader>);

impl Dice {
    pub(super) fn of(seed: &[u8; 32]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("banyan chat dice v1");
        hasher.update(seed);
        Self(Box::new(hasher.finalize_xof()))
    }

    pub(super) fn throw(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.0.fill(&mut bytes);
        bytes
    }
}
