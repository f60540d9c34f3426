//! Which requests are for this gateway at all. A page of another site can make
//! a browser send requests here, and with a name that points to 127.0.0.1 even
//! read the answers; both show in the headers that a page cannot choose.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use api::{ApiError, Code};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::answer;

/// Browsers leave this one out of an address.
const HTTP_PORT: u16 = 80;

/// What every answer says to the browser.
const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

pub(crate) async fn turn_strangers_away(
    State(own): State<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = if is_for_us(request.headers(), own) {
        next.run(request).await
    } else {
        tracing::debug!("a request for another host or from another site was turned away");
        answer::refuse(&ApiError::new(Code::ForeignCaller, []))
    };
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(*name, HeaderValue::from_static(value));
    }
    response
}

fn is_for_us(headers: &HeaderMap, own: SocketAddr) -> bool {
    let Some(host) = only_value(headers, header::HOST) else {
        return false;
    };
    if !names(own).iter().any(|name| name == host) {
        return false;
    }
    if !headers.contains_key(header::ORIGIN) {
        return true;
    }
    only_value(headers, header::ORIGIN)
        .and_then(|origin| origin.strip_prefix("http://"))
        .is_some_and(|origin| origin == host)
}

fn only_value(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// The names under which a browser may know our own loopback address. A foreign
/// name can be made to point there, but it stays foreign.
fn names(own: SocketAddr) -> Vec<String> {
    let port = own.port();
    let mut names = vec![
        own.to_string(),
        format!("localhost:{port}"),
        SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port).to_string(),
        SocketAddr::new(Ipv6Addr::LOCALHOST.into(), port).to_string(),
    ];
    if port == HTTP_PORT {
        let bare = names
            .iter()
            .filter_map(|name| name.strip_suffix(":80"))
            .map(str::to_owned);
        names.extend(bare.collect::<Vec<_>>());
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_must_be_ours_to_the_port() {
        for good in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"] {
            assert!(allowed("127.0.0.1:8080", &[("host", good)]), "{good}");
        }
        for bad in [
            "127.0.0.1",
            "localhost:8081",
            "LOCALHOST:8080",
            "evil.example:8080",
            "10.0.0.1:8080",
            "",
        ] {
            assert!(!allowed("127.0.0.1:8080", &[("host", bad)]), "{bad}");
        }
        assert!(!allowed("127.0.0.1:8080", &[]));
        assert!(!allowed(
            "127.0.0.1:8080",
            &[("host", "127.0.0.1:8080"), ("host", "evil.example")]
        ));
    }

    #[test]
    fn browsers_leave_port_80_out() {
        assert!(allowed(
            "127.0.0.1:80",
            &[("host", "localhost"), ("origin", "http://localhost")]
        ));
        assert!(!allowed("127.0.0.1:8080", &[("host", "localhost")]));
    }

    #[test]
    fn the_origin_must_be_the_very_host() {
        let with = |origin| {
            allowed(
                "127.0.0.1:8080",
                &[("host", "127.0.0.1:8080"), ("origin", origin)],
            )
        };
        assert!(with("http://127.0.0.1:8080"));
        for bad in [
            "http://localhost:8080",
            "http://127.0.0.1:8081",
            "http://127.0.0.1",
            "https://127.0.0.1:8080",
            "http://evil.example",
            "null",
            "",
        ] {
            assert!(!with(bad), "{bad}");
        }
    }

    fn allowed(own: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        is_for_us(&map, own.parse().unwrap())
    }
}
