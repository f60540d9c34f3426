use tauri::Url;
use tokio::sync::watch;

use crate::{
    controller::{Answer, View},
    trouble,
};

/// Which pages are the window's own.
#[derive(Debug)]
pub(super) struct Origins {
    pub(super) app: Url,
    /// What the window is meant to show, which may name a service.
    pub(super) view: watch::Receiver<Option<View>>,
}

/// What becomes of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Here,
    Answer(Answer),
    Browser,
    Nowhere,
}

impl Origins {
    pub(super) fn judge(&self, url: &Url) -> Verdict {
        if trouble::is_here(url) {
            return trouble::answer(url).map_or(Verdict::Here, Verdict::Answer);
        }
        if same_origin(url, &self.app) || self.is_service(url) {
            return Verdict::Here;
        }
        if is_for_browser(url) {
            Verdict::Browser
        } else {
            Verdict::Nowhere
        }
    }

    fn is_service(&self, url: &Url) -> bool {
        match &*self.view.borrow() {
            Some(View::Service { link }) => {
                Url::parse(link).is_ok_and(|link| same_origin(url, &link))
            }
            _ => false,
        }
    }
}

pub(super) fn is_for_browser(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https" | "mailto")
}

/// Origins of own schemes are opaque and never equal, so their parts are compared.
fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controller::AppPage;

    fn judge(view: View, url: &str) -> Verdict {
        let (_sender, view) = watch::channel(Some(view));
        let origins = Origins {
            app: Url::parse("tauri://localhost/").unwrap(),
            view,
        };
        origins.judge(&Url::parse(url).unwrap())
    }

    #[test]
    fn the_page_of_the_bundle_stays_in_the_window() {
        let app = || View::App(AppPage::Start);
        for (url, verdict) in [
            ("tauri://localhost/", Verdict::Here),
            ("tauri://localhost/index.html#/settings", Verdict::Here),
            ("https://ollama.com/", Verdict::Browser),
            ("http://127.0.0.1:8080/app/", Verdict::Browser),
            ("mailto:a@example.org", Verdict::Browser),
            ("tauri://elsewhere/", Verdict::Nowhere),
            ("file:///etc/passwd", Verdict::Nowhere),
            ("javascript:alert(1)", Verdict::Nowhere),
            ("data:text/html,hi", Verdict::Nowhere),
        ] {
            assert_eq!(judge(app(), url), verdict, "{url}");
        }
    }

    #[test]
    fn only_the_service_it_was_given_is_shown() {
        let service = || View::Service {
            link: "http://127.0.0.1:8080/app/#code=1".to_owned(),
        };
        for (url, verdict) in [
            ("http://127.0.0.1:8080/app/", Verdict::Here),
            ("http://127.0.0.1:8081/app/", Verdict::Browser),
            ("http://localhost:8080/app/", Verdict::Browser),
            ("https://127.0.0.1:8080/app/", Verdict::Browser),
        ] {
            assert_eq!(judge(service(), url), verdict, "{url}");
        }
    }

    #[test]
    fn links_of_the_trouble_page_are_answers() {
        let view = || View::App(AppPage::Start);
        let at = |path: &str| format!("{}{path}", trouble::address());
        assert_eq!(judge(view(), &at("")), Verdict::Here);
        assert_eq!(judge(view(), &at("again")), Verdict::Answer(Answer::Again));
        assert_eq!(judge(view(), &at("quit")), Verdict::Answer(Answer::Quit));
    }
}
