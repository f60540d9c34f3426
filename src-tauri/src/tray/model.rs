//! What the tray shows, as a value. [`Tray::of`] computes it from the condition
//! of the node; whether a desktop can show it is not its concern.
//!
//! Everything is in the menu: many desktops open it on a click, whichever
//! button was pressed.

use api::sentences::Language;

use crate::words;

/// How the node is, so far as the tray tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Starting,
    Running {
        machine: String,
        /// Other machines with a session.
        connected: usize,
        /// A notice of the node says that something is wrong.
        in_trouble: bool,
        /// Others may use the models here.
        sharing: bool,
    },
    /// A node of another process holds the data folder.
    Service,
    /// It did not start; the title of the sentence that says why.
    Failed {
        title: String,
    },
    Stopping,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tray {
    pub(crate) icon: Icon,
    pub(crate) tooltip: String,
    pub(crate) right_to_left: bool,
    pub(crate) menu: Vec<Item>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Plain,
    /// Something waits for the person.
    Attention,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// A line to read.
    Status(String),
    Separator,
    Action {
        action: Action,
        label: String,
        /// Of a switch, whether it is on.
        checked: Option<bool>,
    },
}

/// What a person can choose in the tray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Open,
    Settings,
    /// Lets others use the models here, or nobody any more.
    Share,
    Quit,
}

impl Tray {
    pub(crate) fn of(condition: &Condition, language: Language) -> Self {
        let status = status(condition, language);
        Self {
            icon: icon(condition),
            tooltip: status.clone(),
            right_to_left: language == Language::Persian,
            menu: menu(condition, status, language),
        }
    }
}

fn menu(condition: &Condition, status: String, language: Language) -> Vec<Item> {
    let mut menu = vec![Item::Status(status), Item::Separator];
    menu.extend(actions(condition).iter().map(|&action| Item::Action {
        action,
        label: words::of(label(action), [], language).title,
        checked: checked(action, condition),
    }));
    menu
}

fn actions(condition: &Condition) -> &'static [Action] {
    match condition {
        Condition::Running { .. } => &[Action::Open, Action::Share, Action::Settings, Action::Quit],
        // The settings belong to a page that cannot be asked for from here.
        Condition::Starting | Condition::Service | Condition::Failed { .. } => {
            &[Action::Open, Action::Quit]
        }
        Condition::Stopping => &[],
    }
}

fn checked(action: Action, condition: &Condition) -> Option<bool> {
    match (action, condition) {
        (Action::Share, Condition::Running { sharing, .. }) => Some(*sharing),
        (Action::Open | Action::Share | Action::Settings | Action::Quit, _) => None,
    }
}

fn label(action: Action) -> &'static str {
    match action {
        Action::Open => "tray_open",
        Action::Settings => "tray_settings",
        Action::Share => "tray_share",
        Action::Quit => "tray_quit",
    }
}

fn status(condition: &Condition, language: Language) -> String {
    match condition {
        Condition::Starting => words::of("tray_starting", [], language).title,
        Condition::Running {
            machine, connected, ..
        } => running(machine, *connected, language),
        Condition::Service => words::of("tray_service", [], language).title,
        Condition::Failed { title } => title.clone(),
        Condition::Stopping => words::of("tray_stopping", [], language).title,
    }
}

fn running(machine: &str, connected: usize, language: Language) -> String {
    let name = ("name", machine);
    let count = words::number(connected, language);
    match connected {
        0 => words::of("tray_running", [name], language),
        1 => words::of("tray_one_connected", [name], language),
        _ => words::of("tray_connected", [name, ("count", &count)], language),
    }
    .title
}

