//! Who may depend on whom. docs/architecture.md gives the reasons; this table is
//! the same law in a form that a machine can hold against cargo's own answer.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Finding, Snapshot};

/// One room of the house.
struct Room {
    name: &'static str,
    layer: u8,
    /// Rooms it may look into; it never looks into another of its own layer.
    may_use: &'static [&'static str],
    /// Packages from outside that would give it a skill it must not have. A name
    /// with a `*` at the end stands for all that begin so.
    must_not_know: &'static [&'static str],
}

const DATABASES: &str = "rusqlite";

const ROOMS: &[Room] = &[
    Room {
        name: "wire",
        layer: 0,
        may_use: &[],
        must_not_know: &[
            "tokio*", "socket2", "if-addrs", "mio", "async-*", DATABASES, "tracing*", "log",
            "chrono", "time", "jiff", "reqwest", "hyper*", "axum*", "tauri*",
        ],
    },
    Room {
        name: "engine",
        layer: 0,
        may_use: &[],
        must_not_know: &["tokio*", "socket2", "reqwest", "hyper*", "axum*", "tauri*"],
    },
    Room {
        name: "mesh",
        layer: 1,
        may_use: &["wire"],
        must_not_know: &[DATABASES, "reqwest", "hyper*", "axum*", "tauri*"],
    },
    Room {
        name: "chat",
        layer: 1,
        may_use: &["wire"],
        must_not_know: &["tokio*", "socket2", "reqwest", "hyper*", "axum*", "tauri*"],
    },
    Room {
        name: "infer",
        layer: 1,
        may_use: &["engine"],
        must_not_know: &["axum*", "tauri*"],
    },
    Room {
        name: "library",
        layer: 1,
        may_use: &["wire", "engine"],
        must_not_know: &["reqwest", "hyper*", "axum*", "tauri*"],
    },
    Room {
        name: "node",
        layer: 2,
        may_use: &["wire", "engine", "mesh", "chat", "infer", "library"],
        must_not_know: &["axum*", "tauri*"],
    },
    Room {
        name: "api",
        layer: 3,
        may_use: &["node"],
        must_not_know: &["axum*", "tauri*"],
    },
    Room {
        name: "gateway",
        layer: 4,
        may_use: &["api"],
        must_not_know: &["tauri*"],
    },
    Room {
        name: "banyan",
        layer: 5,
        may_use: &["api", "gateway", "node"],
        must_not_know: &["axum*", "tauri*"],
    },
    Room {
        name: "banyan-desktop",
        layer: 5,
        may_use: &["api", "gateway", "node"],
        must_not_know: &["axum*"],
    },
];

/// Serves tests only: uses every room, is used by none but their tests.
const TEST_ROOM: &str = "testkit";
/// Stands outside the house.
const TOOL: &str = "xtask";

pub(super) fn rule(snapshot: &Snapshot) -> Result<Vec<Finding>> {
    check(&snapshot.metadata)
}

fn check(metadata: &Value) -> Result<Vec<Finding>> {
    let packages = metadata
        .get("packages")
        .and_then(Value::as_array)
        .context("cargo metadata lists no packages")?;
    let layers: BTreeMap<&str, u8> = ROOMS.iter().map(|room| (room.name, room.layer)).collect();
    let mut findings = Vec::new();
    for package in packages {
        let name = text(package, "name");
        let room = ROOMS.iter().find(|room| room.name == name);
        if room.is_none() && name != TEST_ROOM && name != TOOL {
            findings.push(Finding::law(
                name,
                "this crate has no place in the dependency law; give it one in \
                 xtask/src/tidy/law.rs and docs/architecture.md",
            ));
            continue;
        }
        for dependency in package
            .get("dependencies")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let edge = Edge {
                from: name,
                to: text(dependency, "name"),
                for_tests: dependency.get("kind").and_then(Value::as_str) == Some("dev"),
                inside: dependency.get("path").is_some_and(Value::is_string),
            };
            if let Some(why) = edge.breaks(room, &layers) {
                findings.push(Finding::law(name, why));
            }
        }
    }
    Ok(findings)
}

struct Edge<'a> {
    from: &'a str,
    to: &'a str,
    for_tests: bool,
    inside: bool,
}

