use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::{Deserialize, Serialize};

use super::largest;

/// Not every program pads; all mean the same.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A picture as it travels: base64, checked once, and never looked into but for
/// its first bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Image(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnImage {
    #[error("an image of more than {} bytes", largest::IMAGE)]
    TooLarge,
    #[error("an image that is not base64")]
    NotBase64,
}

impl Image {
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, NotAnImage> {
        if bytes.len() / 3 * 4 > largest::IMAGE {
            return Err(NotAnImage::TooLarge);
        }
        Ok(Self(BASE64.encode(bytes)))
    }

    /// Takes base64, and the `data:` address that browsers make of it.
    pub fn parse(text: String) -> Result<Self, NotAnImage> {
        if text.len() > largest::IMAGE {
            return Err(NotAnImage::TooLarge);
        }
        let text = match text.strip_prefix("data:") {
            Some(rest) => rest
                .split_once(";base64,")
                .ok_or(NotAnImage::NotBase64)?
                .1
                .to_owned(),
            None => text,
        };
        BASE64
            .decode(&text)
            .map_err(|_| NotAnImage::NotBase64)
            .map(|_| Self(text))
    }

    pub fn as_base64(&self) -> &str {
        &self.0
    }

    /// What kind of picture it is, by its first bytes.
    pub fn media_type(&self) -> &'static str {
        // Sixteen letters are twelve bytes, with no rest.
        let start = self.0.get(..16).and_then(|start| BASE64.decode(start).ok());
        match start.as_deref().unwrap_or_default() {
            [0xff, 0xd8, 0xff, ..] => "image/jpeg",
            [b'G', b'I', b'F', b'8', ..] => "image/gif",
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P'] => "image/webp",
            _ => "image/png",
        }
    }
}

/// A picture in a log helps nobody.
impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Image({}, {} letters)", self.media_type(), self.0.len())
    }
}

impl TryFrom<String> for Image {
    type Error = NotAnImage;

    fn try_from(text: String) -> Result<Self, NotAnImage> {
        Self::parse(text)
    }
}

impl From<Image> for String {
    fn from(image: Image) -> Self {
        image.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_keeps_its_bytes_and_tells_its_kind() {
        for (bytes, media_type) in [
            (&b"\x89PNG\r\n\x1a\n0000"[..], "image/png"),
            (b"\xff\xd8\xff\xe00000000000", "image/jpeg"),
            (b"GIF89a0000000", "image/gif"),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
            (b"", "image/png"),
        ] {
            let image = Image::of_bytes(bytes).unwrap();
            assert_eq!(image.media_type(), media_type);
            assert_eq!(BASE64.decode(image.as_base64()).unwrap(), bytes);
        }
    }

    #[test]
    fn only_base64_is_taken() {
        let image = |text: &str| Image::parse(text.to_owned());
        let picture = Image::of_bytes(b"picture").unwrap();
        assert_eq!(image("cGljdHVyZQ=="), Ok(picture.clone()));
        assert_eq!(image("cGljdHVyZQ").unwrap().as_base64(), "cGljdHVyZQ");
        assert_eq!(image("data:image/png;base64,cGljdHVyZQ=="), Ok(picture));
        for text in ["https://example.org/a.png", "data:image/png,raw", "a b"] {
            assert_eq!(image(text), Err(NotAnImage::NotBase64), "{text}");
        }
        let long = "a".repeat(largest::IMAGE + 1);
        assert_eq!(image(&long), Err(NotAnImage::TooLarge));
        assert_eq!(
            Image::of_bytes(&vec![0; largest::IMAGE]),
            Err(NotAnImage::TooLarge)
        );
    }
}
