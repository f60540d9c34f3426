import { describe, expect, it } from "vitest";
import type { SettingKind, SettingValue } from "@/backend/api.gen";
import { fakeSettings } from "@/backend/fake/settings";
import { createWorld } from "@/backend/fake/world";
import { createI18n } from "@/i18n/i18n";
import { ENGLISH } from "@/i18n/words";
import { arrange } from "./arrangement";
import { fieldText, parseField, settingLabel, spokenValue } from "./setting-text";

const i18n = createI18n("en", ENGLISH);
const port: SettingKind = { type: "number", min: 1, max: 65_535, unit: "port" };
const bytes: SettingKind = { type: "number", min: 1, max: 2 ** 30, unit: "bytes" };
const list: SettingKind = { type: "list", max_items: 9, max_chars: 20 };

describe("the text of a field", () => {
  it.each<[SettingKind, SettingValue]>([
    [port, 7878],
    [bytes, 52_428_800],
    [bytes, 1_572_864],
    [list, []],
    [list, ["eth0", "wlan0"]],
    [{ type: "text", min_chars: 1, max_chars: 64 }, "Reading room"],
  ])("stands for the value it was made from (%#)", (kind, value) => {
    expect(parseField(kind, fieldText(kind, value))).toEqual(value);
  });

  it("understands Persian and Arabic digits and commas", () => {
    expect(parseField(port, " ۵۰۰۱ ")).toBe(5001);
    expect(parseField(port, "٥٠٠١")).toBe(5001);
    expect(parseField(bytes, "۱٫۵")).toBe(1_572_864);
    expect(parseField(list, "eth0، wlan0,, ")).toEqual(["eth0", "wlan0"]);
  });

  it.each(["", "  ", "many", "1 2"])("is no number when it is %j", (text) => {
    expect(parseField(port, text)).toBeNull();
  });
});

describe("settings on the screen", () => {
  const settings = fakeSettings({}, createWorld({}).status);

  it("all appear once, except what the page remembers for itself", () => {
    const shown = [...arrange(settings).values()].flat().map((setting) => setting.key);
    const hidden = settings.map((setting) => setting.key).filter((key) => !shown.includes(key));
    expect(new Set(shown).size).toBe(shown.length);
    expect(hidden).toEqual(["ui.welcomed", "ui.tray_hint_shown"]);
  });

  it("have a name and a default that can be said", () => {
    for (const setting of [...arrange(settings).values()].flat()) {
      expect(settingLabel(i18n, setting.key), setting.key).not.toBe(setting.key);
      expect(spokenValue(i18n, setting, setting.default)).not.toBe("");
    }
  });

  it("put what nobody arranged under other", () => {
    const [first] = settings;
    if (!first) throw new Error("no settings");
    expect([...arrange([{ ...first, key: "new.thing" }]).keys()]).toEqual(["other"]);
  });
});
