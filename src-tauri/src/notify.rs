//! Notifications. The system shows them without saying whether it did, so
//! nothing may depend on one being seen.

use api::{ApiError, Code, sentences::Sentence};
use tauri::AppHandle;
use tauri_plugin_notification::{ActionPerformed, NotificationExt as _};
use tracing::debug;

use crate::controller::AppPage;

/// The name under which packages install the icon; other systems take the
/// application's own.
const ICON: &str = "banyan-desktop";
/// Under this a notification carries where a click on it leads.
const PAGE: &str = "page";

pub(crate) fn show(app: &AppHandle, words: &Sentence, page: &AppPage) -> Result<(), ApiError> {
    let mut notification = app
        .notification()
        .builder()
        .title(&words.title)
        .body(body(words))
        .extra(PAGE, page);
    if cfg!(target_os = "linux") {
        notification = notification.icon(ICON);
    }
    notification
        .show()
        .map_err(|error| ApiError::new(Code::DesktopFailed, [("reason", error.to_string())]))
}

/// A click on any notification is taken for a wish to see what it is about.
pub(crate) fn on_click(app: &AppHandle, clicked: impl Fn(AppPage) + Send + Sync + 'static) {
    let on_action = move |action: &ActionPerformed| clicked(page_of(action));
    if let Err(error) = app.notification().on_action(on_action) {
        debug!(%error, "clicks on notifications are not heard");
    }
}

fn page_of(action: &ActionPerformed) -> AppPage {
    action
        .notification()
        .and_then(|clicked| clicked.extra().get(PAGE))
        .and_then(|page| serde_json::from_value(page.clone()).ok())
        .unwrap_or(AppPage::Start)
}

fn body(words: &Sentence) -> String {
    [words.text.as_str(), words.fix.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_comes_before_what_to_do() {
        let words = |text: &str, fix: &str| Sentence {
            title: "Title".to_owned(),
            text: text.to_owned(),
            fix: fix.to_owned(),
        };
        assert_eq!(body(&words("It broke.", "Mend it.")), "It broke. Mend it.");
        assert_eq!(body(&words("It broke.", "")), "It broke.");
    }
}
