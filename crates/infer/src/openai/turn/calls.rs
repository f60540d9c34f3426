//! Calls of tools, which come in parts.

use serde::Deserialize;
use serde_json::Map;

use crate::{Failure, ToolCall};

/// No model calls more tools at once and means it.
const MOST: usize = 256;

/// What all of them are called with.
const LARGEST: usize = 8 * 1024 * 1024;

/// Puts them together.
#[derive(Debug, Default)]
pub(super) struct Calls {
    begun: Vec<Begun>,
    bytes: usize,
}

#[derive(Debug)]
struct Begun {
    index: Option<usize>,
    id: Option<String>,
    name: String,
    arguments: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Part {
    index: Option<usize>,
    id: Option<String>,
    function: Option<Function>,
}

#[derive(Debug, Deserialize)]
struct Function {
    name: Option<String>,
    arguments: Option<String>,
}

impl Calls {
    pub(super) fn take(&mut self, part: Part) -> Result<(), Failure> {
        let id = part.id.filter(|id| !id.is_empty());
        let function = part.function;
        let (name, arguments) = function.map_or((None, None), |of| (of.name, of.arguments));
        let (name, arguments) = (name.unwrap_or_default(), arguments.unwrap_or_default());
        self.bytes += name.len() + arguments.len();
        if self.bytes > LARGEST {
            return Err(Failure::garbage("calls of tools without end"));
        }
        let same = |begun: &&mut Begun| match (part.index, &id) {
            (Some(_), _) => begun.index == part.index,
            // Without numbers a new id begins a new call.
            (None, Some(id)) => begun.id.as_ref() == Some(id),
            (None, None) => true,
        };
        if let Some(begun) = self.begun.iter_mut().rev().find(same) {
            begun.id = begun.id.take().or(id);
            begun.name.push_str(&name);
            begun.arguments.push_str(&arguments);
            return Ok(());
        }
        if self.begun.len() == MOST {
            return Err(Failure::garbage("calls of tools without end"));
        }
        self.begun.push(Begun {
            index: part.index,
            id,
            name,
            arguments,
        });
        Ok(())
    }

    pub(super) fn whole(self) -> Result<Vec<ToolCall>, Failure> {
        self.begun.into_iter().map(Begun::whole).collect()
    }
}

impl Begun {
    fn whole(self) -> Result<ToolCall, Failure> {
        let arguments = match self.arguments.trim() {
            "" => Map::new(),
            text => serde_json::from_str(text)
                .map_err(|error| Failure::garbage(&format!("a call of {}: {error}", self.name)))?,
        };
        Ok(ToolCall {
            id: self.id,
            name: self.name,
            arguments,
        })
    }
}
