//! What the system says when it refuses, in words a person can use.

use std::io;

/// Fit to follow a name and a colon; without the system's number for it.
pub fn plain(error: &io::Error) -> String {
    known(error).map_or_else(
        || said_by_the_system(error),
        |(_, _, plain)| (*plain).to_owned(),
    )
}

/// The same as a parameter of a sentence: a word of its language where there is
/// one.
pub fn reason(error: &io::Error) -> String {
    known(error).map_or_else(
        || said_by_the_system(error),
        |(_, word, _)| (*word).to_owned(),
    )
}

/// The same of a file that was to be read.
pub fn reason_unread(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::NotFound {
        "#file_missing".to_owned()
    } else {
        reason(error)
    }
}

type Known = (io::ErrorKind, &'static str, &'static str);

const KNOWN: &[Known] = &[
    (
        io::ErrorKind::NotFound,
        "#folder_missing",
        "its folder does not exist",
    ),
    (
        io::ErrorKind::NotADirectory,
        "#folder_is_file",
        "its folder is a file",
    ),
    (io::ErrorKind::IsADirectory, "#is_folder", "it is a folder"),
    (
        io::ErrorKind::AlreadyExists,
        "#file_in_place",
        "a file is in its place",
    ),
    (
        io::ErrorKind::PermissionDenied,
        "#no_permission",
        "permission is denied",
    ),
    (
        io::ErrorKind::ReadOnlyFilesystem,
        "#disk_read_only",
        "the disk is read-only",
    ),
    (io::ErrorKind::StorageFull, "#disk_full", "the disk is full"),
    (
        io::ErrorKind::QuotaExceeded,
        "#quota_used_up",
        "the disk quota is used up",
    ),
    (
        io::ErrorKind::AddrNotAvailable,
        "#not_own_address",
        "this machine does not have that address",
    ),
];

fn known(error: &io::Error) -> Option<&'static Known> {
    KNOWN.iter().find(|(kind, _, _)| *kind == error.kind())
}

fn said_by_the_system(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned()
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
