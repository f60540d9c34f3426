//! What the system says when it refuses, in words a person can use.

use std::io;

/// Fit to follow a name and a colon; without the system's number for it.
pub fn plain(error: &io::Error) -> String {
    const WORDS: &[(io::ErrorKind, &str)] = &[
        (io::ErrorKind::NotFound, "its folder does not exist"),
        (io::ErrorKind::NotADirectory, "its folder is a file"),
        (io::ErrorKind::IsADirectory, "it is a folder"),
        (io::ErrorKind::AlreadyExists, "a file is in its place"),
        (io::ErrorKind::PermissionDenied, "permission is denied"),
        (io::ErrorKind::ReadOnlyFilesystem, "the disk is read-only"),
        (io::ErrorKind::StorageFull, "the disk is full"),
        (io::ErrorKind::QuotaExceeded, "the disk quota is used up"),
        (
            io::ErrorKind::AddrNotAvailable,
            "this machine does not have that address",
        ),
    ];
    let known = WORDS.iter().find(|(kind, _)| *kind == error.kind());
    known.map_or_else(
        || {
            error
                .to_string()
                .split(" (os error")
                .next()
                .unwrap_or_default()
                .to_owned()
        },
        |(_, words)| (*words).to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_the_system_is_told() {
        for number in 1..140 {
            let told = plain(&io::Error::from_raw_os_error(number));
            assert!(!told.is_empty() && !told.contains("os error"), "{told}");
        }
    }
}
