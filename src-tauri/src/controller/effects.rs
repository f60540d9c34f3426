use api::{
    ApiError,
    dto::Place,
    sentences::{Language, Sentence},
};

use serde::{Deserialize, Serialize};

use super::{FolderQuestion, Reply, TextToSave};
use crate::tray::model::Tray;

/// What the controller can cause. Nothing here waits: what takes time answers
/// by an input or by its reply.
pub(crate) trait Effects {
    /// Opens the window on `view`, or turns an open one to it, and raises it.
    fn show(&mut self, view: &View, theme: Theme);
    /// Raises the open window.
    fn raise(&mut self);
    /// Remembers where the window was, and ends it together with its page.
    fn close_window(&mut self);
    fn apply_theme(&mut self, theme: Theme);
    fn set_tray(&mut self, tray: Tray);
    /// `TrayWaitOver` follows after a while.
    fn wait_for_tray(&mut self);
    /// A click on it leads to `page`.
    fn notify(&mut self, words: &Sentence, page: &AppPage) -> Result<(), ApiError>;
    fn remember_tray_hint(&mut self);

    /// `NodeRuns`, `NodeIsService` or `NodeDidNotStart` follows.
    fn start_node(&mut self);
    /// `NodeStopped` follows, whether or not one runs.
    fn stop_node(&mut self);

    /// Where it was done, `NodeRuns` follows.
    fn set_sharing(&mut self, on: bool);

    fn autostart(&mut self) -> Result<bool, ApiError>;
    fn set_autostart(&mut self, on: bool) -> Result<(), ApiError>;
    fn open(&mut self, place: Place, reply: Reply<()>);
    fn pick_folder(&mut self, question: FolderQuestion, reply: Reply<Option<String>>);
    fn save_text(&mut self, what: TextToSave, reply: Reply<Option<String>>);

    /// Ends the process.
    fn leave(&mut self);
}

/// What the window shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum View {
    /// The page in the bundle.
    App(AppPage),
    /// The page of a node in another process, by its one-time link.
    Service { link: String },
    /// Why there is nothing else to show.
    Trouble(Trouble),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AppPage {
    /// Wherever the page is, or where it begins.
    Start,
    Settings,
    /// All machines; pairings under way stand first.
    Machines,
    /// One machine, by its id.
    Machine(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) why: Sentence,
    /// The labels of its two buttons.
    pub(crate) again: String,
    pub(crate) quit: String,
    pub(crate) language: Language,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    System,
    Light,
    Dark,
}
