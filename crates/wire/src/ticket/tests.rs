use data_encoding::HEXLOWER;
use proptest::prelude::*;

use super::*;
use crate::DeviceKey;

const ID: &str = "25NJQAMCWEFLPVKL73J4SZAHHIHOC4XT3KTCGJNPAINGR5YHKENA";
const SECRET: &str = "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT";

/// Its bytes are 0 to 19.
fn invitation() -> Invitation {
    let mut secret = [0; 20];
    for (place, byte) in secret.iter_mut().zip(0..) {
        *place = byte;
    }
    Invitation {
        kind: MeshKind::Mine,
        secret: InvitationSecret::new(&secret),
    }
}

fn places(list: &str) -> Vec<Place> {
    list.split(',')
        .map(|place| place.parse().unwrap())
        .collect()
}

#[test]
fn golden() {
    let list = "192.168.1.2:7878,[fd00::1]:7878,atlas.local:7878";
    let ticket = Ticket::new(ID.parse().unwrap(), places(list), Some(invitation())).unwrap();
    let text = format!("banyan:{ID}@{list}#mine.{SECRET}");
    assert_eq!(ticket.to_string(), text);
    assert_eq!(text.parse(), Ok(ticket.clone()));
    assert_eq!(
        HEXLOWER.encode(ticket.invitation().unwrap().id().as_bytes()),
        "7f7c15ffde4545cdf07c6db82e774cda3bd2b4d62b5cd759fc7799f5eace9997"
    );
    let plain = Ticket::new(ID.parse().unwrap(), places(list), None).unwrap();
    assert_eq!(plain.to_string(), format!("banyan:{ID}@{list}"));
    assert_eq!(plain.to_string().parse(), Ok(plain));
}

#[test]
fn is_read_as_people_paste_it() {
    let canonical = format!("banyan:{ID}@atlas:7878#team.{SECRET}");
    let ticket: Ticket = canonical.parse().unwrap();
    let grouped: DeviceId = ID.parse().unwrap();
    for text in [
        format!(" {canonical}\n"),
        format!("BANYAN:{grouped}@Atlas:7878#team.{}", SECRET.to_lowercase()),
    ] {
        assert_eq!(text.parse(), Ok(ticket.clone()), "{text}");
    }
}

#[test]
fn each_mistake_has_its_own_name() {
    let place = |text: &str, error| TicketError::Place {
        text: text.to_owned(),
        error,
    };
    let many = ["a:1"; MOST_PLACES + 1].join(",");
    for (text, error) in [
        (String::new(), TicketError::NotATicket),
        (format!("{ID}@a:1"), TicketError::NotATicket),
        (format!("banyan:{ID}"), TicketError::NotATicket),
        (
            "banyan:AAAA@a:1".to_owned(),
            TicketError::Device(InvalidKey::TextLength(4)),
        ),
        (format!("banyan:{ID}@"), place("", PlaceError::Port)),
        (format!("banyan:{ID}@a:1,"), place("", PlaceError::Port)),
        (format!("banyan:{ID}@a:0"), place("a:0", PlaceError::Port)),
        (
            format!("banyan:{ID}@{many}"),
            TicketError::Places(MOST_PLACES + 1),
        ),
        (format!("banyan:{ID}@a:1#"), TicketError::Kind),
        (format!("banyan:{ID}@a:1#ours.{SECRET}"), TicketError::Kind),
        (format!("banyan:{ID}@a:1#mine"), TicketError::Kind),
        (
            format!("banyan:{ID}@a:1#mine.{}", &SECRET[1..]),
            TicketError::Secret,
        ),
        (
            format!("banyan:{ID}@a:1#mine.{SECRET}AA"),
            TicketError::Secret,
        ),
        (
            format!("banyan:{ID}@a:1#mine.{}1", &SECRET[1..]),
            TicketError::Secret,
        ),
        (
            format!("banyan:{ID}@{}:1", "a".repeat(LONGEST)),
            TicketError::TooLong,
        ),
    ] {
        assert_eq!(text.parse::<Ticket>(), Err(error), "{text}");
    }
}

#[test]
fn a_ticket_that_could_not_be_read_is_not_made() {
    let id: DeviceId = ID.parse().unwrap();
    assert_eq!(Ticket::new(id, vec![], None), Err(TicketError::Places(0)));
    let long = format!("{}:1", vec!["a".repeat(60); 4].join("."));
    let times = |place: &str, count| places(&vec![place; count].join(","));
    assert_eq!(
        Ticket::new(id, times(&long, MOST_PLACES), None),
        Err(TicketError::TooLong)
    );
    assert_eq!(
        Ticket::new(id, times("a:1", MOST_PLACES + 1), None),
        Err(TicketError::Places(MOST_PLACES + 1))
    );
}