impl Edge<'_> {
    fn breaks(&self, room: Option<&Room>, layers: &BTreeMap<&str, u8>) -> Option<String> {
        let Self { from, to, .. } = self;
        if !self.inside {
            let room = room?;
            // Tests may use more than the crate itself.
            let forbidden =
                !self.for_tests && room.must_not_know.iter().any(|name| matches(name, to));
            return forbidden.then(|| {
                format!("must not depend on {to}: the law of docs/architecture.md keeps that skill out of this layer")
            });
        }
        match (*from, *to) {
            // With a feature that only its tests need.
            _ if from == to => None,
            (TOOL, _) => Some(format!(
                "depends on {to}, but the tool builds without the house"
            )),
            (TEST_ROOM, TOOL) | (_, TOOL) => {
                Some("depends on xtask, which is no library".to_owned())
            }
            (TEST_ROOM, _) => None,
            (_, TEST_ROOM) if self.for_tests => None,
            (_, TEST_ROOM) => Some("testkit may only be a dependency of tests".to_owned()),
            _ => {
                let room = room?;
                let below = layers.get(to).is_some_and(|layer| *layer < room.layer);
                let allowed = room.may_use.contains(to) || (self.for_tests && below);
                (!allowed).then(|| {
                    let may = if room.may_use.is_empty() {
                        "no other crate of the workspace".to_owned()
                    } else {
                        format!("only {}", room.may_use.join(", "))
                    };
                    format!("depends on {to}, but may use {may}")
                })
            }
        }
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name == start.trim_end_matches('-') || name.starts_with(start),
        None => name == pattern,
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(name: &str, dependencies: &[Value]) -> Value {
        json!({"packages": [{"name": name, "dependencies": dependencies}]})
    }

    fn inside(name: &str, kind: Option<&str>) -> Value {
        json!({"name": name, "kind": kind, "path": format!("/somewhere/{name}")})
    }

    fn outside(name: &str, kind: Option<&str>) -> Value {
        json!({"name": name, "kind": kind})
    }

    fn says(metadata: &Value) -> Vec<String> {
        check(metadata)
            .unwrap()
            .iter()
            .map(Finding::sentence)
            .collect()
    }

    #[test]
    fn the_edges_of_the_plan_are_lawful() {
        for (from, to) in [
            ("mesh", "wire"),
            ("node", "mesh"),
            ("api", "node"),
            ("gateway", "api"),
            ("banyan", "gateway"),
            ("banyan-desktop", "node"),
            ("testkit", "wire"),
        ] {
            assert_eq!(
                says(&package(from, &[inside(to, None)])),
                Vec::<String>::new(),
                "{from} -> {to}"
            );
        }
    }

    #[test]
    fn an_edge_up_or_sideways_is_not() {
        for (from, to) in [
            ("wire", "mesh"),
            ("mesh", "chat"),
            ("gateway", "node"),
            ("banyan", "mesh"),
            ("banyan-desktop", "banyan"),
            ("xtask", "wire"),
            ("node", "xtask"),
        ] {
            assert_eq!(
                says(&package(from, &[inside(to, None)])).len(),
                1,
                "{from} -> {to}"
            );
        }
        assert_eq!(
            says(&package("gateway", &[inside("node", None)])),
            ["wrong: gateway: depends on node, but may use only api"]
        );
    }

    #[test]
    fn tests_may_look_down_and_use_the_testkit() {
        assert!(says(&package("gateway", &[inside("node", Some("dev"))])).is_empty());
        assert!(says(&package("gateway", &[inside("gateway", Some("dev"))])).is_empty());
        assert!(says(&package("node", &[inside("testkit", Some("dev"))])).is_empty());
        assert_eq!(
            says(&package("node", &[inside("gateway", Some("dev"))])).len(),
            1
        );
        assert_eq!(says(&package("node", &[inside("testkit", None)])).len(), 1);
    }

    #[test]
    fn skills_stay_out_of_the_layers_that_must_not_have_them() {
        assert_eq!(
            says(&package("wire", &[outside("tokio-util", None)])).len(),
            1
        );
        assert_eq!(says(&package("api", &[outside("axum", None)])).len(), 1);
        assert_eq!(
            says(&package(
                "gateway",
                &[outside("tauri-build", Some("build"))]
            ))
            .len(),
            1
        );
        assert!(says(&package("wire", &[outside("tokio", Some("dev"))])).is_empty());
        assert!(says(&package("banyan-desktop", &[outside("tauri", None)])).is_empty());
    }

    #[test]
    fn a_crate_without_a_place_is_named() {
        let says = says(&package("shortcuts", &[]));
        assert!(
            says.iter().any(|line| line.contains("shortcuts")),
            "{says:?}"
        );
    }
}
