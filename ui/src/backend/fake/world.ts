import type {
  ChatReadiness,
  Check,
  DesktopState,
  Firewall,
  LogLine,
  ModelsView,
  NetworkReport,
  Notice,
  Setting,
  Status,
} from "../api.gen";
import { fakeChecks, fakeNetwork } from "./examination";
import { fakeModels } from "./models";
import type { Scenario } from "./scenario";
import { fakeSettings } from "./settings";

/** Everything a fake node knows. */
export interface World {
  status: Status;
  settings: Setting[];
  checks: Check[];
  firewall: Firewall;
  network: NetworkReport;
  log: LogLine[];
  readiness: ChatReadiness;
  models: ModelsView;
  desktop: DesktopState | null;
  report: string;
}

const KEY = "7f3a9c1e5b82d04466e1f7a2c9350b8d1e6f4a7c2b905d3e8f10a6b4c7d2e953";
const GIB = 1024 ** 3;

export function createWorld(scenario: Scenario): World {
  const status = fakeStatus(scenario);
  return {
    status,
    settings: fakeSettings(scenario, status),
    checks: fakeChecks(scenario),
    firewall: fakeFirewall(scenario),
    network: fakeNetwork(scenario),
    log: fakeLog(scenario),
    readiness: scenario.models
      ? { ready: true, reasons: [] }
      : { ready: false, reasons: notices(["ollama_absent", "info", { address: "http://127.0.0.1:11434" }]) },
    models: fakeModels(scenario),
    desktop: scenario.browser ? null : { tray: true, autostart: false },
    report: `Banyan ${status.version} (${status.commit})\n${status.machine.os} ${status.machine.arch}\n`,
  };
}

function fakeStatus(scenario: Scenario): Status {
  return {
    version: "0.1.0",
    commit: "4f2c91d",
    state: "ready",
    machine: {
      id: "P45J-YHS3-QLID-EZXB-66RM-SNIL-RUPG-6SVS-WBO6-6ENW-UTT6-2LUV-GA",
      short_id: "P45JYHS3",
      key: KEY,
      name: "studio",
      person: "MRKQ72VD",
      os: "linux",
      arch: "x86_64",
      key_store: scenario.problems ? "file" : "keyring",
      this_machine: true,
    },
    started_at: new Date(Date.now() - 7_842_000).toISOString(),
    uptime_seconds: 7842,
    data_folder: "/home/mina/.local/share/banyan",
    config_file: "/home/mina/.local/share/banyan/config.toml",
    log_folder: "/home/mina/.local/share/banyan/logs",
    http: { address: "127.0.0.1:8080", page: "http://127.0.0.1:8080/app/" },
    ports: { tcp: 7878, udp: 5000 },
    interfaces: [
      {
        name: "enp5s0",
        kind: "lan",
        addresses: ["192.168.1.20/24", "fe80::5054:ff:fe12:3456/64"],
        usable: !scenario.problems,
      },
      {
        name: "wlp3s0",
        kind: "lan",
        addresses: scenario.problems ? [] : ["192.168.1.41/24"],
        usable: !scenario.problems,
      },
      { name: "docker0", kind: "container", addresses: ["172.17.0.1/16"], usable: false },
      { name: "lo", kind: "loopback", addresses: ["127.0.0.1/8", "::1/128"], usable: false },
    ],
    resources: {
      memory_bytes: 23_400_000,
      machine_memory_bytes: 32 * GIB,
      machine_memory_free_bytes: scenario.problems ? 1.1 * GIB : 18.6 * GIB,
      cpu_percent: 0.1,
      cores: 12,
      disk_free_bytes: scenario.problems ? 0.4 * GIB : 412 * GIB,
      error_percent: scenario.problems ? 6.2 : 0,
      calls_last_hour: 418,
      errors_last_hour: scenario.problems ? 26 : 0,
    },
    notices: scenario.problems
      ? notices(
          ["no_network", "warning", {}],
          [
            "port_moved",
            "warning",
            { key: "http.address", wanted: "8080", got: "8081", program: "#another_program" },
          ],
          ["key_in_file", "info", { reason: "no secret service on the session bus" }],
        )
      : [],
  };
}

function fakeFirewall(scenario: Scenario): Firewall {
  if (!scenario.problems && !scenario.unreached) {
    return { kind: "ufw", open: true, command: "", can_open: false };
  }
  const open = scenario.problems ? false : null;
  return { kind: "ufw", open, command: "sudo ufw allow Banyan", can_open: !scenario.browser };
}

function fakeLog(scenario: Scenario): LogLine[] {
  const line = (
    secondsAgo: number,
    level: LogLine["level"],
    target: string,
    message: string,
    fields: Record<string, string> = {},
    count = 1,
  ): LogLine => ({
    at: new Date(Date.now() - secondsAgo * 1000).toISOString(),
    level,
    target,
    message,
    fields,
    count,
  });
  const quiet = [
    line(7842, "info", "node", "starting", { version: "0.1.0", data: "/home/mina/.local/share/banyan" }),
    line(7842, "debug", "node::config", "configuration read", { keys: "4" }),
    line(7841, "info", "mesh::identity", "identity loaded", { store: "keyring" }),
    line(7841, "info", "gateway", "listening", { address: "127.0.0.1:8080" }),
    line(7841, "info", "node", "ready", { after_ms: "63" }),
    line(1260, "debug", "api", "call answered", { call: "status", ms: "1" }, 412),
  ];
  if (!scenario.problems) return quiet;
  return [
    ...quiet,
    line(640, "warn", "gateway", "port taken, moved on", { wanted: "8080", used: "8081" }),
    line(120, "warn", "mesh::identity", "no keyring, key kept in a file"),
    line(9, "error", "mesh", "no network interface to use", { found: "4" }, 26),
  ];
}

function notices(
  ...list: [code: string, level: Notice["level"], params: Record<string, string>][]
): Notice[] {
  return list.map(([code, level, params]) => ({ code, level, params }));
}