#[test]
fn places_are_read_strictly() {
    for good in [
        "10.0.0.1:1",
        "[::1]:65535",
        "atlas:7878",
        "a-b.c_d.local:7878",
        "1a:1",
    ] {
        assert_eq!(good.parse::<Place>().unwrap().to_string(), good);
    }
    let label = "a".repeat(64);
    for (wrong, error) in [
        ("atlas", PlaceError::Port),
        ("atlas:", PlaceError::Port),
        ("atlas:+1", PlaceError::Port),
        ("atlas:65536", PlaceError::Port),
        ("[::1:1", PlaceError::Address),
        ("[fe80::1%eth0]:1", PlaceError::Address),
        ("[10.0.0.1]:1", PlaceError::Address),
        ("::1:1", PlaceError::Name(NotAHostName)),
        ("10.0.0.256:1", PlaceError::Name(NotAHostName)),
        ("10.0.1:1", PlaceError::Name(NotAHostName)),
        (":1", PlaceError::Name(NotAHostName)),
        ("a..b:1", PlaceError::Name(NotAHostName)),
        ("-a:1", PlaceError::Name(NotAHostName)),
        ("a b:1", PlaceError::Name(NotAHostName)),
        ("http://a:1", PlaceError::Name(NotAHostName)),
        ("ä:1", PlaceError::Name(NotAHostName)),
        (&format!("{label}:1"), PlaceError::Name(NotAHostName)),
    ] {
        assert_eq!(wrong.parse::<Place>(), Err(error), "{wrong}");
    }
    assert_eq!(
        Place::try_from("[fe80::1%3]:7878".parse::<std::net::SocketAddr>().unwrap())
            .unwrap()
            .to_string(),
        "[fe80::1]:7878"
    );
}

#[test]
fn shows_its_secret_to_nobody_but_its_holder() {
    let ticket: Ticket = format!("banyan:{ID}@a:1#mine.{SECRET}").parse().unwrap();
    let shown = format!("{ticket:?} {:?}", ticket.invitation().unwrap().id());
    assert!(
        !shown.contains(SECRET) && shown.contains("secret"),
        "{shown}"
    );
}

fn some_place() -> impl Strategy<Value = Place> {
    let host = prop_oneof![
        any::<std::net::Ipv4Addr>().prop_map(|ip| Host::Ip(ip.into())),
        any::<std::net::Ipv6Addr>().prop_map(|ip| Host::Ip(ip.into())),
        "[a-z][a-z0-9]{0,20}(\\.[a-z]{1,9}){0,2}"
            .prop_map(|name| Host::Name(name.parse().unwrap())),
    ];
    let port = any::<std::num::NonZeroU16>();
    (host, port).prop_map(|(host, port)| Place { host, port })
}

fn some_ticket() -> impl Strategy<Value = Ticket> {
    let invitation = (any::<bool>(), any::<[u8; 20]>()).prop_map(|(mine, secret)| Invitation {
        kind: if mine { MeshKind::Mine } else { MeshKind::Team },
        secret: InvitationSecret::new(&secret),
    });
    (
        any::<[u8; 32]>(),
        prop::collection::vec(some_place(), 1..=MOST_PLACES),
        prop::option::of(invitation),
    )
        .prop_map(|(seed, places, invitation)| {
            Ticket::new(DeviceKey::from_seed(&seed).id(), places, invitation).unwrap()
        })
}

proptest! {
    #[test]
    fn every_ticket_survives_text(ticket in some_ticket()) {
        prop_assert_eq!(ticket.to_string().parse(), Ok(ticket));
    }

    #[test]
    fn perturbed_text_gives_a_ticket_or_a_reason(
        ticket in some_ticket(),
        place in any::<prop::sample::Index>(),
        other in any::<char>(),
    ) {
        let mut text: Vec<char> = ticket.to_string().chars().collect();
        let place = place.index(text.len());
        text[place] = other;
        if let Ok(ticket) = String::from_iter(text).parse::<Ticket>() {
            prop_assert_eq!(ticket.to_string().parse(), Ok(ticket));
        }
    }

    #[test]
    fn any_text_gives_a_ticket_or_a_reason(text in ".{0,100}") {
        let _ = text.parse::<Ticket>();
        let _ = format!("banyan:{ID}@{text}").parse::<Ticket>();
    }
}
