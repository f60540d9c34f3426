//! The mirror and the file are the same, whatever was written.

use proptest::prelude::*;

use super::*;
use crate::store::tables::Write;

fn writes() -> impl Strategy<Value = Vec<Write>> {
    let device = (1..5_u8).prop_map(device);
    let person = (1..5_u8).prop_map(person);
    let moment = (0..100_i64).prop_map(at);
    let address = (1..4_u16).prop_map(|port| PeerAddress::tcp("atlas", port).unwrap());
    let occasion = prop::sample::select(Occasion::ALL);
    let permission = prop::sample::select(Permission::ALL);
    let asked_by = prop::sample::select(AskedBy::ALL);
    let key = (1..4_u8).prop_map(|number| MeshKeyId::from_bytes([number; 32]));
    let invitation = (1..4_u8).prop_map(|number| InvitationId::from_bytes([number; 32]));
    let duty = prop_oneof![
        Just(Duty::NewPersonKey),
        key.clone().prop_map(Duty::NewMeshKey)
    ];
    let samples = samples();
    let peers: Vec<_> = samples
        .iter()
        .filter(|write| matches!(write, Write::PutPeer(_)))
        .cloned()
        .collect();
    let one = prop_oneof![
        4 => prop::sample::select(peers),
        4 => prop::sample::select(samples),
        1 => device.clone().prop_map(Write::DropPeer),
        2 => (device.clone(), address.clone(), prop::option::of(moment.clone())).prop_map(
            |(device, address, last_good)| Write::PutAddress(device, Remembered { address, last_good })
        ),
        1 => (device.clone(), address).prop_map(|(device, address)| Write::DropAddress(device, address)),
        2 => (device.clone(), permission.clone(), moment.clone()).prop_map(|(device, permission, since)| {
            Write::PutRule(device, Rule { ruling: Ruling::Denied(permission), since })
        }),
        1 => (device.clone(), permission).prop_map(|(device, permission)| Write::DropRule(device, permission)),
        1 => key.clone().prop_map(Write::DropMeshKey),
        2 => (device.clone(), key).prop_map(|(device, key)| Write::PutHeldKey(device, key)),
        2 => (device.clone(), asked_by.clone(), moment.clone()).prop_map(|(device, by, at)| {
            let answer = Answer { given: Given::No, words: Words::default(), at };
            Write::PutAccess(device, asked(by, Some(answer)))
        }),
        1 => (device.clone(), asked_by).prop_map(|(device, by)| Write::DropAccess(device, by)),
        1 => invitation.prop_map(Write::DropInvitation),
        1 => (device.clone(), occasion.clone(), moment.clone())
            .prop_map(|(device, occasion, at)| Write::PutNotified(device, occasion, at)),
        1 => (device, occasion).prop_map(|(device, occasion)| Write::DropNotified(device, occasion)),
        1 => (duty.clone(), moment).prop_map(|(duty, since)| Write::PutDuty(duty, since)),
        1 => duty.prop_map(Write::DropDuty),
        1 => person.clone().prop_map(Write::PutOwnPerson),
        2 => (1..4_u8).prop_map(|number| Write::PutMove(person_move(number, number + 1))),
        1 => person.clone().prop_map(Write::DropMove),
        1 => (person.clone(), (0..100_i64).prop_map(at))
            .prop_map(|(person, since)| Write::PutFrozen(person, since)),
        1 => person.prop_map(Write::DropFrozen),
    ];
    prop::collection::vec(one, 0..40)
}

proptest! {
    #[test]
    fn the_mirror_is_the_file(writes in writes()) {
        let connection = connection();
        let mut mirror = Tables::default();
        for write in writes {
            // Rows that belong to no machine are refused by the file.
            if write.run(&connection).is_ok() {
                mirror.apply(write);
            }
            prop_assert_eq!(&mirror, &Tables::load(&connection).unwrap());
        }
    }
}

#[test]
fn addresses_stand_in_the_order_in_which_they_are_dialled() {
    let tables = sample_tables();
    let known = tables.known(device(1)).unwrap();
    let order: Vec<_> = known
        .addresses
        .iter()
        .map(|remembered| remembered.address.host())
        .collect();
    assert_eq!(order, ["fe80::1%2", "192.168.1.20", "atlas.local"]);
}
