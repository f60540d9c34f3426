use node::{
    NodeState, StartError,
    events::Happening,
    folder::{Folder, FolderError},
};

use crate::place::{Place, rest, within};

#[tokio::test]
async fn a_node_starts_and_keeps_its_identity() {
    let place = Place::new();
    let node = place.start().await;
    let handle = node.handle();
    assert_eq!(handle.state(), NodeState::Ready);
    assert_eq!((handle.version(), handle.commit()), ("1.2.3", "abcdef"));
    assert_eq!(handle.folder().root(), place.data());
    let machine = handle.machine();
    assert!(
        machine.id.replace('-', "").starts_with(&machine.short_id),
        "{machine:?}"
    );
    assert_eq!(machine.key.len(), 64);
    node.stop().await;

    let again = place.start().await;
    assert_eq!(again.handle().machine(), machine);
    again.stop().await;
}

#[tokio::test]
async fn one_node_per_folder() {
    let place = Place::new();
    let node = place.start().await;
    let second = place.try_start().await;
    let Err(StartError::Folder(FolderError::Locked { folder })) = second else {
        panic!("{second:?}");
    };
    assert_eq!(folder, place.data());
    node.stop().await;
    place.start().await.stop().await;
}

#[tokio::test]
async fn a_dropped_node_gives_its_folder_back() {
    let place = Place::new();
    let node = place.start().await;
    let handle = node.handle();
    let mut events = handle.events(None);
    drop(node);
    rest(&mut events).await;
    // The tasks that still hold the folder end when the runtime comes to them.
    within(async {
        while place.try_start().await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(handle.rename("nobody").await.is_err());
}

#[tokio::test]
async fn two_nodes_live_in_one_process() {
    let (here, there) = (Place::new(), Place::new());
    let (one, other) = (here.start().await, there.start().await);
    assert_ne!(one.handle().machine().id, other.handle().machine().id);
    one.handle().rename("first").await.unwrap();
    assert_ne!(other.handle().machine().name, "first");
    one.stop().await;
    assert_eq!(other.handle().state(), NodeState::Ready);
    other.handle().rename("second").await.unwrap();
    other.stop().await;
}

#[tokio::test]
async fn the_stop_follows_its_order() {
    let place = Place::new();
    let _listening = place.listen();
    let node = place.start().await;
    let handle = node.handle();
    let mut events = handle.events(None);

    let still_locked = tokio::spawn({
        let (mut events, data) = (handle.events(None), place.data());
        async move {
            while events.next().await?.happening != Happening::NodeState(NodeState::Stopping) {}
            Some(matches!(
                Folder::open(data),
                Err(FolderError::Locked { .. })
            ))
        }
    });
    tokio::task::yield_now().await;
    // Handed in before the stop, made during it.
    let renaming = tokio::spawn({
        let handle = handle.clone();
        async move { handle.rename("last wish").await }
    });
    tokio::task::yield_now().await;
    within(node.stop()).await;

    assert_eq!(within(renaming).await.unwrap().unwrap().name, "last wish");
    assert_eq!(handle.state(), NodeState::Stopping);
    let told = rest(&mut events).await;
    let stopping = told
        .iter()
        .position(|h| *h == Happening::NodeState(NodeState::Stopping));
    let renamed = told.iter().position(|h| *h == Happening::MachineChanged);
    assert!(stopping.is_some() && renamed.is_some(), "{told:?}");
    let still_locked = within(still_locked).await.unwrap();
    assert_eq!(
        still_locked,
        Some(true),
        "the folder was given back before the tasks had ended"
    );

    let log = std::fs::read_dir(place.data().join("logs"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let log = std::fs::read_to_string(log.path()).unwrap();
    let at = |word: &str| {
        log.find(word)
            .unwrap_or_else(|| panic!("{word} is not in {log}"))
    };
    assert!(
        at("node started") < at(" stopping") && at(" stopping") < at(" stopped"),
        "{log}"
    );
    assert!(handle.rename("too late").await.is_err());
    place.start().await.stop().await;
}

#[tokio::test]
async fn whoever_started_the_node_is_asked_to_stop_it() {
    let place = Place::new();
    let node = place.start().await;
    node.handle().request_stop();
    within(node.stop_requested()).await;
    node.stop().await;
}
