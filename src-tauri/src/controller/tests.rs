//! The rules of the desktop, against a recording double: no window, no bus.

use std::{mem, path::PathBuf};

use api::{Code, dto::Place};

use super::*;

/// What was caused, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Effect {
    Show(Shown),
    Raise,
    CloseWindow,
    ApplyTheme(Theme),
    WaitForTray,
    /// The title of the notification, and where a click on it leads.
    Notify(String, AppPage),
    RememberTrayHint,
    StartNode,
    StopNode,
    SetSharing(bool),
    SetAutostart(bool),
    Open(Place),
    Leave,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Shown {
    App,
    Settings,
    Machines,
    Machine(String),
    Service(&'static str),
    /// The title of what is told.
    Trouble(String),
}

#[derive(Debug, Default)]
struct Recorder {
    effects: Vec<Effect>,
    tray: Option<Tray>,
    autostart: bool,
    notifications_fail: bool,
}

impl Recorder {
    fn record(&mut self, effect: Effect) {
        self.effects.push(effect);
    }
}

impl Effects for Recorder {
    fn show(&mut self, view: &View, _: Theme) {
        self.record(Effect::Show(match view {
            View::App(AppPage::Start) => Shown::App,
            View::App(AppPage::Settings) => Shown::Settings,
            View::App(AppPage::Machines) => Shown::Machines,
            View::App(AppPage::Machine(id)) => Shown::Machine(id.clone()),
            View::Service { link } => Shown::Service(link.clone().leak()),
            View::Trouble(trouble) => Shown::Trouble(trouble.why.title.clone()),
        }));
    }

    fn raise(&mut self) {
        self.record(Effect::Raise);
    }

    fn close_window(&mut self) {
        self.record(Effect::CloseWindow);
    }

    fn apply_theme(&mut self, theme: Theme) {
        self.record(Effect::ApplyTheme(theme));
    }

    fn set_tray(&mut self, tray: Tray) {
        self.tray = Some(tray);
    }

    fn wait_for_tray(&mut self) {
        self.record(Effect::WaitForTray);
    }

    fn notify(&mut self, words: &Sentence, page: &AppPage) -> Result<(), ApiError> {
        self.record(Effect::Notify(words.title.clone(), page.clone()));
        if self.notifications_fail {
            return Err(ApiError::new(
                Code::DesktopFailed,
                [("reason", "refused".to_owned())],
            ));
        }
        Ok(())
    }

    fn remember_tray_hint(&mut self) {
        self.record(Effect::RememberTrayHint);
    }

    fn start_node(&mut self) {
        self.record(Effect::StartNode);
    }

    fn stop_node(&mut self) {
        self.record(Effect::StopNode);
    }

    fn set_sharing(&mut self, on: bool) {
        self.record(Effect::SetSharing(on));
    }

    fn autostart(&mut self) -> Result<bool, ApiError> {
        Ok(self.autostart)
    }

    fn set_autostart(&mut self, on: bool) -> Result<(), ApiError> {
        self.record(Effect::SetAutostart(on));
        self.autostart = on;
        Ok(())
    }

    fn open(&mut self, place: Place, reply: Reply<()>) {
        self.record(Effect::Open(place));
        let _ = reply.send(Ok(()));
    }

    fn pick_folder(&mut self, question: FolderQuestion, reply: Reply<Option<String>>) {
        let _ = reply.send(Ok(Some(question.title)));
    }

    fn save_text(&mut self, what: TextToSave, reply: Reply<Option<String>>) {
        let path = PathBuf::from("/home/a").join(what.file_name);
        let _ = reply.send(Ok(Some(path.display().to_string())));
    }

    fn leave(&mut self) {
        self.record(Effect::Leave);
    }
}

struct Desk(Controller<Recorder>);

impl Desk {
    fn new() -> Self {
        Self(Controller::new(Recorder::default(), preferences()))
    }

    fn started() -> Self {
        let mut desk = Self::new();
        desk.0.start(false);
        desk.forget();
        desk
    }

    /// A window is open, the node runs and the tray shows.
    fn running() -> Self {
        let mut desk = Self::started();
        desk.all([Input::TrayShown(true), runs()]);
        desk.forget();
        desk
    }

    fn without_tray() -> Self {
        let mut desk = Self::started();
        desk.all([runs(), Input::TrayShown(false)]);
        desk.forget();
        desk
    }

    /// The application was started hidden and sits in the tray.
    fn in_tray() -> Self {
        let mut desk = Self::new();
        desk.0.start(true);
        desk.all([Input::TrayShown(true), runs()]);
        desk.forget();
        desk
    }

    fn on(&mut self, input: Input) -> Vec<Effect> {
        self.all([input])
    }

    fn all<const N: usize>(&mut self, inputs: [Input; N]) -> Vec<Effect> {
        for input in inputs {
            let _ = self.0.handle(input);
        }
        self.forget()
    }

    fn forget(&mut self) -> Vec<Effect> {
        mem::take(&mut self.0.effects.effects)
    }

    fn tray_says(&self) -> &str {
        &self.0.effects.tray.as_ref().unwrap().tooltip
    }
}

fn preferences() -> Preferences {
    Preferences {
        theme: Theme::System,
        language: Language::English,
        notifications: true,
        machine_notifications: true,
        tray_hint_shown: false,
    }
}

fn view() -> NodeView {
    NodeView {
        machine: "atlas".to_owned(),
        connected: 0,
        in_trouble: false,
        sharing: false,
        preferences: preferences(),
    }
}

fn runs() -> Input {
    Input::NodeRuns(view())
}

fn runs_with(change: impl FnOnce(&mut Preferences)) -> Input {
    let mut view = view();
    change(&mut view.preferences);
    Input::NodeRuns(view)
}

fn crashed() -> Input {
    Input::NodeCrashed {
        reason: "clock".to_owned(),
    }
}

fn service(link: &str) -> Input {
    Input::NodeIsService {
        link: link.to_owned(),
    }
}

fn full_disk() -> Input {
    Input::NodeDidNotStart(ApiError::new(
        Code::DiskFull,
        [("folder", "/data".to_owned())],
    ))
}

fn trouble(title: &str) -> Effect {
    Effect::Show(Shown::Trouble(title.to_owned()))
}

fn notify(title: &str) -> Effect {
    Effect::Notify(title.to_owned(), AppPage::Start)
}

fn noticed(occasion: Occasion) -> Input {
    Input::MachineNoticed(Noticed {
        id: "K7QF-2M9X".to_owned(),
        name: "bert".to_owned(),
        occasion,
    })
}

const APP: Effect = Effect::Show(Shown::App);

#[test]
fn the_window_does_not_wait_for_the_node() {
    let mut desk = Desk::new();
    desk.0.start(false);
    assert_eq!(desk.forget(), [Effect::StartNode, Effect::WaitForTray, APP]);
    assert_eq!(desk.tray_says(), "Banyan is starting");
    assert_eq!(desk.on(runs()), []);
    assert_eq!(desk.tray_says(), "Banyan on atlas");
}

#[test]
fn started_hidden_it_stays_in_the_tray() {
    let mut desk = Desk::new();
    desk.0.start(true);
    assert_eq!(desk.forget(), [Effect::StartNode, Effect::WaitForTray]);
    assert_eq!(
        desk.all([Input::TrayShown(true), runs(), Input::TrayWaitOver]),
        []
    );
    assert_eq!(desk.on(Input::Chosen(Action::Open)), [APP]);
}

#[test]
fn started_hidden_without_a_tray_it_opens_after_all() {
    let mut desk = Desk::new();
    desk.0.start(true);
    desk.forget();
    assert_eq!(
        desk.all([Input::TrayShown(false), runs()]),
        [Effect::WaitForTray]
    );
    let told = [
        notify("This desktop shows no tray icons"),
        Effect::RememberTrayHint,
        APP,
    ];
    assert_eq!(desk.on(Input::TrayWaitOver), told);
}

#[test]
fn closing_to_the_tray_is_told_once() {
    let mut desk = Desk::running();
    assert_eq!(
        desk.on(Input::WindowClosed),
        [
            Effect::CloseWindow,
            notify("Banyan goes on in the tray"),
            Effect::RememberTrayHint
        ]
    );
    assert_eq!(desk.on(Input::Chosen(Action::Open)), [APP]);
    assert_eq!(desk.on(Input::WindowClosed), [Effect::CloseWindow]);
}

#[test]
fn a_window_closed_before_the_node_runs_is_explained_when_it_does() {
    let mut desk = Desk::started();
    let closed = [Input::TrayShown(true), Input::WindowClosed];
    assert_eq!(desk.all(closed), [Effect::CloseWindow]);
    let told = [
        notify("Banyan goes on in the tray"),
        Effect::RememberTrayHint,
    ];
    assert_eq!(desk.on(runs()), told);
    assert_eq!(
        desk.on(runs_with(|preferences| preferences.tray_hint_shown = true)),
        []
    );
}

#[test]
fn what_was_told_in_an_earlier_run_is_not_told_again() {
    let mut desk = Desk::running();
    desk.on(runs_with(|preferences| preferences.tray_hint_shown = true));
    assert_eq!(desk.on(Input::WindowClosed), [Effect::CloseWindow]);
}

#[test]
fn nobody_is_told_anything_who_wants_no_notifications() {
    let mut desk = Desk::running();
    desk.on(runs_with(|preferences| preferences.notifications = false));
    assert_eq!(desk.on(Input::WindowClosed), [Effect::CloseWindow]);
    assert_eq!(desk.on(crashed()), [Effect::StartNode]);
}

#[test]
fn without_a_tray_closing_quits() {
    let mut desk = Desk::without_tray();
    assert_eq!(
        desk.on(Input::WindowClosed),
        [Effect::CloseWindow, Effect::StopNode]
    );
    assert_eq!(desk.on(Input::NodeStopped), [Effect::Leave]);
}

#[test]
fn without_a_tray_that_is_told_once() {
    let mut desk = Desk::without_tray();
    let told = [
        notify("This desktop shows no tray icons"),
        Effect::RememberTrayHint,
    ];
    assert_eq!(desk.on(Input::TrayWaitOver), told);
    assert_eq!(desk.on(Input::TrayWaitOver), []);
}

#[test]
fn a_second_start_raises_the_window_or_opens_it() {
    assert_eq!(Desk::running().on(Input::SecondStart), [Effect::Raise]);
    assert_eq!(Desk::in_tray().on(Input::SecondStart), [APP]);
}

#[test]
fn the_tray_leads_to_the_settings() {
    let mut desk = Desk::running();
    let settings = [Effect::Show(Shown::Settings)];
    assert_eq!(desk.on(Input::Chosen(Action::Settings)), settings);
    assert_eq!(
        Desk::in_tray().on(Input::Chosen(Action::Settings)),
        settings
    );
}

#[test]
fn a_tray_that_goes_away_brings_the_window_back() {
    let mut desk = Desk::in_tray();
    assert_eq!(desk.on(Input::TrayShown(false)), [Effect::WaitForTray]);
    assert_eq!(desk.on(Input::TrayWaitOver).last(), Some(&APP));

    let mut restarted_panel = Desk::in_tray();
    let inputs = [
        Input::TrayShown(false),
        Input::TrayShown(true),
        Input::TrayWaitOver,
    ];
    assert_eq!(restarted_panel.all(inputs), [Effect::WaitForTray]);
}

#[test]
fn quitting_ends_window_node_and_process_in_that_order() {
    for quit in [Input::Quit, Input::Chosen(Action::Quit)] {
        let mut desk = Desk::running();
        assert_eq!(desk.on(quit), [Effect::CloseWindow, Effect::StopNode]);
        assert_eq!(desk.tray_says(), "Banyan is stopping");
        let late = [
            Input::Quit,
            Input::SecondStart,
            Input::WindowClosed,
            crashed(),
            full_disk(),
        ];
        assert_eq!(desk.all(late), []);
        assert_eq!(desk.on(Input::NodeStopped), [Effect::Leave]);
    }
}

#[test]
fn quitting_from_the_tray_closes_no_window_that_is_not_there() {
    assert_eq!(Desk::in_tray().on(Input::Quit), [Effect::StopNode]);
}

#[test]
fn a_node_that_fails_is_started_once_more_and_that_is_told() {
    let mut desk = Desk::running();
    assert_eq!(
        desk.on(crashed()),
        [notify("Banyan restarted itself"), Effect::StartNode]
    );
    assert_eq!(desk.tray_says(), "Banyan is starting");
    assert_eq!(desk.on(runs()), []);
    assert_eq!(desk.on(crashed()), [trouble("Banyan keeps failing")]);
    assert_eq!(desk.tray_says(), "Banyan keeps failing");
    assert_eq!(desk.on(Input::Answered(Answer::Again)), [Effect::StartNode]);
    assert_eq!(desk.on(runs()), [APP]);
}

#[test]
fn a_node_that_fails_again_opens_a_window_where_none_was() {
    let mut desk = Desk::in_tray();
    desk.all([crashed(), runs()]);
    assert_eq!(desk.on(crashed()), [trouble("Banyan keeps failing")]);
}

#[test]
fn a_node_that_does_not_start_is_never_silent() {
    let mut desk = Desk::new();
    desk.0.start(true);
    desk.forget();
    assert_eq!(desk.on(full_disk()), [trouble("The disk is full")]);
    assert_eq!(
        desk.on(Input::Chosen(Action::Open)),
        [trouble("The disk is full")]
    );
    assert_eq!(desk.on(Input::Answered(Answer::Again)), [Effect::StartNode]);
    assert_eq!(desk.on(runs()), [APP]);
}

#[test]
fn closing_the_window_that_tells_of_trouble_quits() {
    let mut desk = Desk::started();
    desk.all([Input::TrayShown(true), full_disk()]);
    assert_eq!(
        desk.on(Input::WindowClosed),
        [Effect::CloseWindow, Effect::StopNode]
    );
    let mut desk = Desk::started();
    desk.on(full_disk());
    assert_eq!(
        desk.on(Input::Answered(Answer::Quit)),
        [Effect::CloseWindow, Effect::StopNode]
    );
}

#[test]
fn a_page_that_fails_is_opened_once_more_and_that_is_told() {
    let mut desk = Desk::running();
    assert_eq!(
        desk.on(Input::PageCrashed),
        [
            Effect::CloseWindow,
            notify("The window was opened again"),
            APP
        ]
    );
    assert_eq!(
        desk.on(Input::PageCrashed),
        [Effect::CloseWindow, trouble("The page keeps failing")]
    );
    assert_eq!(
        desk.on(runs()),
        [],
        "the page is left alone until the person wants it"
    );
    assert_eq!(desk.on(Input::Answered(Answer::Again)), [APP]);
    assert_eq!(
        desk.on(Input::PageCrashed).last(),
        Some(&APP),
        "counting began anew"
    );
}

#[test]
fn where_not_even_trouble_can_be_shown_the_window_stays_closed() {
    let crashes = [Input::PageCrashed, Input::PageCrashed, Input::PageCrashed];
    let mut desk = Desk::running();
    assert_eq!(desk.all(crashes).last(), Some(&Effect::CloseWindow));
    let crashes = [Input::PageCrashed, Input::PageCrashed, Input::PageCrashed];
    assert_eq!(
        Desk::without_tray().all(crashes).last(),
        Some(&Effect::StopNode)
    );
}

#[test]
fn a_page_that_fails_without_a_window_is_no_news() {
    assert_eq!(Desk::in_tray().on(Input::PageCrashed), []);
}

#[test]
fn the_window_shows_the_page_of_a_service() {
    let mut desk = Desk::started();
    let shown = |link| Effect::Show(Shown::Service(link));
    assert_eq!(
        desk.all([Input::TrayShown(true), service("one")]),
        [shown("one")]
    );
    assert_eq!(desk.tray_says(), "Banyan runs as a service");
    assert_eq!(desk.on(Input::Chosen(Action::Open)), [Effect::Raise]);
    assert_eq!(desk.on(Input::WindowClosed), [Effect::CloseWindow]);
    // A link opens once, so another one is asked for.
    assert_eq!(desk.on(Input::Chosen(Action::Open)), [Effect::StartNode]);
    assert_eq!(desk.on(service("two")), [shown("two")]);
    assert_eq!(
        desk.on(Input::PageCrashed),
        [
            Effect::CloseWindow,
            notify("The window was opened again"),
            Effect::StartNode
        ]
    );
    assert_eq!(
        desk.on(runs()),
        [APP],
        "the service went away and this process took over"
    );
}

#[test]
fn a_service_that_is_found_while_hidden_opens_nothing() {
    let mut desk = Desk::new();
    desk.0.start(true);
    desk.forget();
    assert_eq!(desk.all([Input::TrayShown(true), service("one")]), []);
}

#[test]
fn the_window_follows_the_theme_of_the_settings() {
    let mut desk = Desk::running();
    let dark = || runs_with(|preferences| preferences.theme = Theme::Dark);
    assert_eq!(desk.on(dark()), [Effect::ApplyTheme(Theme::Dark)]);
    assert_eq!(desk.on(dark()), []);
}

#[test]
fn the_tray_follows_name_machines_trouble_and_language() {
    let mut desk = Desk::running();
    desk.on(Input::NodeRuns(NodeView {
        machine: "willow".to_owned(),
        connected: 3,
        in_trouble: true,
        sharing: false,
        preferences: Preferences {
            language: Language::Persian,
            ..preferences()
        },
    }));
    let condition = Condition::Running {
        machine: "willow".to_owned(),
        connected: 3,
        in_trouble: true,
        sharing: false,
    };
    assert_eq!(
        desk.0.effects.tray,
        Some(Tray::of(&condition, Language::Persian))
    );
}

#[test]
fn the_switch_in_the_tray_shares_models_and_is_in_step_with_the_node() {
    let mut desk = Desk::in_tray();
    let checked = |desk: &Desk| {
        let tray = desk.0.effects.tray.as_ref().unwrap();
        tray.menu.iter().find_map(|item| match item {
            crate::tray::model::Item::Action { checked, .. } => *checked,
            crate::tray::model::Item::Status(_) | crate::tray::model::Item::Separator => None,
        })
    };
    assert_eq!(checked(&desk), Some(false));
    let switch = || Input::Chosen(Action::Share);
    assert_eq!(desk.on(switch()), [Effect::SetSharing(true)]);
    assert_eq!(checked(&desk), Some(false), "the node has not said so");
    desk.on(Input::NodeRuns(NodeView {
        sharing: true,
        ..view()
    }));
    assert_eq!(checked(&desk), Some(true));
    assert_eq!(desk.on(switch()), [Effect::SetSharing(false)]);

    let mut desk = Desk::started();
    assert_eq!(desk.on(switch()), [], "there is no node to ask");
}

#[test]
fn a_machine_that_is_new_nearby_is_told_and_a_click_leads_to_it() {
    let mut desk = Desk::in_tray();
    let page = AppPage::Machine("K7QF-2M9X".to_owned());
    let told = Effect::Notify("bert is nearby".to_owned(), page.clone());
    assert_eq!(desk.on(noticed(Occasion::Nearby)), [told]);
    let shown = Effect::Show(Shown::Machine("K7QF-2M9X".to_owned()));
    assert_eq!(desk.on(Input::NotificationClicked(page)), [shown]);
}

#[test]
fn a_request_for_pairing_leads_to_where_it_stands_first() {
    let mut desk = Desk::running();
    let told = Effect::Notify("bert asks for pairing".to_owned(), AppPage::Machines);
    assert_eq!(desk.on(noticed(Occasion::PairingRequest)), [told]);
    let clicked = Input::NotificationClicked(AppPage::Machines);
    assert_eq!(desk.on(clicked), [Effect::Show(Shown::Machines)]);
}

#[test]
fn a_request_for_models_and_its_answer_lead_to_where_they_stand() {
    let mut desk = Desk::running();
    let told = |title: &str, page| Effect::Notify(title.to_owned(), page);
    assert_eq!(
        desk.on(noticed(Occasion::AccessRequest)),
        [told("bert asks to use your models", AppPage::Machines)]
    );
    let page = AppPage::Machine("K7QF-2M9X".to_owned());
    assert_eq!(
        desk.on(noticed(Occasion::AccessAnswer)),
        [told("bert answered your request", page.clone())]
    );
    assert_eq!(
        desk.on(noticed(Occasion::Models)),
        [told("bert shares its models", page)]
    );
}

#[test]
fn a_click_on_any_other_notification_raises_the_window() {
    let clicked = || Input::NotificationClicked(AppPage::Start);
    assert_eq!(Desk::running().on(clicked()), [Effect::Raise]);
    assert_eq!(Desk::in_tray().on(clicked()), [APP]);
}

#[test]
fn either_setting_silences_what_is_told_of_machines() {
    let off: [fn(&mut Preferences); 2] = [
        |preferences| preferences.notifications = false,
        |preferences| preferences.machine_notifications = false,
    ];
    for switch in off {
        let mut desk = Desk::running();
        desk.on(runs_with(switch));
        for occasion in [
            Occasion::Nearby,
            Occasion::PairingRequest,
            Occasion::AccessRequest,
            Occasion::AccessAnswer,
            Occasion::Models,
        ] {
            assert_eq!(desk.on(noticed(occasion)), []);
        }
    }
    let mut desk = Desk::running();
    desk.on(runs_with(|preferences| {
        preferences.machine_notifications = false;
    }));
    let told = [notify("Banyan restarted itself"), Effect::StartNode];
    assert_eq!(desk.on(crashed()), told, "only those about machines");
}

#[test]
fn machines_are_told_of_in_the_persons_language() {
    let mut desk = Desk::running();
    desk.on(runs_with(|preferences| {
        preferences.language = Language::Persian;
    }));
    let effects = desk.on(noticed(Occasion::Nearby));
    let [Effect::Notify(title, _)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(title, "\u{2068}bert\u{2069} در نزدیکی است");
}

#[test]
fn a_page_learns_what_the_desktop_offers() {
    let mut desk = Desk::running();
    let (reply, mut state) = oneshot::channel();
    assert_eq!(desk.on(Input::Asked(Request::State(reply))), []);
    assert_eq!(
        state.try_recv().unwrap(),
        Ok(DesktopState {
            tray: true,
            autostart: false
        })
    );

    let (reply, mut state) = oneshot::channel();
    assert_eq!(
        desk.on(Input::Asked(Request::SetAutostart(true, reply))),
        [Effect::SetAutostart(true)]
    );
    assert_eq!(
        state.try_recv().unwrap(),
        Ok(DesktopState {
            tray: true,
            autostart: true
        })
    );
}

#[test]
fn a_notification_on_trial_is_shown_whatever_the_settings_say() {
    let mut desk = Desk::running();
    desk.on(runs_with(|preferences| preferences.notifications = false));
    let (reply, mut shown) = oneshot::channel();
    let effects = desk.on(Input::Asked(Request::TryNotification(reply)));
    assert_eq!(effects, [notify("Notifications arrive")]);
    assert_eq!(shown.try_recv().unwrap(), Ok(()));

    desk.0.effects.notifications_fail = true;
    let (reply, mut shown) = oneshot::channel();
    desk.on(Input::Asked(Request::TryNotification(reply)));
    assert_eq!(
        shown.try_recv().unwrap().unwrap_err().code,
        Code::DesktopFailed
    );
}

#[test]
fn what_takes_time_is_handed_on_with_its_reply() {
    let mut desk = Desk::running();
    let (reply, mut opened) = oneshot::channel();
    let input = Input::Asked(Request::Open(Place::LogFolder, reply));
    assert_eq!(desk.on(input), [Effect::Open(Place::LogFolder)]);
    assert_eq!(opened.try_recv().unwrap(), Ok(()));
}

#[test]
fn the_actor_ends_when_it_has_left() {
    let (inbox, inputs) = mpsc::unbounded_channel();
    for input in [runs(), Input::Quit, Input::NodeStopped, Input::SecondStart] {
        inbox.send(input).unwrap();
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    // The inbox stays open, so only leaving can end it.
    runtime.block_on(Desk::new().0.run(false, inputs));
    assert!(inbox.is_closed());
}
