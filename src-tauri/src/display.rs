//! Whether there is a screen to open a window on, and what is said to the
//! terminal where there is none.

use std::{error::Error, io::Write as _, process::ExitCode};

use api::{
    ApiError, Code,
    sentences::{Language, Sentence},
};

use crate::words;

/// No screen.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoDisplay;

/// On Linux a variable names the screen; the toolkit panics where both are missing.
pub(crate) fn find() -> Result<(), NoDisplay> {
    find_with(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

pub(crate) fn say(NoDisplay: &NoDisplay, language: Language) -> ExitCode {
    say_words(&words::of("no_display", [], language))
}

/// What even a window could not say, because there is none.
pub(crate) fn say_failure(reason: &dyn Error, language: Language) -> ExitCode {
    let error = ApiError::new(Code::DesktopFailed, [("reason", reason.to_string())]);
    say_words(&words::of_error(&error, language))
}

fn find_with(is_set: impl Fn(&str) -> bool) -> Result<(), NoDisplay> {
    let named = ["WAYLAND_DISPLAY", "DISPLAY"].into_iter().any(is_set);
    if cfg!(target_os = "linux") && !named {
        Err(NoDisplay)
    } else {
        Ok(())
    }
}

fn say_words(words: &Sentence) -> ExitCode {
    // Where even this cannot be written nobody is there to read it.
    let _ = writeln!(
        std::io::stderr(),
        "{}\n{} {}",
        words.title,
        words.text,
        words.fix
    );
    ExitCode::FAILURE
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn either_kind_of_display_will_do() {
        assert_eq!(find_with(|name| name == "DISPLAY"), Ok(()));
        assert_eq!(find_with(|name| name == "WAYLAND_DISPLAY"), Ok(()));
        assert_eq!(find_with(|_| false), Err(NoDisplay));
    }
}
