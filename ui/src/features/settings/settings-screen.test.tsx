import { renderPage } from "@/testing/render-page";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

async function openSettings(options: Parameters<typeof renderPage>[0] = {}) {
  const page = renderPage({ hash: "#/settings", ...options });
  await screen.findByRole("region", { name: "Network" });
  return page;
}

const section = (name: string) => within(screen.getByRole("region", { name }));

describe("a setting", () => {
  it("is written when its field is left, and told to wait for the next start", async () => {
    const { node, user } = await openSettings();
    const port = section("Network").getByRole("textbox", { name: "Port for being found" });
    await user.clear(port);
    await user.type(port, "۵۰۰۱");
    await user.tab();
    await waitFor(() =>
      expect(node.received).toContainEqual({
        name: "settings.set",
        params: { key: "network.udp_port", value: 5001 },
      }),
    );
    expect(await section("Network").findByText("Takes effect at the next start")).toBeTruthy();
    expect(await screen.findByText("1 change waits for the next start")).toBeTruthy();
    expect(port).toHaveProperty("value", "5001");
  });

  it("that takes effect at once does not wait", async () => {
    const { node, user } = await openSettings();
    const keep = section("Log").getByRole("textbox", { name: "Keep" });
    await user.clear(keep);
    await user.type(keep, "9{Enter}");
    await waitFor(() =>
      expect(node.world.settings.find((one) => one.key === "log.keep_files")).toMatchObject({
        value: 9,
        waiting: false,
      }),
    );
    expect(screen.queryByText("Takes effect at the next start")).toBeNull();
  });

  it("that is empty says what that means", async () => {
    await openSettings();
    expect(section("Network").getByRole("textbox", { name: "Interfaces" })).toHaveProperty(
      "placeholder",
      "All that fit",
    );
    expect(section("Models").getByRole("combobox", { name: "Usual model" }).textContent).toBe("None chosen");
  });

  it("of the usual model offers what can be asked, each model once", async () => {
    const { node, user } = await openSettings({ scenario: { models: "many", around: "eleven" } });
    await user.click(section("Models").getByRole("combobox", { name: "Usual model" }));
    // The same file is called qwen3 elsewhere.
    expect(screen.queryByRole("option", { name: "qwen3" })).toBeNull();
    expect(screen.queryByRole("option", { name: "nomic-embed-text" })).toBeNull();
    await user.click(await screen.findByRole("option", { name: "qwen3:8b" }));
    await waitFor(() =>
      expect(node.received).toContainEqual({
        name: "settings.set",
        params: { key: "models.default", value: "qwen3:8b" },
      }),
    );
  });

  it("of sharing stands with what belongs to it, who may among it", async () => {
    const { node, user } = await openSettings({ scenario: { models: true, around: "two" } });
    const sharing = section("Sharing");
    const group = (name: string) => within(sharing.getByText(name).closest("[role=group]") as HTMLElement);
    expect(group("Who").getByRole("switch", { name: "Share my models" })).toBeTruthy();
    expect(await group("Who").findByText(/atlas/)).toBeTruthy();
    expect(group("How much").getByRole("textbox", { name: "Requests a minute" })).toBeTruthy();
    await user.click(group("When it ends").getByRole("radio", { name: "Stop" }));
    await waitFor(() =>
      expect(node.received).toContainEqual({
        name: "settings.set",
        params: { key: "sharing.stop_at_once", value: true },
      }),
    );
    expect(
      await group("When it ends").findByRole("button", { name: "Reset What is being answered to Finish" }),
    ).toBeTruthy();
  });

  it("of how long a quiet time is counts only where others wait for one", async () => {
    const { user } = await openSettings();
    expect(section("Sharing").queryByRole("textbox", { name: "Quiet time" })).toBeNull();
    await user.click(section("Sharing").getByRole("switch", { name: "Only while you ask nothing" }));
    expect(await section("Sharing").findByRole("textbox", { name: "Quiet time" })).toBeTruthy();
  });

  it("of which models are shared is ticked, and nothing ticked means all", async () => {
    const { node, user } = await openSettings({
      scenario: { models: "many", around: "eleven" },
    });
    const models = section("Sharing").getByRole("combobox", { name: "Shared models" });
    expect(models.textContent).toBe("All of them");
    await user.click(models);
    await user.click(await screen.findByRole("option", { name: "qwen3:8b" }));
    await waitFor(() =>
      expect(node.received).toContainEqual({
        name: "settings.set",
        params: { key: "sharing.models", value: ["qwen3:8b"] },
      }),
    );
    // What runs outside of the network is never shared.
    expect(screen.queryByRole("option", { name: "gpt-large" })).toBeNull();
    await user.click(await screen.findByRole("option", { name: "qwen3:8b" }));
    await waitFor(() => expect(models.textContent).toBe("All of them"));
  });

  it("with a fraction is taken as it was typed, in the digits of any keyboard", async () => {
    const { node, user } = await openSettings();
    const field = section("Models").getByRole("textbox", { name: "Temperature" });
    expect(field).toHaveProperty("placeholder", "As the model says");
    await user.type(field, "۰٫۷{Enter}");
    await waitFor(() =>
      expect(node.received).toContainEqual({
        name: "settings.set",
        params: { key: "models.temperature", value: "0.7" },
      }),
    );
  });

  it("that nothing goes by yet says so", async () => {
    await openSettings();
    const note = /nothing in this version goes by it yet/;
    expect(section("Network").getAllByText(note).length).toBeGreaterThan(0);
    expect(section("Log").queryByText(note)).toBeNull();
  });

  it("that is not allowed says so in its row and keeps what was typed", async () => {
    const { node, user } = await openSettings();
    const port = section("Network").getByRole("textbox", { name: "Port for links" });
    await user.clear(port);
    await user.type(port, "70000{Enter}");
    const alert = await section("Network").findByRole("alert");
    expect(alert.textContent).toBe(
      "“70000” is not allowed for Port for links. Allowed is a whole number from 1 to 65535.",
    );
    expect(port).toHaveProperty("value", "70000");
    expect(node.world.settings.find((one) => one.key === "network.tcp_port")?.value).toBe(7878);

    await user.clear(port);
    await user.type(port, "many{Enter}");
    await waitFor(() =>
      expect(section("Network").getByRole("alert").textContent).toBe("This needs a number."),
    );
    await user.clear(port);
    await user.type(port, "7900{Enter}");
    await waitFor(() => expect(section("Network").queryByRole("alert")).toBeNull());
    expect(port).toHaveProperty("value", "7900");

    await user.clear(port);
    await user.type(port, "many{Enter}");
    await section("Network").findByRole("alert");
    await user.type(port, "{Escape}");
    expect(section("Network").queryByRole("alert")).toBeNull();
    expect(port).toHaveProperty("value", "7900");
  });

  it("set by a flag or a variable is shown, explained and closed", async () => {
    await openSettings({ scenario: { readOnly: true } });
    const port = section("Network").getByRole("textbox", { name: "Port for links" });
    expect(port).toHaveProperty("disabled", true);
    expect(section("Network").getByText("--tcp")).toBeTruthy();
    expect(
      section("Network").getByText("--tcp decides this. Start Banyan without it to change it here."),
    ).toBeTruthy();
    expect(section("Network").getByText("BANYAN_NETWORK_UDP_PORT")).toBeTruthy();
  });

  it("goes back to its default", async () => {
    const { node, user } = await openSettings({ scenario: { theme: "dark" } });
    await user.click(section("Appearance").getByRole("button", { name: "Reset Theme to System" }));
    expect(await screen.findByText("Theme is back at its default.")).toBeTruthy();
    expect(node.world.settings.find((one) => one.key === "ui.theme")?.source).toBe("default");
  });

  it("that fails to be saved is taken back", async () => {
    const { node, user } = await openSettings();
    const failure = { code: "disk_full", params: { folder: "/data" }, retryable: true } as const;
    node.fail("settings.set", failure);
    const notifications = await screen.findByRole("switch", { name: "Notifications" });
    await user.click(notifications);
    expect((await section("Desktop").findByRole("alert")).textContent).toContain("The disk is full");
    expect(notifications.getAttribute("aria-checked")).toBe("true");
  });
});

