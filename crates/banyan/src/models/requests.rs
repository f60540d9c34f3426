use anstyle::Style;
use api::{
    ApiError,
    calls::ViewModels,
    dto::{InLine, InLineState},
};
use gateway::client::Client;

use crate::{
    answer::Answer,
    terminal::{FAINT, GOOD, Table},
};

pub(super) async fn run(client: &Client) -> Result<Answer, ApiError> {
    let view = client.call::<ViewModels>(()).await?;
    Ok(Answer::new(text(&view.line), &view.line))
}

fn text(line: &[InLine]) -> String {
    if line.is_empty() {
        return "Nothing is being answered here, and nobody waits.\n".to_owned();
    }
    let mut table = Table::default();
    for one in line {
        let who = one.name.as_deref().unwrap_or("this machine").to_owned();
        let (style, how) = match one.state {
            InLineState::Running => (GOOD, format!("is answered, {} tokens so far", one.tokens)),
            InLineState::Granted => (Style::new(), "begins".to_owned()),
            InLineState::Waiting => (
                FAINT,
                format!(
                    "waits behind {}, about {} s",
                    one.ahead,
                    one.eta_ms.div_ceil(1000)
                ),
            ),
        };
        table.row([(Style::new(), who), (style, how)]);
    }
    table.text("")
}
