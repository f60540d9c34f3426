//! What the desktop application does, and when.
//!
//! One actor owns it. Everything that can wake it is an [`Input`]; everything
//! it can cause is a method of [`Effects`]. It opens no window and touches no
//! disk itself, so each rule is tested against a recording double.
//!
//! The rules:
//! - Closing the window ends the page and keeps the node, where a tray can
//!   bring the window back. Without a tray closing quits. Either is told once.
//! - A second start raises the window of the first.
//! - A machine that is new nearby, asks for something or answers is told, where
//!   the person wants that; the node paces it. A click leads there.
//! - A node that fails while running is started once more; then a window says
//!   what is wrong. A page that fails is opened once more; then likewise.
//! - Quitting ends the window, then the node, then the process.
//!
//! Invariant: a program without a window can always be reached, by its tray or
//! because the window comes back by itself.

mod effects;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use api::{
    ApiError,
    dto::{DesktopState, Place},
    sentences::{Language, Sentence},
};
use tokio::sync::{mpsc, oneshot};
use tracing::{debug, error, info, warn};

pub(crate) use self::effects::{AppPage, Effects, Theme, Trouble, View};
use crate::{
    tray::model::{Action, Condition, Tray},
    words,
};

/// Everything that can wake the controller.
#[derive(Debug)]
pub(crate) enum Input {
    /// The node runs, or what is shown of it changed.
    NodeRuns(NodeView),
    /// Another process runs the node; the link opens its page once.
    NodeIsService {
        link: String,
    },
    NodeDidNotStart(ApiError),
    /// It ran, failed and was stopped.
    NodeCrashed {
        reason: String,
    },
    NodeStopped,
    WindowClosed,
    PageCrashed,
    /// From the tray.
    Chosen(Action),
    /// The node says that a person may want to know of a machine.
    MachineNoticed(Noticed),
    /// A notification was clicked that leads to this page.
    NotificationClicked(AppPage),
    /// From the window that tells of trouble.
    Answered(Answer),
    /// Somebody started the application again.
    SecondStart,
    /// Whether the desktop shows the tray icon.
    TrayShown(bool),
    TrayWaitOver,
    Asked(Request),
    Quit,
}

/// What the shell shows of a running node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeView {
    pub(crate) machine: String,
    /// Other machines with a session.
    pub(crate) connected: usize,
    /// A notice says that something is wrong.
    pub(crate) in_trouble: bool,
    /// Others may use the models here.
    pub(crate) sharing: bool,
    pub(crate) preferences: Preferences,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Preferences {
    pub(crate) theme: Theme,
    pub(crate) language: Language,
    pub(crate) notifications: bool,
    /// Also about other machines.
    pub(crate) machine_notifications: bool,
    /// The person was told what closing the window does.
    pub(crate) tray_hint_shown: bool,
}

/// A machine that a person may want to know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noticed {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) occasion: Occasion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// It is new on this network.
    Nearby,
    PairingRequest,
    /// Its person asks for the use of the models here.
    AccessRequest,
    /// Its person answered what was asked there.
    AccessAnswer,
    /// It began to share models.
    Models,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Again,
    Quit,
}

