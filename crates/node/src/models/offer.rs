//! What this machine tells others about its models, and how it hears the same
//! from them.

use std::time::Duration;

use infer::{
    Ability, Kind, ModelCard,
    queue::Load,
    watcher::{Seen, Standing, View},
};
use wire::msg::llm;

use super::serving::{is_allowed, leaves_lan};
use crate::router::{
    Able, Capability, Offered,
    model::ModelName,
    speed::{DeviceClass, Speed, Speeds},
};
use crate::store::Scope;

/// What a model holds whose server does not say how much: the least that those
/// of the last years hold.
const USUAL_CONTEXT: u64 = 4096;

/// What can be asked of this machine, by its own person.
pub(super) fn own(seen: &Seen, speeds: &Speeds, class: DeviceClass, load: Load) -> Capability {
    let mut models: Vec<Offered> = Vec::new();
    let up = seen.iter().map(|(_, view)| view);
    let up = up.filter(|view| view.standing == Standing::Up);
    let cards = up.flat_map(|view| view.models.iter().map(move |card| (view, card)));
    let mut cards: Vec<_> = cards.collect();
    // Two servers may have one model; the nearest is asked, see `serving::find`.
    cards.sort_by_key(|(view, card)| (leaves_lan(view, card), view.reach));
    for (view, card) in cards {
        if let Some(offered) = offered(view, card, speeds)
            && models.iter().all(|other| other.name != offered.name)
        {
            models.push(offered);
        }
    }
    models.truncate(llm::MOST_MODELS);
    Capability {
        class,
        models,
        load,
        on_battery: false,
        owner_busy: false,
        permitted: true,
    }
}

fn offered(view: &View, card: &ModelCard, speeds: &Speeds) -> Option<Offered> {
    let name: ModelName = card.name.as_str().parse().ok()?;
    let details = &card.details;
    let able = |ability| {
        details
            .abilities
            .as_ref()
            .map(|abilities| abilities.have(ability))
    };
    let loaded = view.loaded_as(card);
    let holds = loaded.and_then(|loaded| loaded.context).or(details.context);
    let bytes = card.size.unwrap_or_default();
    Some(Offered {
        digest: card
            .digest
            .as_deref()
            .and_then(|digest| digest.parse().ok()),
        bytes,
        parameters: details.parameter_count(),
        context: holds.map_or(USUAL_CONTEXT, u64::from),
        // Where nobody says so, it is what most models are for.
        chats: able(Ability::Chat).unwrap_or(true),
        able: Able {
            sees: able(Ability::Vision).unwrap_or(false),
            uses_tools: able(Ability::Tools).unwrap_or(false),
            thinks: able(Ability::Thinking).unwrap_or(false),
            embeds: able(Ability::Embed).unwrap_or(false),
        },
        resident: loaded.is_some(),
        continues: view.backend.kind() == Kind::Ollama,
        leaves_lan: leaves_lan(view, card),
        speed: Some(speeds.of(&name, bytes)),
        name,
    })
}

/// What one other machine hears of it, and of the models it may use.
pub(super) fn told(own: &Capability, permitted: bool, may: Option<&Scope>) -> llm::Capability {
    let models = own.models.iter().filter(|model| {
        let allowed = may.is_some_and(|scope| is_allowed(scope, &model.name));
        allowed && !model.leaves_lan
    });
    let slots = clamped(own.load.slots);
    llm::Capability {
        class: match own.class {
            DeviceClass::Modest => llm::Class::Modest,
            DeviceClass::Processor => llm::Class::Processor,
            DeviceClass::Unified => llm::Class::Unified,
            DeviceClass::Graphics => llm::Class::Graphics,
            DeviceClass::LargeGraphics => llm::Class::LargeGraphics,
        },
        permitted,
        slots,
        free: clamped(own.load.free).min(slots),
        waiting: u32::try_from(own.load.waiting).unwrap_or(u32::MAX),
        eta_ms: millis(own.load.eta),
        on_battery: own.on_battery,
        owner_busy: own.owner_busy,
        models: models.map(spoken).collect(),
    }
}

fn spoken(offered: &Offered) -> llm::Offer {
    llm::Offer {
        name: offered.name.as_str().to_owned(),
        digest: offered.digest.as_ref().map(ToString::to_string),
        bytes: offered.bytes,
        parameters: offered.parameters,
        context: offered.context,
        chats: offered.chats,
        embeds: offered.able.embeds,
        sees: offered.able.sees,
        uses_tools: offered.able.uses_tools,
        thinks: offered.able.thinks,
        resident: offered.resident,
        continues: offered.continues,
        leaves_lan: offered.leaves_lan,
        rates: offered
            .speed
            .filter(Speed::is_sane)
            .map(|speed| llm::Rates {
                prefill: speed.prefill,
                decode: speed.decode,
                load_ms: millis(speed.load),
            }),
    }
}

/// What another machine said.
pub(super) fn heard(capability: &llm::Capability) -> Capability {
    let class = match capability.class {
        llm::Class::Modest | llm::Class::Unknown => DeviceClass::Modest,
        llm::Class::Processor => DeviceClass::Processor,
        llm::Class::Unified => DeviceClass::Unified,
        llm::Class::Graphics => DeviceClass::Graphics,
        llm::Class::LargeGraphics => DeviceClass::LargeGraphics,
    };
    Capability {
        class,
        models: capability.models.iter().filter_map(understood).collect(),
        load: Load {
            slots: capability.slots.into(),
            free: capability.free.into(),
            waiting: usize::try_from(capability.waiting).unwrap_or(usize::MAX),
            eta: Duration::from_millis(capability.eta_ms),
        },
        on_battery: capability.on_battery,
        owner_busy: capability.owner_busy,
        permitted: capability.permitted,
    }
}

fn understood(offer: &llm::Offer) -> Option<Offered> {
    Some(Offered {
        name: offer.name.parse().ok()?,
        digest: offer
            .digest
            .as_deref()
            .and_then(|digest| digest.parse().ok()),
        bytes: offer.bytes,
        parameters: offer.parameters,
        context: offer.context,
        chats: offer.chats,
        able: Able {
            sees: offer.sees,
            uses_tools: offer.uses_tools,
            thinks: offer.thinks,
            embeds: offer.embeds,
        },
        resident: offer.resident,
        continues: offer.continues,
        leaves_lan: offer.leaves_lan,
        speed: offer.rates.map(|rates| Speed {
            prefill: rates.prefill,
            decode: rates.decode,
            load: Duration::from_millis(rates.load_ms),
        }),
    })
}

fn clamped(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
