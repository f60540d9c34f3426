//! `banyan access`: who may use whose models, by asking.

use anstyle::Style;
use api::{
    ApiError,
    calls::{AnswerAccess, AskAccess, ListAccess, WithdrawAccess},
    dto::{Access, AccessAnswer, AccessAsk, AccessChoice, AccessSide, AccessState, PeerRef},
};
use gateway::client::Client;

use crate::{
    answer::Answer,
    cli::{AccessAction, AccessAllow},
    machines::to_the_minute,
    terminal::{BAD, CAUTION, FAINT, GOOD, Table},
};

pub(super) async fn run(client: &Client, action: AccessAction) -> Result<Answer, ApiError> {
    let one = match action {
        AccessAction::List => {
            let all = client.call::<ListAccess>(()).await?;
            return Ok(Answer::new(list(&all), &all));
        }
        AccessAction::Ask { peer, reason } => {
            let reason = reason.unwrap_or_default();
            client.call::<AskAccess>(AccessAsk { peer, reason }).await?
        }
        AccessAction::Withdraw { peer } => client.call::<WithdrawAccess>(PeerRef { peer }).await?,
        AccessAction::Allow(AccessAllow {
            peer,
            today,
            once,
            say,
        }) => {
            let choice = match (today, once) {
                (true, _) => AccessChoice::Today,
                (false, true) => AccessChoice::Once,
                (false, false) => AccessChoice::Always,
            };
            answer(client, peer, choice, say).await?
        }
        AccessAction::Deny { peer, say } => answer(client, peer, AccessChoice::No, say).await?,
    };
    Ok(Answer::new(format!("{}.\n", sentence(&one)), &one))
}

async fn answer(
    client: &Client,
    peer: String,
    answer: AccessChoice,
    say: Option<String>,
) -> Result<Access, ApiError> {
    let words = say.unwrap_or_default();
    let answer = AccessAnswer {
        peer,
        answer,
        words,
    };
    Ok(client.call::<AnswerAccess>(answer).await?)
}

fn list(all: &[Access]) -> String {
    if all.is_empty() {
        return "Nobody asked for the use of models.\n".to_owned();
    }
    let mut table = Table::default();
    for one in all {
        let style = match one.state {
            AccessState::Open => CAUTION,
            AccessState::Always | AccessState::Until | AccessState::Once => GOOD,
            AccessState::No => BAD,
            AccessState::Expired | AccessState::Withdrawn => FAINT,
        };
        let words = [("", &one.reason), ("answer: ", &one.words)];
        let words = words.into_iter().filter(|(_, said)| !said.is_empty());
        let words: Vec<_> = words
            .map(|(who, said)| format!("{who}\u{201c}{said}\u{201d}"))
            .collect();
        table.row([
            (style, sentence(one)),
            (FAINT, to_the_minute(&one.asked)),
            (Style::new(), words.join(", ")),
        ]);
    }
    table.text("")
}

fn sentence(one: &Access) -> String {
    let name = &one.name;
    let until = one.until.as_deref().map(to_the_minute).unwrap_or_default();
    match (one.asked_by, one.state) {
        (AccessSide::Them, AccessState::Open) => format!("{name} asks to use the models here"),
        (AccessSide::Them, AccessState::Always) => format!("{name} may use the models here"),
        (AccessSide::Them, AccessState::Until) => {
            format!("{name} may use the models here until {until}")
        }
        (AccessSide::Them, AccessState::Once) => {
            format!("{name} may ask the models here one question")
        }
        (AccessSide::Them, AccessState::No) => format!("{name} was refused"),
        (AccessSide::Them, AccessState::Expired) => format!("{name} was not answered"),
        (AccessSide::Them, AccessState::Withdrawn) => format!("{name} wants it no more"),
        (AccessSide::Us, AccessState::Open) => format!("{name} is asked for its models"),
        (AccessSide::Us, AccessState::Always) => format!("{name} lets this machine use its models"),
        (AccessSide::Us, AccessState::Until) => {
            format!("{name} lets this machine use its models until {until}")
        }
        (AccessSide::Us, AccessState::Once) => {
            format!("{name} lets this machine ask its models one question")
        }
        (AccessSide::Us, AccessState::No) => format!("{name} refused"),
        (AccessSide::Us, AccessState::Expired) => format!("{name} did not answer"),
        (AccessSide::Us, AccessState::Withdrawn) => format!("{name} is not asked any more"),
    }
}
