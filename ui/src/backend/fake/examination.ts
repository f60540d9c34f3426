import type { Check, InterfaceReport, NetworkReport, Outcome, SkippedBecause, Traffic } from "../api.gen";
import type { Scenario } from "./scenario";

type Params = Record<string, string>;

const HEARD_SECONDS_AGO = 12;

export function fakeChecks(scenario: Scenario): Check[] {
  const folder = "/home/mina/.local/share/banyan";
  const checks = [
    found("good", "data_folder", "data_folder_good", { folder }),
    found("good", "disk_space", "disk_space_good", { free: "412 GB" }),
    found("good", "configuration", "configuration_good", { file: `${folder}/config.toml` }),
    found("good", "identity", "identity_in_keyring"),
    found("good", "http", "http_good", { address: "127.0.0.1:8080" }),
    found("good", "clock", "clock_good", { now: "2026-11-21 10:24" }),
    found("good", "network", "network_good", { addresses: "192.168.1.20/24, 192.168.1.41/24" }),
    found("good", "ports", "ports_good", { tcp: "7878", udp: "5000" }),
    found("good", "announcements", "announcements_good", { sent: "264", heard: "518" }),
    found("good", "firewall", "firewall_open", { firewall: "ufw" }),
    ...fakeServerChecks(scenario),
  ];
  if (scenario.problems) return replaced(checks, problems());
  if (scenario.unreached) return replaced(checks, unreached());
  return checks;
}

function fakeServerChecks({ models }: Scenario): Check[] {
  const ollama = { name: "Ollama", address: "http://127.0.0.1:11434" };
  if (!models)
    return [
      {
        ...found("warning", "backends", "ollama_missing"),
        command: "curl -fsSL https://ollama.com/install.sh | sh",
      },
    ];
  const good = found("good", "backends", "backend_good", { ...ollama, version: "0.12.3", models: "3" });
  if (models !== "many") return [good];
  return [
    good,
    found("warning", "backends", "backend_silent", {
      name: "llama-server",
      address: "http://127.0.0.1:8081/v1",
    }),
    found("good", "backends", "backend_far", {
      name: "api.example.org",
      address: "https://api.example.org/v1",
      models: "1",
    }),
  ];
}

function problems(): Check[] {
  return [
    found("warning", "disk_space", "disk_space_low", { free: "400 MB" }),
    found("problem", "network", "network_absent"),
    {
      ...found("warning", "firewall", "firewall_closed", { firewall: "ufw" }),
      command: "sudo ufw allow Banyan",
    },
  ];
}

function unreached(): Check[] {
  return [
    found("problem", "announcements", "sending_forbidden", { interfaces: "wlp3s0", port: "5000" }),
    found("problem", "machines", "machines_unreached", { machines: "atlas (192.168.1.31:7878)" }),
    {
      ...found("warning", "incoming", "incoming_nobody", { answered: "2", port: "7878" }),
      command: "sudo ufw allow Banyan",
    },
    found("warning", "mesh_keys", "other_mesh_key", { count: "1", machines: "office-printer" }),
    found("good", "clocks", "clocks_differ", { machines: "atlas", most: "2 h 4 min" }),
    {
      ...found("warning", "firewall", "firewall_unclear", { firewall: "ufw" }),
      command: "sudo ufw allow Banyan",
    },
  ];
}

/** What is new stands in the place of what is about the same, else behind it all. */
function replaced(checks: Check[], others: Check[]): Check[] {
  const about = (id: Check["id"]) => (check: Check) => check.id === id;
  const kept = checks.map((check) => others.find(about(check.id)) ?? check);
  return [...kept, ...others.filter((other) => !checks.some(about(other.id)))];
}

export function fakeNetwork(scenario: Scenario): NetworkReport {
  const skipped = (name: string, addresses: string[], skipped_because: SkippedBecause): InterfaceReport => ({
    ...traffic(0, 0),
    name,
    addresses,
    used: false,
    skipped_because,
    mdns: null,
  });
  const used = (name: string, addresses: string[], announcements: Traffic): InterfaceReport => ({
    ...announcements,
    name,
    addresses,
    used: true,
    skipped_because: null,
    mdns: traffic(41, 63),
  });
  const wireless = scenario.unreached
    ? {
        ...traffic(3, 0),
        error: found("problem", "announcements", "sending_forbidden", { interfaces: "wlp3s0", port: "5000" })
          .finding,
        error_at: new Date().toISOString(),
      }
    : traffic(132, 0);
  return {
    ports: { tcp: 7878, udp: 5000 },
    mdns: true,
    interfaces: [
      ...(scenario.problems
        ? [skipped("enp5s0", [], "down"), skipped("wlp3s0", [], "down")]
        : [
            used("enp5s0", ["192.168.1.20/24", "fe80::5054:ff:fe12:3456/64"], traffic(132, 518)),
            used("wlp3s0", ["192.168.1.41/24"], wireless),
          ]),
      skipped("docker0", ["172.17.0.1/16"], "container"),
      skipped("lo", ["127.0.0.1/8", "::1/128"], "loopback"),
      skipped("tun0", ["10.8.0.2/24"], "point_to_point"),
    ],
    refused: scenario.unreached ? 4 : 0,
  };
}

function traffic(sent: number, heard: number): Traffic {
  const last = new Date(Date.now() - HEARD_SECONDS_AGO * 1000).toISOString();
  return { sent, heard, last_heard: heard > 0 ? last : null, error: null, error_at: null };
}

function found(outcome: Outcome, id: Check["id"], code: string, params: Params = {}): Check {
  const level = outcome === "good" ? "info" : outcome;
  return { id, outcome, finding: { code, level, params }, command: null };
}
