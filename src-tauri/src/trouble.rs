//! The page that says why there is nothing else to show.
//!
//! It comes from the shell itself under its own scheme, so that it works where
//! the bundle's page does not. It runs no script and has no command: its two
//! buttons are links, which [`crate::window`] takes for answers.

use api::sentences::Language;
use tauri::{
    Url,
    http::{Response, header},
};

use crate::controller::{Answer, Trouble};

pub(crate) const SCHEME: &str = "trouble";

const TEMPLATE: &str = include_str!("trouble/page.html");

/// Where the page is; Windows knows no schemes but http.
pub(crate) fn address() -> &'static str {
    if cfg!(windows) {
        "http://trouble.localhost/"
    } else {
        "trouble://localhost/"
    }
}

pub(crate) fn is_here(url: &Url) -> bool {
    url.as_str().starts_with(address())
}

/// The answer that a link of the page stands for.
pub(crate) fn answer(url: &Url) -> Option<Answer> {
    match url.path() {
        "/again" => Some(Answer::Again),
        "/quit" => Some(Answer::Quit),
        _ => None,
    }
}

/// The page as the web view gets it.
pub(crate) fn response(trouble: &Trouble) -> Response<Vec<u8>> {
    let mut response = Response::new(page(trouble).into_bytes());
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        header::HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-store"),
    );
    response
}

fn page(trouble: &Trouble) -> String {
    let (language, direction) = match trouble.language {
        Language::English => ("en", "ltr"),
        Language::Persian => ("fa", "rtl"),
    };
    let slots = [
        ("language", language),
        ("direction", direction),
        ("title", &trouble.why.title),
        ("text", &trouble.why.text),
        ("fix", &trouble.why.fix),
        ("again", &trouble.again),
        ("quit", &trouble.quit),
        ("address", address()),
    ];
    fill(TEMPLATE, &slots)
}

/// One pass, so that a value is never searched for slots.
fn fill(template: &str, slots: &[(&str, &str)]) -> String {
    let mut page = String::with_capacity(template.len());
    let mut pieces = template.split("{{");
    page.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or(("", piece));
        let value = slots
            .iter()
            .find(|(slot, _)| *slot == name)
            .map_or("", |(_, value)| value);
        push_text(&mut page, value);
        page.push_str(rest);
    }
    page
}

/// Sentences put what one types between backticks.
fn push_text(page: &mut String, value: &str) {
    for (index, piece) in value.split('`').enumerate() {
        if index % 2 == 1 {
            page.push_str("<code>");
            push_escaped(page, piece);
            page.push_str("</code>");
        } else {
            push_escaped(page, piece);
        }
    }
}

fn push_escaped(page: &mut String, value: &str) {
    for character in value.chars() {
        match character {
            '&' => page.push_str("&amp;"),
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '"' => page.push_str("&quot;"),
            '\'' => page.push_str("&#39;"),
            other => page.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use api::sentences::Sentence;

    use super::*;

    fn trouble(text: &str) -> Trouble {
        Trouble {
            why: Sentence {
                title: "The disk is full".to_owned(),
                text: text.to_owned(),
                fix: "Free some space.".to_owned(),
            },
            again: "Try again".to_owned(),
            quit: "Quit Banyan".to_owned(),
            language: Language::Persian,
        }
    }

    #[test]
    fn every_slot_is_filled() {
        let page = page(&trouble("Nothing fits."));
        for expected in [
            "The disk is full",
            "Nothing fits.",
            "Free some space.",
            "Try again",
            "Quit Banyan",
        ] {
            assert!(page.contains(expected), "{expected}");
        }
        assert!(page.contains("lang=\"fa\" dir=\"rtl\""));
        assert!(!page.contains("{{") && !page.contains("}}"));
    }

    #[test]
    fn a_folder_name_cannot_write_into_the_page() {
        let page = page(&trouble("<script>alert(1)</script> {{quit}} \" '"));
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; {{quit}} &quot; &#39;"));
    }

    #[test]
    fn what_one_types_looks_like_it() {
        let page = page(&trouble("Run `banyan <x>` now."));
        assert!(page.contains("Run <code>banyan &lt;x&gt;</code> now."));
    }

    #[test]
    fn its_links_are_answers() {
        let answer_of = |path: &str| answer(&Url::parse(address()).unwrap().join(path).unwrap());
        assert_eq!(answer_of("again"), Some(Answer::Again));
        assert_eq!(answer_of("quit"), Some(Answer::Quit));
        assert_eq!(answer_of(""), None);
    }
}