/// What a page asks of the desktop.
#[derive(Debug)]
pub(crate) enum Request {
    State(Reply<DesktopState>),
    SetAutostart(bool, Reply<DesktopState>),
    Open(Place, Reply<()>),
    PickFolder(FolderQuestion, Reply<Option<String>>),
    SaveText(TextToSave, Reply<Option<String>>),
    TryNotification(Reply<()>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FolderQuestion {
    pub(crate) title: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextToSave {
    pub(crate) title: String,
    pub(crate) file_name: String,
    pub(crate) text: String,
}

pub(crate) type Reply<T> = oneshot::Sender<Result<T, ApiError>>;

#[derive(Debug)]
pub(crate) struct Controller<E> {
    effects: E,
    node: Node,
    /// What the open window shows.
    window: Option<View>,
    /// The window opens once it is known what it can show.
    window_wanted: bool,
    tray_shown: bool,
    preferences: Preferences,
    /// A hint that waits for the node.
    hint_due: Option<&'static str>,
    node_crashes: u32,
    page_crashes: u32,
    quitting: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Starting,
    Running {
        machine: String,
        connected: usize,
        in_trouble: bool,
        sharing: bool,
    },
    Service,
    Failed(Sentence),
}

impl<E: Effects> Controller<E> {
    /// `preferences` hold until the node tells the person's own.
    pub(crate) fn new(effects: E, preferences: Preferences) -> Self {
        Self {
            effects,
            node: Node::Starting,
            window: None,
            window_wanted: false,
            tray_shown: false,
            preferences,
            hint_due: None,
            node_crashes: 0,
            page_crashes: 0,
            quitting: false,
        }
    }

    /// Starts the application and serves it until it has ended.
    pub(crate) async fn run(mut self, hidden: bool, mut inbox: mpsc::UnboundedReceiver<Input>) {
        self.start(hidden);
        while let Some(input) = inbox.recv().await {
            if self.handle(input).is_break() {
                return;
            }
        }
    }

    fn start(&mut self, hidden: bool) {
        self.effects.start_node();
        self.update_tray();
        self.effects.wait_for_tray();
        if !hidden {
            // The page is loaded while the node starts; its first calls wait.
            self.show(View::App(AppPage::Start));
        }
    }

    fn handle(&mut self, input: Input) -> ControlFlow<()> {
        match input {
            Input::NodeStopped => {
                if self.quitting {
                    self.effects.leave();
                    return ControlFlow::Break(());
                }
            }
            Input::Asked(request) => self.answer(request),
            Input::TrayShown(shown) => self.tray_changed(shown),
            // Not what it was: a link in it would let in whoever reads the log.
            _ if self.quitting => debug!("something came too late"),
            Input::NodeRuns(view) => self.node_runs(view),
            Input::NodeIsService { link } => self.node_is_service(link),
            Input::NodeDidNotStart(reason) => self.node_did_not_start(&reason),
            Input::NodeCrashed { reason } => self.node_crashed(&reason),
            Input::WindowClosed => self.window_closed(),
            Input::PageCrashed => self.page_crashed(),
            Input::Chosen(Action::Open) | Input::SecondStart => self.open(AppPage::Start),
            Input::Chosen(Action::Settings) => self.open(AppPage::Settings),
            Input::Chosen(Action::Share) => self.share(),
            Input::MachineNoticed(noticed) => self.machine_noticed(noticed),
            Input::NotificationClicked(page) => self.open(page),
            Input::Answered(Answer::Again) => self.try_again(),
            Input::TrayWaitOver => self.tray_wait_over(),
            Input::Chosen(Action::Quit) | Input::Answered(Answer::Quit) | Input::Quit => {
                self.quit();
            }
        }
        ControlFlow::Continue(())
    }

    fn node_runs(&mut self, view: NodeView) {
        if self.preferences.theme != view.preferences.theme {
            self.effects.apply_theme(view.preferences.theme);
        }
        self.preferences = view.preferences;
        self.node = Node::Running {
            machine: view.machine,
            connected: view.connected,
            in_trouble: view.in_trouble,
            sharing: view.sharing,
        };
        self.update_tray();
        if let Some(code) = self.hint_due {
            self.tell_once(code);
        }
        let shows_something_else = self
            .window
            .as_ref()
            .is_some_and(|view| !matches!(view, View::App(_)));
        // A page that keeps failing is left to the person.
        if (shows_something_else && self.page_crashes < 2) || self.window_wanted {
            self.show(View::App(AppPage::Start));
        }
    }

    fn machine_noticed(&mut self, noticed: Noticed) {
        if !self.preferences.machine_notifications {
            return;
        }
        let (code, page) = match noticed.occasion {
            Occasion::Nearby => ("machine_nearby", AppPage::Machine(noticed.id)),
            // Its card stands above everything else there.
            Occasion::PairingRequest => ("pairing_request", AppPage::Machines),
            Occasion::AccessRequest => ("access_request", AppPage::Machines),
            Occasion::AccessAnswer => ("access_answer", AppPage::Machine(noticed.id)),
            Occasion::Models => ("models_shared", AppPage::Machine(noticed.id)),
        };
        self.notify_about(code, [("name", noticed.name.as_str())], &page);
    }

    fn node_is_service(&mut self, link: String) {
        info!("another process runs the node");
        self.node = Node::Service;
        self.update_tray();
        if self.window.is_some() || self.window_wanted {
            self.show(View::Service { link });
        }
    }

    fn node_did_not_start(&mut self, reason: &ApiError) {
        error!(code = reason.code.name(), "the node did not start");
        self.node_is_out(words::of_error(reason, self.preferences.language));
    }

    fn node_crashed(&mut self, reason: &str) {
        self.node_crashes += 1;
        let params = [("reason", reason)];
        if self.node_crashes == 1 {
            error!(reason, "the node failed and is started again");
            self.notify("node_restarted", params);
            self.start_node();
        } else {
            error!(reason, "the node failed again and stays off");
            self.node_is_out(self.words("node_failed", params));
        }
    }

    /// Nobody may be left with a program that does nothing and says nothing, so
    /// a window opens even where none was.
    fn node_is_out(&mut self, why: Sentence) {
        self.node = Node::Failed(why.clone());
        self.update_tray();
        self.show(self.trouble(why));
    }

    fn window_closed(&mut self) {
        self.window = None;
        self.effects.close_window();
        if matches!(self.node, Node::Failed(_)) || !self.tray_shown {
            self.quit();
        } else {
            self.tell_once("tray_hint");
        }
    }

    fn page_crashed(&mut self) {
        let Some(view) = self.window.take() else {
            return;
        };
        self.page_crashes += 1;
        error!(times = self.page_crashes, "the page failed");
        self.effects.close_window();
        match (self.page_crashes, view) {
            (1, view) => {
                self.notify("window_restarted", []);
                match view {
                    // Its link is spent, so another one is asked for.
                    View::Service { .. } => self.open(AppPage::Start),
                    View::App(_) | View::Trouble(_) => self.show(view),
                }
            }
            (2, _) => self.show(self.trouble(self.words("window_failed", []))),
            _ if self.tray_shown => {}
            _ => self.quit(),
        }
    }

    /// The person wants to see Banyan.
    fn open(&mut self, page: AppPage) {
        match (&self.node, &self.window) {
            (Node::Failed(why), _) => self.show(self.trouble(why.clone())),
            (Node::Service, Some(_)) => self.effects.raise(),
            (Node::Service, None) => {
                self.window_wanted = true;
                self.start_node();
            }
            (Node::Starting | Node::Running { .. }, Some(View::App(_)))
                if page == AppPage::Start =>
            {
                self.effects.raise();
            }
            (Node::Starting | Node::Running { .. }, _) => {
                self.page_crashes = 0;
                self.show(View::App(page));
            }
        }
    }

    /// The menu shows the switch as it is until the node says that it moved.
    fn share(&mut self) {
        if let Node::Running { sharing, .. } = self.node {
            self.effects.set_sharing(!sharing);
            self.update_tray();
        }
    }

    fn try_again(&mut self) {
        self.page_crashes = 0;
        if matches!(self.node, Node::Failed(_)) {
            self.node_crashes = 0;
            self.start_node();
        } else {
            self.window = None;
            self.open(AppPage::Start);
        }
    }

    fn start_node(&mut self) {
        self.node = Node::Starting;
        self.update_tray();
        self.effects.start_node();
    }

    fn tray_changed(&mut self, shown: bool) {
        info!(shown, "tray icon");
        self.tray_shown = shown;
        if !shown && self.window.is_none() && !self.quitting {
            self.effects.wait_for_tray();
        }
    }

    /// Desktops start their panels late and restart them, so only after a while
    /// it is certain that there is no tray.
    fn tray_wait_over(&mut self) {
        if self.tray_shown {
            return;
        }
        warn!("no tray: closing the window quits");
        self.tell_once("no_tray");
        if self.window.is_none() && !self.window_wanted {
            self.open(AppPage::Start);
        }
    }

    fn quit(&mut self) {
        info!("quitting");
        self.quitting = true;
        if self.window.take().is_some() {
            self.effects.close_window();
        }
        self.update_tray();
        self.effects.stop_node();
    }

    fn answer(&mut self, request: Request) {
        match request {
            Request::State(reply) => {
                let state = self.desktop_state();
                answered(reply, state);
            }
            Request::SetAutostart(on, reply) => {
                let done = self.effects.set_autostart(on);
                let state = done.and_then(|()| self.desktop_state());
                answered(reply, state);
            }
            Request::Open(place, reply) => self.effects.open(place, reply),
            Request::PickFolder(question, reply) => self.effects.pick_folder(question, reply),
            Request::SaveText(what, reply) => self.effects.save_text(what, reply),
            Request::TryNotification(reply) => {
                let words = self.words("notification_test", []);
                let done = self.effects.notify(&words, &AppPage::Start);
                answered(reply, done);
            }
        }
    }

    fn desktop_state(&mut self) -> Result<DesktopState, ApiError> {
        let autostart = self.effects.autostart()?;
        Ok(DesktopState {
            tray: self.tray_shown,
            autostart,
        })
    }

    fn show(&mut self, view: View) {
        self.window_wanted = false;
        self.effects.show(&view, self.preferences.theme);
        self.window = Some(view);
    }

    fn update_tray(&mut self) {
        let tray = Tray::of(&self.condition(), self.preferences.language);
        self.effects.set_tray(tray);
    }

    fn condition(&self) -> Condition {
        match &self.node {
            _ if self.quitting => Condition::Stopping,
            Node::Starting => Condition::Starting,
            Node::Running {
                machine,
                connected,
                in_trouble,
                sharing,
            } => Condition::Running {
                machine: machine.clone(),
                connected: *connected,
                in_trouble: *in_trouble,
                sharing: *sharing,
            },
            Node::Service => Condition::Service,
            Node::Failed(why) => Condition::Failed {
                title: why.title.clone(),
            },
        }
    }

    /// What closing the window does is told once, ever. Whether it was is known
    /// by the node, so until that runs the hint waits.
    fn tell_once(&mut self, code: &'static str) {
        self.hint_due = None;
        match self.node {
            Node::Starting => self.hint_due = Some(code),
            Node::Running { .. } => {
                let Preferences {
                    tray_hint_shown,
                    notifications,
                    ..
                } = self.preferences;
                if !tray_hint_shown && notifications {
                    self.notify(code, []);
                    self.preferences.tray_hint_shown = true;
                    self.effects.remember_tray_hint();
                }
            }
            Node::Service | Node::Failed(_) => {}
        }
    }

    fn notify<const N: usize>(&mut self, code: &str, params: [(&str, &str); N]) {
        self.notify_about(code, params, &AppPage::Start);
    }

    fn notify_about<const N: usize>(
        &mut self,
        code: &str,
        params: [(&str, &str); N],
        page: &AppPage,
    ) {
        if !self.preferences.notifications {
            return;
        }
        if let Err(error) = self.effects.notify(&self.words(code, params), page) {
            warn!(
                code,
                error = error.code.name(),
                "a notification was refused"
            );
        }
    }

    fn trouble(&self, why: Sentence) -> View {
        View::Trouble(Trouble {
            why,
            again: self.words("trouble_again", []).title,
            quit: self.words("tray_quit", []).title,
            language: self.preferences.language,
        })
    }

    fn words<const N: usize>(&self, code: &str, params: [(&str, &str); N]) -> Sentence {
        words::of(code, params, self.preferences.language)
    }
}

fn answered<T>(reply: Reply<T>, answer: Result<T, ApiError>) {
    // A page that went away needs no answer.
    let _ = reply.send(answer);
}
