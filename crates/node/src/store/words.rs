/// An enum whose values are words in the file. The words are part of the format:
/// one that is there never changes, and a new one is a migration that older
/// builds must not open.
macro_rules! words {
    ($(#[$attribute:meta])* $Name:ident { $($(#[doc = $doc:literal])* $Value:ident = $word:literal),+ $(,)? }) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Name { $($(#[doc = $doc])* $Value),+ }

        impl $Name {
            pub const ALL: &[Self] = &[$(Self::$Value),+];

            pub const fn word(self) -> &'static str {
                match self { $(Self::$Value => $word),+ }
            }

            pub fn of_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$Value),)+
                    _ => None,
                }
            }
        }

        impl rusqlite::types::ToSql for $Name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(self.word().into())
            }
        }

        impl rusqlite::types::FromSql for $Name {
            fn column_result(
                value: rusqlite::types::ValueRef<'_>,
            ) -> rusqlite::types::FromSqlResult<Self> {
                Self::of_word(value.as_str()?).ok_or(rusqlite::types::FromSqlError::InvalidType)
            }
        }
    };
}

pub(super) use words;
