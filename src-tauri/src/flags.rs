use std::path::PathBuf;

use clap::Parser;

/// How the application was started. The flags that settings also know overrule
/// them, as they do for `banyan serve`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Parser)]
#[command(name = "banyan-desktop", about = "Banyan in a window", version)]
pub(crate) struct Flags {
    /// The folder for all data of this node
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The name of this machine
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Where the page and the api are served, such as 127.0.0.1:8080
    #[arg(long, value_name = "ADDR")]
    pub(crate) http: Option<String>,
    /// The TCP port of the mesh
    #[arg(long, value_name = "PORT")]
    pub(crate) tcp: Option<String>,
    /// The UDP port of the mesh
    #[arg(long, value_name = "PORT")]
    pub(crate) udp: Option<String>,
    /// Start in the tray, without a window
    #[arg(long)]
    pub(crate) hidden: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_start_opens_the_window() {
        assert_eq!(
            Flags::try_parse_from(["banyan-desktop"]).unwrap(),
            Flags::default()
        );
    }

    #[test]
    fn a_start_at_login_is_hidden_and_keeps_its_folder() {
        let flags = Flags::try_parse_from(["banyan-desktop", "--hidden", "--data", "/a b/سرو"]);
        let expected = Flags {
            hidden: true,
            data: Some("/a b/سرو".into()),
            ..Flags::default()
        };
        assert_eq!(flags.unwrap(), expected);
    }
}
