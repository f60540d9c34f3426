use crate::{
    Api, ApiError,
    dto::{InLine, MachineModels, MachineTraffic, ModelsView},
};

pub(crate) async fn view(api: &Api, (): ()) -> Result<ModelsView, ApiError> {
    let view = api.node.models().view();
    let me = api.node.identity().device_id();
    let elsewhere = view
        .offers
        .iter()
        .map(|(device, offer)| MachineModels::of(device.to_string(), api.name_of(*device), offer));
    let line = view.line.iter().map(|shown| {
        let device = shown.from.device;
        let peer = (device != me).then(|| (device.to_string(), api.name_of(device)));
        InLine::of(shown, peer)
    });
    let traffic = view
        .tallies
        .iter()
        .map(|(device, tally)| MachineTraffic::of(device.to_string(), api.name_of(*device), tally));
    let own = view.own.as_ref();
    Ok(ModelsView {
        sharing: api.node.config().sharing.on,
        backends: api.backends(),
        here: own.map_or_else(Vec::new, |own| own.models.iter().map(Into::into).collect()),
        elsewhere: elsewhere.collect(),
        line: line.collect(),
        traffic: traffic.collect(),
    })
}
