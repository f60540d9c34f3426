use api::{
    ApiError, Code, Desktop,
    dto::{DesktopState, Place},
};
use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};

use crate::controller::{FolderQuestion, Input, Reply, Request, TextToSave};

/// What the page may ask of the desktop goes to the controller, like
/// everything else that can wake it.
#[derive(Debug)]
pub(crate) struct PageDesktop {
    inbox: mpsc::UnboundedSender<Input>,
}

impl PageDesktop {
    pub(crate) fn new(inbox: mpsc::UnboundedSender<Input>) -> Self {
        Self { inbox }
    }

    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, ApiError> {
        let (reply, answer) = oneshot::channel();
        let ending = || ApiError::new(Code::Stopping, []);
        self.inbox
            .send(Input::Asked(request(reply)))
            .map_err(|_| ending())?;
        answer.await.map_err(|_| ending())?
    }
}

#[async_trait]
impl Desktop for PageDesktop {
    async fn state(&self) -> Result<DesktopState, ApiError> {
        self.ask(Request::State).await
    }

    async fn set_autostart(&self, on: bool) -> Result<DesktopState, ApiError> {
        self.ask(|reply| Request::SetAutostart(on, reply)).await
    }

    async fn open(&self, place: Place) -> Result<(), ApiError> {
        self.ask(|reply| Request::Open(place, reply)).await
    }

    async fn pick_folder(&self, title: String) -> Result<Option<String>, ApiError> {
        self.ask(|reply| Request::PickFolder(FolderQuestion { title }, reply))
            .await
    }

    async fn save_text(
        &self,
        title: String,
        file_name: String,
        text: String,
    ) -> Result<Option<String>, ApiError> {
        self.ask(|reply| {
            Request::SaveText(
                TextToSave {
                    title,
                    file_name,
                    text,
                },
                reply,
            )
        })
        .await
    }

    async fn try_notification(&self) -> Result<(), ApiError> {
        self.ask(Request::TryNotification).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_that_never_comes_is_an_error() {
        let (inbox, mut inputs) = mpsc::unbounded_channel();
        let desktop = PageDesktop::new(inbox);
        let (answer, ()) = tokio::join!(desktop.state(), async {
            drop(inputs.recv().await);
        });
        assert_eq!(answer.unwrap_err().code, Code::Stopping);
        drop(inputs);
        assert_eq!(
            desktop.try_notification().await.unwrap_err().code,
            Code::Stopping
        );
    }
}
