use std::{collections::BTreeSet, fs, path::PathBuf};

use super::*;

type Target = fn(&[u8]);

/// Every target by the name of its folder.
const TARGETS: &[(&str, Target)] = &[
    ("announcement", announcement),
    ("certificate", certificate),
    ("frames", frames),
    ("greeting", greeting),
    ("llm", llm),
    ("mdns", mdns),
    ("pairing", pairing),
    ("person", person),
    ("rooms", rooms),
    ("text", text),
];

/// Everything the fuzzer found worth keeping, and the samples it began with.
#[test]
fn what_the_fuzzer_found_goes_through() {
    for (name, target) in TARGETS {
        let mut replayed = 0;
        for entry in fs::read_dir(corpus().join(name)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            // Says which file it was.
            println!("{}", path.display());
            target(&bytes);
            replayed += 1;
        }
        assert!(replayed > 0, "there is nothing for {name}");
    }
}

#[test]
fn every_target_is_run_and_replayed() {
    let named: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let folders = fs::read_dir(corpus()).unwrap();
    let folders: BTreeSet<_> = folders
        .map(|folder| folder.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(folders, named);

    let manifest = fs::read_to_string(corpus().with_file_name("Cargo.toml")).unwrap();
    for name in named {
        let path = corpus()
            .with_file_name("fuzz_targets")
            .join(format!("{name}.rs"));
        let program = fs::read_to_string(path).unwrap();
        assert!(program.contains(&format!("hostile::{name}")), "{name}");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
}

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}
