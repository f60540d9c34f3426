use std::fmt;
use std::path::PathBuf;

/// Which layer a value comes from; later wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    Default,
    File,
    Environment,
    Flag,
}

/// Where exactly a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Default,
    File { path: PathBuf, place: Option<Place> },
    Environment { variable: String },
    Flag { flag: String },
}

/// A position in a file, both counted from 1 and the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

impl Origin {
    pub fn source(&self) -> Source {
        match self {
            Self::Default => Source::Default,
            Self::File { .. } => Source::File,
            Self::Environment { .. } => Source::Environment,
            Self::Flag { .. } => Source::Flag,
        }
    }

    /// The file could change nothing.
    pub fn is_fixed(&self) -> bool {
        self.source() > Source::File
    }
}

/// The file with the position where it is known, the variable or the flag; nothing for a default.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => Ok(()),
            Self::File { path, place: None } => write!(f, "{}", path.display()),
            Self::File {
                path,
                place: Some(place),
            } => write!(f, "{}, {place}", path.display()),
            Self::Environment { variable } => f.write_str(variable),
            Self::Flag { flag } => f.write_str(flag),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

impl Place {
    /// Of the byte at `offset`.
    pub(super) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }
}
