import type { Setting, SettingValue, Status } from "../api.gen";
import type { Scenario } from "./scenario";
import { DEFAULT_SETTINGS } from "./settings.gen";

/** The settings the node really has, with the values of the scenario. */
export function fakeSettings(scenario: Scenario, status: Status): Setting[] {
  const written: Record<string, SettingValue> = {
    "ui.welcomed": !scenario.firstRun,
    ...(scenario.models && { "sharing.on": true }),
    ...(scenario.theme && { "ui.theme": scenario.theme }),
    ...(scenario.language && { "ui.language": scenario.language }),
  };
  return DEFAULT_SETTINGS.map((one) => {
    const value = written[one.key];
    const fromFile =
      value === undefined ? one : { ...one, value, source: "file" as const, origin: status.config_file };
    return scenario.readOnly ? overruled(fromFile) : fromFile;
  });
}

/** As if the node had been started with flags and variables. */
function overruled(one: Setting): Setting {
  const flags: Record<string, [string, SettingValue]> = {
    "network.tcp_port": ["--tcp", 7900],
    "http.address": ["--http", "127.0.0.1:9090"],
    "machine.name": ["--name", "studio"],
  };
  const flag = flags[one.key];
  if (flag) return { ...one, value: flag[1], source: "flag", origin: flag[0], read_only: true };
  if (one.key === "network.udp_port" || one.key === "log.level") {
    return { ...one, source: "environment", origin: one.variable, read_only: true };
  }
  return one;
}
