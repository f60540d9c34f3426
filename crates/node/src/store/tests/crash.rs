//! Ends at arbitrary points: a child process makes decisions and tells each that
//! was acknowledged; it is killed in the middle of its work. Everything it told
//! is there afterwards, in the tables and in the audit log.

use std::{
    hash::{BuildHasher as _, RandomState},
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use super::*;
use crate::trust::{Clock, Policy, Trust};

const FOLDER: &str = "BANYAN_TEST_STORE_FOLDER";
const ROUND: &str = "BANYAN_TEST_STORE_ROUND";

const ROUNDS: u32 = 20;

/// More than a child ever gets to.
const MOST_OF_ROUND: u32 = 100_000;

#[test]
fn whatever_was_acknowledged_survives_a_kill() {
    let place = Place::new();
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        // Each round opens what the kill before left behind.
        let random = RandomState::new().hash_one(round);
        let told = run_and_kill(&place, round, random);
        println!("round {round}: killed after {} decisions", told.len());
        acknowledged.extend(told);

        let (mut database, contents) = place.opening().open().unwrap();
        assert_eq!(contents.set_aside, None);
        for number in &acknowledged {
            let known = contents.tables.known(numbered(*number));
            let state = known.map(|known| known.peer.state);
            assert!(
                matches!(state, Some(PeerState::Blocked { .. })),
                "round {round}: decision {number} is gone"
            );
        }
        let audited = database
            .connection()
            .query_row(
                "SELECT count(*) FROM audit WHERE kind = 'blocked'",
                [],
                |row| row.get::<_, i64>(0),
            )
            .unwrap();
        let decided = contents.tables.all_known().count();
        assert_eq!(
            usize::try_from(audited).unwrap(),
            decided,
            "a decision and its entry are one"
        );
        // One per round may have been written without having been told.
        assert!(decided <= acknowledged.len() + usize::try_from(round).unwrap() + 1);
        database
            .write(
                &[Write::PutDuty(Duty::NewPersonKey, at(1))],
                Durability::Note,
            )
            .unwrap();
    }
    assert!(acknowledged.len() >= usize::try_from(ROUNDS).unwrap());
}

/// Started by the test above; alone it has nothing to do.
#[tokio::test]
async fn decides_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let round: u32 = std::env::var(ROUND).unwrap().parse().unwrap();
    let (folder, lock) = Folder::open(PathBuf::from(folder)).unwrap();
    let opened = open(&folder, lock, std::time::SystemTime::now()).unwrap();
    let trust = Trust::new(opened.store, Policy::default(), Clock::system());
    for number in 1..MOST_OF_ROUND {
        let number = round * MOST_OF_ROUND + number;
        trust.block(numbered(number), None).await.unwrap();
        // One call: a line is told whole.
        std::io::stdout()
            .write_all(format!("{TOLD}{number}\n").as_bytes())
            .unwrap();
    }
}

const TOLD: &str = "acknowledged ";

fn run_and_kill(place: &Place, round: u32, random: u64) -> Vec<u32> {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "store::tests::crash::decides_until_it_is_killed",
            "--exact",
            "--nocapture",
        ])
        .env(FOLDER, place.folder.path())
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut child = Killed(child);
    let decisions = usize::try_from(1 + random % 40).unwrap();
    let within = Duration::from_micros(random / 64 % 5000);
    let mut told = Vec::new();
    let lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    for line in lines {
        let line = line.unwrap();
        if let Some((_, number)) = line.split_once(TOLD) {
            told.push(number.parse().unwrap());
        }
        if told.len() == decisions {
            // Not to wait for anything: to strike somewhere inside the next ones.
            std::thread::sleep(within);
            child.0.kill().unwrap();
        }
    }
    assert!(told.len() >= decisions, "the child ended by itself");
    told
}

fn numbered(number: u32) -> DeviceId {
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&number.to_le_bytes());
    DeviceKey::from_seed(&seed).id()
}

/// Never left behind, whatever the test meets.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
