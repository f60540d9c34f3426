//! What the bodies of ops say.
//!
//! A body is 16 random bytes, then fields, each one byte of name, its length (4)
//! and its bytes. A newer build may add fields: who does not know one passes it
//! over, and hands the body on as it came.

use super::bytes::{BadBytes, Reader, Writer};
use crate::{id::DeviceId, limits};

/// A body that can be read from the bytes of an op, and written.
pub trait Body: Sized {
    fn write(&self, fields: &mut Fields);
    fn field(&mut self, name: u8, value: &[u8]) -> Result<(), BodyError>;
    fn empty() -> Self;

    /// `salt` is random: without it an erased body could be found by trying.
    fn encode(&self, salt: [u8; 16]) -> Result<Vec<u8>, BodyError> {
        let mut fields = Fields(Writer::default());
        fields.0.raw(&salt);
        self.write(&mut fields);
        let bytes = fields.0.finish();
        if bytes.len() > limits::OP_BODY {
            return Err(BodyError::TooLong {
                length: bytes.len(),
            });
        }
        Ok(bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Self, BodyError> {
        let mut from = Reader::new(bytes);
        from.array::<16>()?;
        let mut body = Self::empty();
        while !from.is_empty() {
            let name = from.u8()?;
            body.field(name, from.block("bytes of a field", limits::OP_BODY)?)?;
        }
        Ok(body)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    #[error("{length} bytes, where {} are allowed", limits::OP_BODY)]
    TooLong { length: usize },
    #[error(transparent)]
    Bytes(#[from] BadBytes),
}

#[derive(Debug)]
pub struct Fields(Writer);

impl Fields {
    fn put(&mut self, name: u8, value: &[u8]) {
        self.0.u8(name).block(value);
    }

    fn put_text(&mut self, name: u8, value: Option<&str>) {
        if let Some(value) = value {
            self.put(name, value.as_bytes());
        }
    }
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageBody {
    pub text: String,
    /// What the model thought before it answered.
    pub reasoning: Option<String>,
    /// Which model wrote it, or was asked.
    pub model: Option<String>,
    /// The machine on which the model ran.
    pub served_by: Option<DeviceId>,
    /// With which parameters, as JSON of whoever wrote it.
    pub parameters: Option<String>,
}

impl Body for MessageBody {
    fn empty() -> Self {
        Self::default()
    }

    fn write(&self, fields: &mut Fields) {
        fields.put_text(1, Some(&self.text));
        fields.put_text(2, self.reasoning.as_deref());
        fields.put_text(3, self.model.as_deref());
        if let Some(device) = &self.served_by {
            fields.put(4, device.as_bytes());
        }
        fields.put_text(5, self.parameters.as_deref());
    }

    fn field(&mut self, name: u8, value: &[u8]) -> Result<(), BodyError> {
        match name {
            1 => self.text = text(value)?,
            2 => self.reasoning = Some(text(value)?),
            3 => self.model = Some(text(value)?),
            4 => self.served_by = Some(DeviceId::from_bytes(value).map_err(BadBytes::Key)?),
            5 => self.parameters = Some(text(value)?),
            _ => {}
        }
        Ok(())
    }
}

/// One field of a room and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaBody {
    pub field: MetaField,
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MetaField {
    Title,
    SystemPrompt,
    /// Parameters of the model, as JSON of whoever set them.
    Parameters,
    /// The model that is asked here.
    Model,
    /// Whether models answer without being mentioned.
    Answering,
    /// Of a newer build.
    Unknown(u8),
}

impl MetaField {
    pub fn number(self) -> u8 {
        match self {
            Self::Title => 1,
            Self::SystemPrompt => 2,
            Self::Parameters => 3,
            Self::Model => 4,
            Self::Answering => 5,
            Self::Unknown(number) => number,
        }
    }

    pub fn of(number: u8) -> Self {
        match number {
            1 => Self::Title,
            2 => Self::SystemPrompt,
            3 => Self::Parameters,
            4 => Self::Model,
            5 => Self::Answering,
            number => Self::Unknown(number),
        }
    }
}

impl Body for MetaBody {
    fn empty() -> Self {
        Self {
            field: MetaField::Unknown(0),
            value: String::new(),
        }
    }

    fn write(&self, fields: &mut Fields) {
        fields.put(1, &[self.field.number()]);
        fields.put_text(2, Some(&self.value));
    }

    fn field(&mut self, name: u8, value: &[u8]) -> Result<(), BodyError> {
        match name {
            1 => self.field = MetaField::of(one(value)?),
            2 => self.value = text(value)?,
            _ => {}
        }
        Ok(())
    }
}

/// One personal value: what about what. Nothing where it was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteBody {
    pub topic: Topic,
    /// Which room, prompt or other thing.
    pub subject: Vec<u8>,
    pub value: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    Pinned,
    Archived,
    /// How far a room was read.
    Read,
    /// Which of several branches is shown.
    Branch,
    Prompt,
    Draft,
    Muted,
    /// Of a newer build.
    Unknown(u8),
}

impl Topic {
    pub fn number(self) -> u8 {
        match self {
            Self::Pinned => 1,
            Self::Archived => 2,
            Self::Read => 3,
            Self::Branch => 4,
            Self::Prompt => 5,
            Self::Draft => 6,
            Self::Muted => 7,
            Self::Unknown(number) => number,
        }
    }

    pub fn of(number: u8) -> Self {
        match number {
            1 => Self::Pinned,
            2 => Self::Archived,
            3 => Self::Read,
            4 => Self::Branch,
            5 => Self::Prompt,
            6 => Self::Draft,
            7 => Self::Muted,
            number => Self::Unknown(number),
        }
    }
}

impl Body for NoteBody {
    fn empty() -> Self {
        Self {
            topic: Topic::Unknown(0),
            subject: Vec::new(),
            value: None,
        }
    }

    fn write(&self, fields: &mut Fields) {
        fields.put(1, &[self.topic.number()]);
        fields.put(2, &self.subject);
        if let Some(value) = &self.value {
            fields.put(3, value);
        }
    }

    fn field(&mut self, name: u8, value: &[u8]) -> Result<(), BodyError> {
        match name {
            1 => self.topic = Topic::of(one(value)?),
            2 => self.subject = value.to_vec(),
            3 => self.value = Some(value.to_vec()),
            _ => {}
        }
        Ok(())
    }
}

/// How an attached file is called. The name is for showing, and never a path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttachmentBody {
    pub name: String,
    pub media_type: String,
}

impl Body for AttachmentBody {
    fn empty() -> Self {
        Self::default()
    }

    fn write(&self, fields: &mut Fields) {
        fields.put_text(1, Some(&self.name));
        fields.put_text(2, Some(&self.media_type));
    }

    fn field(&mut self, name: u8, value: &[u8]) -> Result<(), BodyError> {
        match name {
            1 => self.name = text(value)?,
            2 => self.media_type = text(value)?,
            _ => {}
        }
        Ok(())
    }
}

fn text(bytes: &[u8]) -> Result<String, BodyError> {
    let text = str::from_utf8(bytes).map_err(|_| BadBytes::Text)?;
    Ok(text.to_owned())
}

fn one(bytes: &[u8]) -> Result<u8, BodyError> {
    let mut from = Reader::new(bytes);
    let number = from.u8()?;
    from.end()?;
    Ok(number)
}
