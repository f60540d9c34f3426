//! What lies under `/app/`, and what lies nowhere.

mod support;

use support::House;

#[tokio::test]
async fn the_page_is_there_without_a_token() {
    let house = House::open().await;
    for path in ["/", "/app"] {
        let answer = house.get(path, "").await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (307, "/app/"),
            "{path}"
        );
    }
    let page = house.get("/app/", "").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(String::from_utf8_lossy(&page.body).contains("<title>Banyan</title>"));
    house.close().await;
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do() {
    let house = House::open().await;
    for answer in [
        house.get("/app/", "").await,
        house.get("/nowhere", "").await,
        house.post("status", "", None).await,
        house
            .send("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
            .await,
    ] {
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("script-src 'self' 'unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    house.close().await;
}

#[tokio::test]
async fn a_page_that_did_not_change_is_not_sent_again() {
    let house = House::open().await;
    let first = house.get("/app/", "Accept-Encoding: br\r\n").await;
    assert_eq!(first.header("cache-control"), "no-cache");
    assert_eq!(first.header("vary"), "accept-encoding");
    let tag = first.header("etag").to_owned();
    let known = format!("Accept-Encoding: br\r\nIf-None-Match: \"x\", {tag}\r\n");
    let again = house.get("/app/", &known).await;
    assert_eq!((again.status, again.header("etag")), (304, tag.as_str()));
    assert!(again.body.is_empty());
    // Another form is another thing to keep.
    assert_ne!(house.get("/app/", "").await.header("etag"), tag);
    house.close().await;
}

#[tokio::test]
async fn the_page_is_compressed_for_those_who_take_it() {
    let house = House::open().await;
    let plain = house.get("/app/", "").await;
    assert_eq!(plain.header("content-encoding"), "");
    for encoding in ["br", "gzip"] {
        let packed = house
            .get("/app/", &format!("Accept-Encoding: {encoding}\r\n"))
            .await;
        assert_eq!(packed.header("content-encoding"), encoding);
        assert!(packed.body.len() < plain.body.len());
    }
    house.close().await;
}

#[tokio::test]
async fn nothing_outside_the_page_can_be_reached_through_it() {
    let house = House::open().await;
    for path in [
        "/app/../Cargo.toml",
        "/app/%2e%2e/Cargo.toml",
        "/app//etc/passwd",
        "/app/nothing.js",
    ] {
        let answer = house.get(path, "").await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    }
    house.close().await;
}

#[tokio::test]
async fn paths_kept_for_other_programs_say_so() {
    let house = House::open().await;
    for path in ["/api", "/api/tags", "/v1", "/v1/models"] {
        let answer = house.get(path, "").await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "reserved_path"),
            "{path}"
        );
    }
    for path in ["/rpc", "/rpc/", "/rpc/a/b"] {
        let answer = house.get(path, "").await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "unknown_path"),
            "{path}"
        );
    }
    for path in ["/apis", "/favicon.ico"] {
        let answer = house.get(path, "").await;
        assert_eq!(
            answer.header("content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
        assert_eq!(answer.status, 404, "{path}");
    }
    house.close().await;
}
