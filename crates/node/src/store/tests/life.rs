//! The thread and its handle.

use tokio::sync::oneshot;

use super::*;

fn put(number: u8) -> Vec<Write> {
    vec![Write::PutPeer(peer(number))]
}

#[tokio::test]
async fn whoever_got_an_answer_reads_the_new_value() {
    let place = Place::new();
    let Opened { store, keeper, .. } = place.start();
    let mut changes = store.watch();
    let answer = store
        .change(Durability::Decision, |tables| {
            assert!(tables.known(device(1)).is_none());
            (put(1), 42)
        })
        .await
        .unwrap();
    assert_eq!(answer, 42);
    assert!(store.tables().known(device(1)).is_some());
    assert!(changes.has_changed().unwrap());
    changes.borrow_and_update();

    store
        .change(Durability::Decision, |_| (Vec::new(), ()))
        .await
        .unwrap();
    assert!(!changes.has_changed().unwrap(), "nothing was written");
    keeper.close().await.unwrap();
}

#[tokio::test]
async fn what_was_handed_in_is_done_before_the_end() {
    let place = Place::new();
    let Opened { store, keeper, .. } = place.start();
    let (open_gate, gate) = std::sync::mpsc::channel::<()>();
    let (arrived, has_arrived) = oneshot::channel();
    let mut waiting = tokio::task::JoinSet::new();
    let first = store.clone();
    waiting.spawn(async move {
        let held = first.change(Durability::Decision, move |_| {
            arrived.send(()).unwrap();
            gate.recv().unwrap();
            (put(1), ())
        });
        held.await
    });
    has_arrived.await.unwrap();
    // The thread is held, so these lie in the inbox.
    for number in 2..=40 {
        let store = store.clone();
        waiting.spawn(async move {
            store
                .change(Durability::Decision, move |_| (put(number), ()))
                .await
        });
    }
    tokio::task::yield_now().await;
    let mut closing = tokio::spawn(keeper.close());
    tokio::select! {
        biased;
        ended = &mut closing => panic!("ended with work to do: {ended:?}"),
        () = tokio::task::yield_now() => {}
    }
    open_gate.send(()).unwrap();
    while let Some(done) = waiting.join_next().await {
        done.unwrap().unwrap();
    }
    closing.await.unwrap().unwrap();
    let late = store.change(Durability::Note, |_| (put(50), ())).await;
    assert!(matches!(late, Err(StoreError::Stopping)), "{late:?}");
    let (_, contents) = place.opening().open().unwrap();
    assert_eq!(contents.tables.all_known().count(), 40);
}

#[tokio::test]
async fn dropping_the_keeper_or_the_last_handle_closes_in_order() {
    for keeper_first in [true, false] {
        let place = Place::new();
        let opened = place.start();
        opened
            .store
            .change(Durability::Note, |_| (put(1), ()))
            .await
            .unwrap();
        let mut tables = opened.store.watch();
        let Opened { store, keeper, .. } = opened;
        let _other: Box<dyn std::any::Any> = if keeper_first {
            drop(keeper);
            Box::new(store)
        } else {
            drop(store);
            Box::new(keeper)
        };
        // The sender goes with the thread.
        while tables.changed().await.is_ok() {}
        let names = || place.names().iter().any(|name| name.ends_with("-wal"));
        tokio::time::timeout(Duration::from_secs(10), async {
            while names() {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("closing in order removes the log");
    }
}

#[tokio::test]
async fn a_plan_that_panics_changes_nothing_and_ends_nothing() {
    let place = Place::new();
    let Opened { store, keeper, .. } = place.start();
    let failed: Result<(), _> = store
        .change(Durability::Decision, |_| panic!("a fault"))
        .await;
    assert!(matches!(failed, Err(StoreError::Fault { .. })));
    store
        .change(Durability::Decision, |_| (put(1), ()))
        .await
        .unwrap();
    keeper.close().await.unwrap();
}

#[tokio::test]
async fn a_list_of_writes_is_made_whole_or_not_at_all() {
    let place = Place::new();
    let Opened { store, keeper, .. } = place.start();
    let stray = Remembered {
        address: "tcp:atlas:1".parse().unwrap(),
        last_good: None,
    };
    let failed = store
        .change(Durability::Decision, move |_| {
            let stray = Write::PutAddress(device(9), stray);
            ([put(1), vec![stray]].concat(), ())
        })
        .await;
    assert!(
        matches!(failed, Err(StoreError::Fault { .. })),
        "{failed:?}"
    );
    assert_eq!(*store.tables(), Tables::default());
    keeper.close().await.unwrap();
    let (_, contents) = place.opening().open().unwrap();
    assert_eq!(contents.tables, Tables::default());
}

#[tokio::test]
async fn two_stores_live_in_one_process() {
    let (here, there) = (Place::new(), Place::new());
    let (one, other) = (here.start(), there.start());
    one.store
        .change(Durability::Decision, |_| (put(1), ()))
        .await
        .unwrap();
    other
        .store
        .change(Durability::Decision, |_| (put(2), ()))
        .await
        .unwrap();
    assert!(one.store.tables().known(device(2)).is_none());
    assert!(other.store.tables().known(device(1)).is_none());
    one.keeper.close().await.unwrap();
    assert!(other.store.tables().known(device(2)).is_some());
    other.keeper.close().await.unwrap();
}

#[test]
fn the_folder_stays_taken_while_the_thread_lives() {
    let place = Place::new();
    let opened = place.start();
    assert!(Folder::open(place.folder.path().to_owned()).is_err());
    drop(opened);
}
