use api::{
    ApiError,
    calls::{SetSetting, ViewModels},
    dto::{SettingChange, SettingValue},
};
use gateway::client::Client;
use serde_json::json;

use crate::{answer::Answer, cli::ShareAction};

pub(super) async fn run(client: &Client, action: Option<ShareAction>) -> Result<Answer, ApiError> {
    let wanted = match action {
        Some(ShareAction::On) => Some(true),
        Some(ShareAction::Off) => Some(false),
        Some(ShareAction::Status) | None => None,
    };
    if let Some(on) = wanted {
        let change = SettingChange {
            key: "sharing.on".to_owned(),
            value: SettingValue::Bool(on),
        };
        client.call::<SetSetting>(change).await?;
    }
    let view = client.call::<ViewModels>(()).await?;
    let models = view.here.iter().filter(|model| !model.leaves_lan).count();
    let text = match (view.sharing, models) {
        (false, _) => "Nobody else uses the models of this machine.\n".to_owned(),
        (true, 0) => {
            "Models would be shared, but this machine has none that could be.\n".to_owned()
        }
        (true, 1) => "1 model is shared with the machines that may use it.\n".to_owned(),
        (true, models) => {
            format!("{models} models are shared with the machines that may use them.\n")
        }
    };
    let json = json!({ "sharing": view.sharing, "models": models });
    Ok(Answer::new(text, &json))
}
