use std::fmt;

use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

/// What opens a server to those who pay for it. Shown nowhere, written nowhere,
/// and wiped from memory when it is no longer needed.
#[derive(Clone)]
pub struct ApiKey(Zeroizing<String>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key is up to 4096 visible ASCII characters")]
pub struct NotAKey;

impl ApiKey {
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let text = text.trim();
        let fits = (1..=4096).contains(&text.len());
        if !fits || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(NotAKey);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// For whoever keeps it in a keyring.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn header(&self) -> HeaderValue {
        let bearer = Zeroizing::new(format!("Bearer {}", self.reveal()));
        // Visible ASCII is always fit for a header.
        let mut header =
            HeaderValue::from_str(&bearer).unwrap_or_else(|_| HeaderValue::from_static("Bearer"));
        header.set_sensitive(true);
        header
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_shown() {
        let key = ApiKey::parse(" sk-secret ").unwrap();
        assert_eq!(key.header().to_str().unwrap(), "Bearer sk-secret");
        for shown in [format!("{key:?}"), format!("{:?}", key.header())] {
            assert!(!shown.contains("secret"), "{shown}");
        }
    }

    #[test]
    fn what_does_not_fit_a_header_is_no_key() {
        for text in ["", " ", "two words", "a\nb", "schlüssel"] {
            assert_eq!(ApiKey::parse(text).unwrap_err(), NotAKey, "{text:?}");
        }
    }
}
