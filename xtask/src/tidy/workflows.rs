//! Workflows run elsewhere, so their mistakes show late. These tests read them
//! here: their form, their rights, and that the tasks they call exist.

use yaml_rust2::{Yaml, YamlLoader};

use crate::{TASKS, tree::Tree};

const WORKFLOWS: &[&str] = &["ci.yml", "release.yml"];

fn read(name: &str) -> (Yaml, String) {
    let path = Tree::find()
        .unwrap()
        .path(&format!(".github/workflows/{name}"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut documents = YamlLoader::load_from_str(&text).unwrap();
    assert_eq!(documents.len(), 1, "{name} is one document");
    (documents.remove(0), text)
}

fn jobs(workflow: &Yaml) -> Vec<(&str, &Yaml)> {
    let jobs = workflow["jobs"].as_hash().unwrap();
    jobs.iter()
        .map(|(name, job)| (name.as_str().unwrap(), job))
        .collect()
}

#[test]
fn every_job_has_a_machine_a_time_limit_and_steps() {
    for name in WORKFLOWS {
        let (workflow, _) = read(name);
        for (job, body) in jobs(&workflow) {
            assert!(
                !body["runs-on"].is_badvalue(),
                "{name}: {job} has no machine"
            );
            assert!(
                body["timeout-minutes"].as_i64().is_some(),
                "{name}: {job} may run for ever"
            );
            for step in body["steps"].as_vec().unwrap() {
                let does = [&step["uses"], &step["run"]];
                let count = does.iter().filter(|what| what.as_str().is_some()).count();
                assert_eq!(
                    count, 1,
                    "{name}: a step of {job} does not do exactly one thing"
                );
            }
        }
    }
}

#[test]
fn rights_are_small_and_actions_are_pinned() {
    for name in WORKFLOWS {
        let (workflow, _) = read(name);
        assert_eq!(
            workflow["permissions"]["contents"].as_str(),
            Some("read"),
            "{name}"
        );
        assert!(!workflow["concurrency"]["group"].is_badvalue(), "{name}");
        for (job, body) in jobs(&workflow) {
            for step in body["steps"].as_vec().unwrap() {
                let Some(action) = step["uses"].as_str() else {
                    continue;
                };
                let version = action.split_once('@').unwrap().1;
                let is_version = version.starts_with('v') && version[1..].parse::<u32>().is_ok();
                assert!(is_version, "{name}: {job} uses {action} without a version");
            }
        }
    }
}

#[test]
fn tasks_that_workflows_call_exist() {
    let mut called = 0;
    for name in WORKFLOWS {
        let (_, text) = read(name);
        for call in text.split("cargo xtask ").skip(1) {
            let task = call.split_whitespace().next().unwrap();
            assert!(
                TASKS.iter().any(|known| known.name == task),
                "{name} calls cargo xtask {task}"
            );
            called += 1;
        }
    }
    assert!(
        called > 0,
        "no workflow uses this tool, so this test looks at nothing"
    );
}

#[test]
fn a_release_needs_every_build() {
    let (workflow, _) = read("release.yml");
    assert_eq!(workflow["jobs"]["draft"]["needs"].as_str(), Some("build"));
    assert_eq!(
        workflow["jobs"]["draft"]["permissions"]["contents"].as_str(),
        Some("write")
    );
}