fn icon(condition: &Condition) -> Icon {
    match condition {
        Condition::Failed { .. }
        | Condition::Running {
            in_trouble: true, ..
        } => Icon::Attention,
        Condition::Starting
        | Condition::Running {
            in_trouble: false, ..
        }
        | Condition::Service
        | Condition::Stopping => Icon::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(in_trouble: bool) -> Condition {
        Condition::Running {
            machine: "atlas".to_owned(),
            connected: 0,
            in_trouble,
            sharing: false,
        }
    }

    fn connected(connected: usize, language: Language) -> String {
        let condition = Condition::Running {
            machine: "atlas".to_owned(),
            connected,
            in_trouble: false,
            sharing: false,
        };
        Tray::of(&condition, language).tooltip
    }

    fn action(action: Action, label: &str) -> Item {
        Item::Action {
            action,
            label: label.to_owned(),
            checked: None,
        }
    }

    fn share(checked: bool) -> Item {
        Item::Action {
            action: Action::Share,
            label: "Share my models".to_owned(),
            checked: Some(checked),
        }
    }

    #[test]
    fn a_running_node_offers_everything() {
        assert_eq!(
            Tray::of(&running(false), Language::English),
            Tray {
                icon: Icon::Plain,
                tooltip: "Banyan on atlas".to_owned(),
                right_to_left: false,
                menu: vec![
                    Item::Status("Banyan on atlas".to_owned()),
                    Item::Separator,
                    action(Action::Open, "Open Banyan"),
                    share(false),
                    action(Action::Settings, "Settings"),
                    action(Action::Quit, "Quit Banyan"),
                ],
            }
        );
    }

    #[test]
    fn persian_is_written_from_right_to_left() {
        let tray = Tray::of(&running(false), Language::Persian);
        assert!(tray.right_to_left);
        assert_eq!(tray.tooltip, "Banyan روی \u{2068}atlas\u{2069}");
        assert_eq!(tray.menu.last(), Some(&action(Action::Quit, "بستن Banyan")));
    }

    #[test]
    fn machines_that_are_connected_are_counted() {
        for (count, says) in [
            (0, "Banyan on atlas"),
            (1, "Banyan on atlas, 1 machine connected"),
            (12, "Banyan on atlas, 12 machines connected"),
        ] {
            assert_eq!(connected(count, Language::English), says);
        }
        let persian = connected(12, Language::Persian);
        assert!(persian.contains("۱۲"), "{persian}");
    }

    #[test]
    fn the_switch_says_whether_models_are_shared() {
        let condition = Condition::Running {
            machine: "atlas".to_owned(),
            connected: 0,
            in_trouble: false,
            sharing: true,
        };
        let menu = Tray::of(&condition, Language::English).menu;
        assert!(menu.contains(&share(true)), "{menu:?}");
    }

    #[test]
    fn trouble_wants_attention() {
        assert_eq!(
            Tray::of(&running(true), Language::English).icon,
            Icon::Attention
        );
        let failed = Condition::Failed {
            title: "The disk is full".to_owned(),
        };
        let tray = Tray::of(&failed, Language::English);
        assert_eq!(tray.icon, Icon::Attention);
        assert_eq!(
            tray.menu.first(),
            Some(&Item::Status("The disk is full".to_owned()))
        );
    }

    #[test]
    fn only_a_node_of_this_process_offers_settings() {
        let others = [
            (Condition::Starting, "Banyan is starting"),
            (Condition::Service, "Banyan runs as a service"),
            (
                Condition::Failed {
                    title: "Full".to_owned(),
                },
                "Full",
            ),
        ];
        for (condition, status) in others {
            assert_eq!(
                Tray::of(&condition, Language::English).menu,
                [
                    Item::Status(status.to_owned()),
                    Item::Separator,
                    action(Action::Open, "Open Banyan"),
                    action(Action::Quit, "Quit Banyan"),
                ]
            );
        }
    }

    #[test]
    fn nothing_can_be_chosen_on_the_way_out() {
        let menu = Tray::of(&Condition::Stopping, Language::English).menu;
        assert_eq!(
            menu,
            [
                Item::Status("Banyan is stopping".to_owned()),
                Item::Separator
            ]
        );
    }

    #[test]
    fn every_word_is_in_the_catalogue() {
        for language in Language::ALL {
            for condition in [Condition::Starting, running(false), Condition::Service] {
                let text = format!("{:?}", Tray::of(&condition, language).menu);
                assert!(!text.contains("tray_"), "{text}");
            }
        }
    }
}
