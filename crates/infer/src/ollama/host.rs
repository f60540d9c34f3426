use std::net::{Ipv4Addr, Ipv6Addr};

use crate::place::{NotAPlace, Place};

/// Where Ollama listens unless told otherwise.
const PORT: u16 = 11434;

/// Reads what Ollama reads in `OLLAMA_HOST`: `host`, `host:port`, `:port`, an
/// address of either version with or without a port, or a whole address. Nothing
/// means the usual place.
pub fn place(text: &str) -> Result<Place, NotAPlace> {
    let text = text.trim().trim_matches(['"', '\'']).trim();
    if text.contains("://") {
        return Place::parse(text);
    }
    let (host, path) = text.split_once('/').unwrap_or((text, ""));
    let host = match host.parse::<Ipv6Addr>() {
        Ok(bare) => format!("[{bare}]"),
        Err(_) if host.is_empty() || host.starts_with(':') => {
            format!("{}{host}", Ipv4Addr::LOCALHOST)
        }
        Err(_) => host.to_owned(),
    };
    if host == "ollama.com" {
        // The only place that Ollama itself never asks in the clear.
        return Place::parse(&format!("https://{host}/{path}"));
    }
    let has_port = host
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.ends_with(']'));
    if has_port {
        Place::parse(&format!("http://{host}/{path}"))
    } else {
        Place::parse(&format!("http://{host}:{PORT}/{path}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_ollama_understands_is_understood() {
        for (text, expected) in [
            ("", "http://127.0.0.1:11434"),
            ("http://127.0.0.1:11434", "http://127.0.0.1:11434"),
            ("http://127.0.0.1:11434/", "http://127.0.0.1:11434"),
            ("127.0.0.1", "http://127.0.0.1:11434"),
            ("127.0.0.1:9999", "http://127.0.0.1:9999"),
            (":9999", "http://127.0.0.1:9999"),
            ("gpu-box", "http://gpu-box:11434"),
            ("gpu-box:1234/ollama/", "http://gpu-box:1234/ollama"),
            ("https://models.lan/ollama", "https://models.lan/ollama"),
            ("http://models.lan", "http://models.lan"),
            ("0.0.0.0", "http://127.0.0.1:11434"),
            ("http://0.0.0.0:9999", "http://127.0.0.1:9999"),
            ("::1", "http://[::1]:11434"),
            ("::", "http://[::1]:11434"),
            ("[::]:9999", "http://[::1]:9999"),
            ("[fe80::1]", "http://[fe80::1]:11434"),
            ("ollama.com", "https://ollama.com"),
            ("  \"gpu-box\" ", "http://gpu-box:11434"),
        ] {
            let place = place(text).unwrap();
            assert_eq!(place.to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_plain_web_address_is_refused() {
        for text in [
            "ftp://host",
            "http://anna:secret@host:1",
            "anna@host",
            "http://host/?q=1",
            "host:99999",
            "host:port",
            "two words",
        ] {
            assert_eq!(place(text), Err(NotAPlace), "{text}");
        }
    }
}
