//! Bytes that nobody else may learn.
//!
//! They lie in one place on the heap, so that moving them leaves no copy behind,
//! and are wiped when dropped. Comparing two takes the same time wherever they
//! differ, and none prints itself.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

#[derive(Clone)]
pub(crate) struct Secret<const N: usize>(Box<[u8; N]>);

impl<const N: usize> Secret<N> {
    pub(crate) fn new(bytes: &[u8; N]) -> Self {
        let mut secret = Self(Box::new([0; N]));
        secret.0.copy_from_slice(bytes);
        secret
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::new)
    }

    pub(crate) fn expose(&self) -> &[u8; N] {
        &self.0
    }

    pub(crate) fn hex(&self) -> Zeroizing<String> {
        Zeroizing::new(data_encoding::HEXLOWER.encode(self.expose()))
    }

    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?;
        Self::from_slice(&Zeroizing::new(bytes))
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(other.0.as_slice()).into()
    }
}

impl<const N: usize> Eq for Secret<N> {}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_equal_to_itself_and_to_nothing_else() {
        let secret = Secret::new(&[7; 20]);
        assert_eq!(secret, secret.clone());
        let mut other = [7; 20];
        other[19] = 8;
        assert_ne!(secret, Secret::new(&other));
    }

    #[test]
    fn survives_hexadecimal_and_shows_itself_nowhere_else() {
        let secret = Secret::new(&[0xab; 4]);
        assert_eq!(secret.hex().as_str(), "abababab");
        assert_eq!(Secret::from_hex("abababab"), Some(secret.clone()));
        for wrong in ["", "ababab", "ABABABAB", "abababax", "ababababab"] {
            assert_eq!(Secret::<4>::from_hex(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{secret:?}"), "secret");
    }
}
