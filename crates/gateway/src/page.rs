//! The page under `/app/`, packed into the program by the build script. Its
//! files are the same for everybody, so they need no token.

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

/// One file of the page.
struct Asset {
    path: &'static str,
    media_type: &'static str,
    /// Changes with the content.
    hash: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

/// Sorted by path.
static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Files in this folder carry a hash of their content in their name.
const HASHED: &str = "assets/";

const NOT_FOUND: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <meta name=\"color-scheme\" content=\"light dark\"><title>Not found</title>\
    <h1>Nothing is here</h1><p>The page of this node is <a href=\"/app/\">here</a>.</p></html>";

pub(crate) async fn go_there() -> Redirect {
    Redirect::temporary("/app/")
}

pub(crate) async fn index(headers: HeaderMap) -> Response {
    serve("index.html", &headers)
}

pub(crate) async fn file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    serve(&path, &headers)
}

pub(crate) fn not_found() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (StatusCode::NOT_FOUND, headers, NOT_FOUND).into_response()
}

fn serve(path: &str, request: &HeaderMap) -> Response {
    let Some(asset) = find(path) else {
        return not_found();
    };
    let (encoding, content) = best_form(asset, request);
    let tag = format!(
        "\"{}{}\"",
        asset.hash,
        encoding.map(|e| format!("-{e}")).unwrap_or_default()
    );
    let unchanged = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|known| known.to_str().ok())
        .flat_map(|known| known.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == tag);

    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Body::from(content).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(asset.media_type),
        );
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(caching(asset)),
    );
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn find(path: &str) -> Option<&'static Asset> {
    let at = ASSETS.binary_search_by(|asset| asset.path.cmp(path)).ok()?;
    ASSETS.get(at)
}

fn best_form(asset: &Asset, request: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
    [("br", asset.brotli), ("gzip", asset.gzip)]
        .into_iter()
        .find_map(|(name, form)| Some((Some(name), form.filter(|_| accepts(request, name))?)))
        .unwrap_or((None, asset.plain))
}

fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|offer| {
            let mut parts = offer.split(';').map(str::trim);
            parts.next() == Some(encoding) && !parts.any(is_never)
        })
}

fn is_never(weight: &str) -> bool {
    weight
        .strip_prefix("q=")
        .and_then(|weight| weight.parse::<f32>().ok())
        .is_some_and(|weight| weight <= 0.0)
}

fn caching(asset: &Asset) -> &'static str {
    if asset.path.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        // May be kept, but is asked for each time: a new version shows at once.
        "no-cache"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_page_and_its_table_is_sorted() {
        assert!(find("index.html").is_some());
        assert!(ASSETS.is_sorted_by(|a, b| a.path < b.path));
    }

    #[test]
    fn only_hashed_files_are_kept_for_good() {
        let named = |path| Asset {
            path,
            media_type: "text/plain",
            hash: "",
            plain: b"",
            brotli: None,
            gzip: None,
        };
        assert!(caching(&named("assets/index-B3fA9x.js")).contains("immutable"));
        assert_eq!(caching(&named("index.html")), "no-cache");
        assert_eq!(caching(&named("theme.js")), "no-cache");
    }

    #[test]
    fn the_smallest_form_a_browser_takes_is_sent() {
        let asset = Asset {
            path: "a.js",
            media_type: "text/javascript",
            hash: "",
            plain: b"plain",
            brotli: Some(b"br"),
            gzip: Some(b"gz"),
        };
        let form = |offer: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(offer));
            best_form(&asset, &headers)
        };
        assert_eq!(form("gzip, deflate, br, zstd"), (Some("br"), &b"br"[..]));
        assert_eq!(form("gzip;q=0.8, br;q=0"), (Some("gzip"), &b"gz"[..]));
        assert_eq!(form("identity"), (None, &b"plain"[..]));
        assert_eq!(form("brotli"), (None, &b"plain"[..]));
    }
}
