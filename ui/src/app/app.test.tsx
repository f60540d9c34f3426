import { renderPage } from "@/testing/render-page";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { ErrorBoundary } from "./error-boundary";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";

describe("the first start", () => {
  it("asks for a name, a language and a theme, then opens the chat", async () => {
    const { node, user } = renderPage({ scenario: { firstRun: true } });
    const name = await screen.findByRole("textbox", { name: "What is this machine called?" });
    await user.clear(name);
    await user.type(name, "attic");
    await user.click(screen.getByRole("radio", { name: "Dark" }));
    await user.click(screen.getByRole("button", { name: "Start" }));
    expect(await screen.findByRole("heading", { name: "What would you like to know?" })).toBeTruthy();
    expect(node.world.status.machine.name).toBe("attic");
    const value = (key: string) => node.world.settings.find((one) => one.key === key)?.value;
    expect([value("ui.theme"), value("ui.welcomed")]).toEqual(["dark", true]);
  });

  it("can be skipped, and changes nothing then", async () => {
    const { node, user } = renderPage({ scenario: { firstRun: true } });
    await user.click(await screen.findByRole("button", { name: "Skip for now" }));
    await screen.findByRole("heading", { name: "What would you like to know?" });
    const written = node.received.filter(
      (call) => call.name.includes("set") && call.name !== "settings.list",
    );
    expect(written).toEqual([{ name: "settings.set", params: { key: "ui.welcomed", value: true } }]);
    expect(node.received.some((call) => call.name === "machines.rename")).toBe(false);
  });

  it("stays when its end cannot be saved, and says why", async () => {
    const { node, user } = renderPage({ scenario: { firstRun: true } });
    await screen.findByRole("button", { name: "Skip for now" });
    node.fail("settings.set", { code: "disk_full", params: { folder: "/data" }, retryable: true });
    await user.click(screen.getByRole("button", { name: "Skip for now" }));
    expect((await screen.findByRole("alert")).textContent).toContain("The disk is full");
  });
});

describe("the command palette", () => {
  it("opens with Ctrl K, finds a screen and goes there", async () => {
    const { user } = renderPage();
    await screen.findByRole("heading", { name: "What would you like to know?" });
    await user.keyboard("{Control>}k{/Control}");
    const input = await screen.findByRole("combobox", { name: "Go to or do" });
    await user.type(input, "diag");
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: "Diagnostics" })).toBeTruthy();
    await waitFor(() => expect(screen.queryByRole("combobox", { name: "Go to or do" })).toBeNull());
  });

  it("does things, also by the name in the file", async () => {
    const { node, user } = renderPage();
    await screen.findByRole("heading", { name: "What would you like to know?" });
    await user.click(within(screen.getByRole("complementary")).getByRole("button", { name: /Search/ }));
    await user.type(await screen.findByRole("combobox", { name: "Go to or do" }), "theme dark{Enter}");
    await waitFor(() =>
      expect(node.world.settings.find((one) => one.key === "ui.theme")?.value).toBe("dark"),
    );

    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "Go to or do" }), "udp_port{Enter}");
    await waitFor(() => expect(location.hash).toBe("#/settings/network"));
  });

  it("leads to no section that a browser lacks", async () => {
    const { user } = renderPage({ scenario: { browser: true } });
    await screen.findByRole("heading", { name: "What would you like to know?" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "Go to or do" }), "desktop.notifications");
    expect(await screen.findByText("Nothing found for “desktop.notifications”.")).toBeTruthy();
  });

  it("says when it finds nothing", async () => {
    const { user } = renderPage();
    await screen.findByRole("heading", { name: "What would you like to know?" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "Go to or do" }), "zebra");
    expect(await screen.findByText("Nothing found for “zebra”.")).toBeTruthy();
  });
});

describe("keys", () => {
  it("go to screens, to settings, and show themselves", async () => {
    const { user } = renderPage();
    await screen.findByRole("heading", { name: "What would you like to know?" });
    await user.keyboard("{Alt>}2{/Alt}");
    expect(await screen.findByRole("heading", { level: 1, name: "Machines" })).toBeTruthy();
    await waitFor(() => expect(document.title).toBe("Machines · Banyan"));
    await user.keyboard("{Control>},{/Control}");
    expect(await screen.findByRole("heading", { level: 1, name: "Settings" })).toBeTruthy();
    await user.keyboard("?");
    const dialog = await screen.findByRole("dialog", { name: "Keyboard" });
    expect(within(dialog).getByText("Show or hide the sidebar")).toBeTruthy();
  });

  it("are letters while somebody writes", async () => {
    const { user } = renderPage();
    await user.type(await screen.findByRole("textbox"), "really?");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByRole("textbox")).toHaveProperty("value", "really?");
  });
});

describe("the connection", () => {
  it("is told when it breaks and forgotten when it is back", async () => {
    const { node } = renderPage({ hash: "#/machines" });
    await screen.findByRole("heading", { level: 2, name: "studio" });
    node.unreachable = true;
    expect(await screen.findByText(/last known values/, {}, { timeout: 3000 })).toBeTruthy();
    expect(screen.getByText("Not connected")).toBeTruthy();
    expect(screen.getByRole("heading", { level: 2, name: "studio" })).toBeTruthy();

    node.unreachable = false;
    await waitFor(() => expect(screen.queryByText(/last known values/)).toBeNull());
  });

  it("that never was leaves a page that recovers by itself", async () => {
    const { node } = renderPage({ scenario: { offline: true } });
    expect(await screen.findByRole("heading", { name: "Banyan does not answer" })).toBeTruthy();
    node.unreachable = false;
    expect(await screen.findByRole("heading", { name: "What would you like to know?" })).toBeTruthy();
  });

  it("that is refused asks for a new link", async () => {
    const { node, user } = renderPage({ hash: "#/diagnostics" });
    await screen.findByRole("region", { name: "Checks" });
    node.fail("diagnostics.report", { code: "unauthorized", params: {}, retryable: false });
    await user.click(screen.getByRole("button", { name: "Copy report" }));
    expect(
      await screen.findByRole("heading", { name: "This link was used already or is too old" }),
    ).toBeTruthy();
    expect(screen.getByText("banyan link --open")).toBeTruthy();
  });

  it("reads everything anew after a resync", async () => {
    const { node } = renderPage({ hash: "#/machines" });
    await screen.findByRole("heading", { level: 2, name: "studio" });
    node.world.status = { ...node.world.status, machine: { ...node.world.status.machine, name: "attic" } };
    node.publish({ kind: "resync" });
    expect(await screen.findByRole("heading", { level: 2, name: "attic" })).toBeTruthy();
  });
});

describe("the error boundary", () => {
  it("shows what broke, lets it be copied, and tries again", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const user = userEvent.setup();
    let broken = true;
    function Fragile() {
      if (broken) throw new Error("the teapot is empty");
      return <p>whole again</p>;
    }
    render(
      <ErrorBoundary>
        <Fragile />
      </ErrorBoundary>,
    );
    expect(screen.getByRole("heading", { name: "This screen stopped working" })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Copy details" }));
    expect(await navigator.clipboard.readText()).toContain("the teapot is empty");

    broken = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(screen.getByText("whole again")).toBeTruthy();
  });
});
