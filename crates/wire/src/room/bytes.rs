//! Reading and writing fields one after the other, numbers big endian.

use crate::{
    cert::{CertificateError, DeviceCertificate},
    id::{DeviceId, PersonId},
    key::InvalidKey,
    sign::Signature,
};

/// Why bytes of a conversation are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadBytes {
    #[error("the bytes end too early")]
    TooShort,
    #[error("bytes are left over")]
    TooLong,
    #[error("{what}: {length}, where {most} are allowed")]
    TooMany {
        what: &'static str,
        length: u64,
        most: u64,
    },
    #[error("{number} is no {what}")]
    Unknown { what: &'static str, number: u8 },
    #[error("text that is not UTF-8")]
    Text,
    #[error("a key: {0}")]
    Key(#[from] InvalidKey),
    #[error("a certificate: {0}")]
    Certificate(#[from] CertificateError),
    #[error("entries that are not in order")]
    Order,
}

#[derive(Debug, Clone)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    /// Nothing may follow.
    pub(crate) fn end(&self) -> Result<(), BadBytes> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(BadBytes::TooLong)
        }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], BadBytes> {
        let (first, rest) = self.0.split_first_chunk().ok_or(BadBytes::TooShort)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(crate) fn slice(&mut self, length: usize) -> Result<&'a [u8], BadBytes> {
        let (first, rest) = self.0.split_at_checked(length).ok_or(BadBytes::TooShort)?;
        self.0 = rest;
        Ok(first)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, BadBytes> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, BadBytes> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, BadBytes> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    pub(crate) fn i64(&mut self) -> Result<i64, BadBytes> {
        Ok(i64::from_be_bytes(self.array()?))
    }

    /// A number of things that follow, held against the cap before anything is
    /// allocated for them.
    pub(crate) fn count(&mut self, what: &'static str, most: usize) -> Result<usize, BadBytes> {
        let length = self.u32()?;
        match usize::try_from(length) {
            Ok(count) if count <= most => Ok(count),
            _ => Err(BadBytes::TooMany {
                what,
                length: u64::from(length),
                most: most as u64,
            }),
        }
    }

    /// Bytes behind their length.
    pub(crate) fn block(&mut self, what: &'static str, most: usize) -> Result<&'a [u8], BadBytes> {
        let length = self.count(what, most)?;
        self.slice(length)
    }

    pub(crate) fn text(&mut self, what: &'static str, most: usize) -> Result<&'a str, BadBytes> {
        str::from_utf8(self.block(what, most)?).map_err(|_| BadBytes::Text)
    }

    pub(crate) fn device(&mut self) -> Result<DeviceId, BadBytes> {
        Ok(DeviceId::from_bytes(
            &self.array::<{ DeviceId::LENGTH }>()?,
        )?)
    }

    pub(crate) fn person(&mut self) -> Result<PersonId, BadBytes> {
        Ok(PersonId::from_bytes(
            &self.array::<{ PersonId::LENGTH }>()?,
        )?)
    }

    pub(crate) fn certificate(&mut self) -> Result<DeviceCertificate, BadBytes> {
        let bytes = self.array::<{ DeviceCertificate::LENGTH }>()?;
        Ok(DeviceCertificate::decode(&bytes)?)
    }

    pub(crate) fn signature(&mut self) -> Result<Signature, BadBytes> {
        Ok(Signature::from_bytes(self.array()?))
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn u8(&mut self, number: u8) -> &mut Self {
        self.raw(&[number])
    }

    pub(crate) fn u64(&mut self, number: u64) -> &mut Self {
        self.raw(&number.to_be_bytes())
    }

    pub(crate) fn i64(&mut self, number: i64) -> &mut Self {
        self.raw(&number.to_be_bytes())
    }

    /// What is counted was held against its cap when it was made; a cap is far
    /// below what the number can say.
    pub(crate) fn count(&mut self, count: usize) -> &mut Self {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.raw(&count.to_be_bytes())
    }

    pub(crate) fn block(&mut self, bytes: &[u8]) -> &mut Self {
        self.count(bytes.len()).raw(bytes)
    }
}
