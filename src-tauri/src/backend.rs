//! Where the window finds the node of this process.

use api::{Api, ApiError, Code};
use gateway::Links;
use tokio::sync::watch;

/// What stands behind the window's calls.
#[derive(Debug, Clone)]
pub(crate) enum Behind {
    /// Calls wait: the window is there before the node.
    Starting,
    Running {
        api: Api,
        /// Links for the person's browser, where the page is served.
        links: Option<Links>,
    },
    Nothing(ApiError),
}

/// Reaches the node as it comes, goes and comes again.
#[derive(Debug, Clone)]
pub(crate) struct Backend {
    behind: watch::Receiver<Behind>,
}

impl Backend {
    pub(crate) fn new(behind: watch::Receiver<Behind>) -> Self {
        Self { behind }
    }

    /// The api, once the node runs.
    pub(crate) async fn api(&self) -> Result<Api, ApiError> {
        let mut behind = self.behind.clone();
        let decided = behind
            .wait_for(|behind| !matches!(behind, Behind::Starting))
            .await;
        match decided.as_deref() {
            Ok(Behind::Running { api, .. }) => Ok(api.clone()),
            Ok(Behind::Nothing(reason)) => Err(reason.clone()),
            Ok(Behind::Starting) | Err(_) => Err(ApiError::new(Code::Stopping, [])),
        }
    }

    /// A link that opens the page once, in the person's browser.
    pub(crate) fn page_link(&self) -> Result<String, ApiError> {
        let Behind::Running {
            links: Some(links), ..
        } = &*self.behind.borrow()
        else {
            return Err(failed("http.enabled is off"));
        };
        links.make().map_err(|error| failed(&error.to_string()))
    }

    /// The api of a node, now or later, however long that takes; `None` when
    /// the application ends.
    pub(crate) async fn next_api(&self) -> Option<Api> {
        let mut behind = self.behind.clone();
        let running = behind
            .wait_for(|behind| matches!(behind, Behind::Running { .. }))
            .await;
        match running.as_deref() {
            Ok(Behind::Running { api, .. }) => Some(api.clone()),
            Ok(Behind::Starting | Behind::Nothing(_)) | Err(_) => None,
        }
    }

    /// Waits until the node that ran is gone, or the application ends.
    pub(crate) async fn wait_until_gone(&self) {
        let mut behind = self.behind.clone();
        // An error means that the application ends, which is the same here.
        let _ = behind
            .wait_for(|behind| !matches!(behind, Behind::Running { .. }))
            .await;
    }
}

fn failed(reason: &str) -> ApiError {
    ApiError::new(Code::DesktopFailed, [("reason", reason.to_owned())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn calls_wait_until_it_is_decided() {
        let (behind, seen) = watch::channel(Behind::Starting);
        let backend = Backend::new(seen);
        let call = backend.api();
        let reason = ApiError::new(Code::DiskFull, [("folder", "/data".to_owned())]);
        let decide = async { behind.send(Behind::Nothing(reason.clone())).unwrap() };
        let (answer, ()) = tokio::join!(call, decide);
        assert_eq!(answer.unwrap_err(), reason);
    }

    #[tokio::test]
    async fn when_the_application_ends_nobody_waits() {
        let (behind, seen) = watch::channel(Behind::Starting);
        let backend = Backend::new(seen);
        drop(behind);
        assert_eq!(backend.api().await.unwrap_err().code, Code::Stopping);
        assert!(backend.next_api().await.is_none());
    }
}