describe("the look", () => {
  it("changes theme and text size at once, and is remembered for the next first paint", async () => {
    const { user } = await openSettings();
    await user.click(screen.getByRole("radio", { name: "Dark" }));
    await waitFor(() => expect(document.documentElement.dataset["theme"]).toBe("dark"));
    await user.click(screen.getByRole("radio", { name: "120%" }));
    await waitFor(() => expect(document.documentElement.style.fontSize).toBe("120%"));
    expect(JSON.parse(localStorage.getItem("banyan.look") ?? "")).toEqual({
      theme: "dark",
      language: "en",
      textSize: 120,
    });
  });

  it("speaks Persian from right to left without a reload, and comes back", async () => {
    const { user } = await openSettings();
    await user.click(screen.getByRole("radio", { name: "فارسی" }));
    expect(await screen.findByRole("heading", { level: 1, name: "تنظیمات" })).toBeTruthy();
    expect([document.documentElement.lang, document.documentElement.dir]).toEqual(["fa", "rtl"]);
    await user.click(screen.getByRole("radio", { name: "English" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Settings" })).toBeTruthy();
    expect(document.documentElement.dir).toBe("ltr");
  });
});

describe("folders", () => {
  it("open on a desktop", async () => {
    const { node, user } = await openSettings();
    await user.click(await screen.findByRole("button", { name: "Open: Data" }));
    await waitFor(() =>
      expect(node.received).toContainEqual({ name: "desktop.open", params: { place: "data_folder" } }),
    );
  });

  it("can only be copied in a browser, which has no desktop section either", async () => {
    await openSettings({ scenario: { browser: true } });
    expect(await screen.findByRole("button", { name: "Copy the path: Data" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Open: Data" })).toBeNull();
    expect(screen.queryByRole("region", { name: "Desktop" })).toBeNull();
  });
});
