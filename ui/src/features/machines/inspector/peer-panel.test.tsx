import { renderPage } from "@/testing/render-page";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Peer } from "@/backend/api.gen";

/** Opens the details of one machine of the eleven. */
async function openPanel(name: string, change: Partial<Peer> = {}) {
  const page = renderPage({
    hash: "#/machines",
    scenario: { around: "eleven" },
    prepare: ({ others }) => void others.becomes(name, change),
  });
  const id = page.node.others.find(name).id;
  location.hash = `#/machines/${id}`;
  const region = await screen.findByRole("region", { name });
  return { ...page, panel: within(region) };
}

describe("the details of a machine", () => {
  it("say whose it is, since when, on what trust rests and where the session goes", async () => {
    const { panel, node } = await openPanel("atlas");
    expect(panel.getByText("A machine of yours")).toBeTruthy();
    expect(panel.getByText("Codes that two people compared")).toBeTruthy();
    expect(panel.getByText(/^for 4 hr 1[67] min$/)).toBeTruthy();
    expect(panel.getByText(node.others.find("atlas").id)).toBeTruthy();
    expect(await panel.findByText("you")).toBeTruthy();
    expect(panel.getAllByText("192.168.1.10:7878")).toHaveLength(2);
  });

  it("count what went between the two about models", async () => {
    const { panel, node } = await openPanel("atlas");
    expect(await panel.findByText("Nothing yet since Banyan started.")).toBeTruthy();
    const count = { questions: 31, tokens_read: 18_400, tokens_written: 9_120 };
    const traffic = {
      peer: node.others.find("atlas").id,
      name: "atlas",
      messages_sent: 214,
      messages_heard: 260,
      asked: count,
      served: { ...count, questions: 4 },
    };
    node.world.models = { ...node.world.models, traffic: [traffic] };
    node.publish({ kind: "models_changed" });
    const row = async (name: string) =>
      (await panel.findByRole("row", { name: new RegExp(name) })).textContent;
    expect(await row("Questions")).toBe("Questions314");
    expect(await row("Tokens written")).toBe("Tokens written9,1209,120");
    expect(panel.getByText("Messages: 214 sent, 260 heard.")).toBeTruthy();
  });

  it("offer the name it calls itself now, and take it over only when told to", async () => {
    const { panel, user, node } = await openPanel("kitchen-nuc");
    expect(panel.getByText(/It now calls itself living-room-nuc/)).toBeTruthy();
    await user.click(panel.getByRole("button", { name: "Use the new name" }));
    await screen.findByRole("region", { name: "living-room-nuc" });
    expect(node.others.find("living-room-nuc").offered_name).toBeNull();
  });

  it("say what a clock out of step means, and keep quiet about seconds", async () => {
    const { panel, node } = await openPanel("kitchen-nuc");
    expect(panel.getByText("Its clock is 5 min 17 sec ahead of this one. That harms nothing.")).toBeTruthy();
    node.others.becomes("kitchen-nuc", { clock_ahead_seconds: -90 });
    await panel.findByText("Its clock is 1 min 30 sec behind this one. That harms nothing.");
    node.others.becomes("kitchen-nuc", { clock_ahead_seconds: 3 });
    await waitFor(() => expect(panel.queryByText(/Its clock/)).toBeNull());
  });

  it("tell when the other side has forgotten this machine", async () => {
    const { panel } = await openPanel("atlas", { trusts_us: false });
    expect(panel.getByText("It does not know this machine any more")).toBeTruthy();
  });

  it("allow and deny, and show what the node made of it", async () => {
    const { panel, user, node } = await openPanel("lab-server");
    const files = panel.getByRole("switch", { name: "Read shared files" });
    expect(files.getAttribute("aria-checked")).toBe("false");
    await user.click(files);
    await waitFor(() => expect(files.getAttribute("aria-checked")).toBe("true"));
    expect(node.received.at(-1)).toEqual(expect.objectContaining({ name: "audit.list" }));
    await panel.findByText("Allowed: Read shared files");

    await user.click(panel.getByRole("switch", { name: "Use shared models" }));
    await panel.findByText("Denied: Use shared models");
    const stored = node.others
      .find("lab-server")
      .permissions.find(({ permission }) => permission === "llm.use");
    expect(stored?.allowed).toBe(false);
  });

  it("keep what was not touched when one limit changes", async () => {
    const { panel, user, node } = await openPanel("lab-server");
    await user.click(panel.getByRole("button", { name: "Change the limits: Use shared models" }));
    await user.click(panel.getByRole("radio", { name: "Once" }));
    await waitFor(() => expect(granted(node)).toMatchObject({ term: "once" }));
    const field = panel.getByRole("textbox", { name: "Questions a minute" });
    await user.clear(field);
    await user.type(field, "۱۲{Enter}");
    await waitFor(() =>
      expect(granted(node)).toMatchObject({
        permission: "llm.use",
        term: "once",
        llm: { requests_per_minute: 12, concurrency: 4, max_tokens: null, models: null },
      }),
    );
    const tokens = panel.getByRole("textbox", { name: "Longest answer, in tokens" });
    await user.type(tokens, "0{Enter}");
    expect(panel.getByRole("alert").textContent).toContain("whole number above zero");
    await user.type(tokens, "{Escape}");
    expect(panel.queryByRole("alert")).toBeNull();
  });

  it("end a permission for today at midnight", async () => {
    const { panel, user, node } = await openPanel("lab-server");
    await user.click(panel.getByRole("button", { name: "Change the limits: Use shared models" }));
    await user.click(panel.getByRole("radio", { name: "Today" }));
    await waitFor(() => expect(granted(node)).toMatchObject({ term: "until" }));
    const midnight = new Date();
    midnight.setHours(24, 0, 0, 0);
    const minutes = Number(granted(node)["minutes"]);
    expect(Math.abs(Date.now() + minutes * 60_000 - midnight.getTime())).toBeLessThan(61_000);
    expect(panel.getByRole("radio", { name: "Today" }).getAttribute("aria-checked")).toBe("true");
  });

  it("ask before somebody else's machine may manage this one, and not before one's own", async () => {
    const other = await openPanel("lab-server");
    await other.user.click(other.panel.getByRole("switch", { name: "Manage this machine" }));
    const question = await screen.findByRole("dialog", { name: "Let lab-server manage this machine?" });
    expect(other.node.received.some(({ name }) => name === "peers.allow")).toBe(false);
    await other.user.click(within(question).getByRole("button", { name: "Let it manage" }));
    await waitFor(() => expect(granted(other.node)).toMatchObject({ permission: "admin" }));
  });

  it("give no more than models to one that an open network let in", async () => {
    const { panel } = await openPanel("guest-tablet");
    expect(panel.getByText(/It came in because this network is open/)).toBeTruthy();
    expect(panel.getByRole("switch", { name: "Read shared files" }).hasAttribute("data-disabled")).toBe(true);
    expect(panel.getByRole("switch", { name: "Use shared models" }).hasAttribute("data-disabled")).toBe(
      false,
    );
    expect(panel.getByRole("button", { name: "Pair" })).toBeTruthy();
  });

  it("set a quota and bring back the usual one", async () => {
    const { panel, user, node } = await openPanel("lab-server");
    await user.type(panel.getByRole("textbox", { name: "Storage" }), "500{Enter}");
    await waitFor(() =>
      expect(node.others.find("lab-server").quota).toEqual({
        messages_per_minute: 6000,
        storage_bytes: 500 * 1024 ** 2,
      }),
    );
    await user.click(await panel.findByRole("button", { name: "Back to usual" }));
    await waitFor(() => expect(node.others.find("lab-server").quota).toBeNull());
  });

  it("forget only after saying what that means", async () => {
    const { panel, user, node } = await openPanel("atlas");
    await user.click(panel.getByRole("button", { name: "Forget" }));
    const question = await screen.findByRole("dialog", { name: "Forget atlas?" });
    expect(question.textContent).toContain("your other machines get new ones");
    expect(node.others.find("atlas").state).toBe("trusted");
    await user.click(within(question).getByRole("button", { name: "Forget" }));
    await screen.findByText("atlas is forgotten.");
    expect(node.others.find("atlas").state).toBe("discovered");
    expect(await screen.findByRole("heading", { level: 2, name: "studio" })).toBeTruthy();
  });

  it("block a trusted machine only after a question, and unblock it into a stranger", async () => {
    const { panel, user, node } = await openPanel("ren-laptop");
    await user.click(panel.getByRole("button", { name: "Block" }));
    const question = await screen.findByRole("dialog", { name: "Block ren-laptop?" });
    await user.click(within(question).getByRole("button", { name: "Block" }));
    await screen.findByText("ren-laptop is blocked.");
    expect(screen.queryByRole("button", { name: "Undo" }), "trust cannot be undone back").toBeNull();
    await user.click(await panel.findByRole("button", { name: "Unblock" }));
    await waitFor(() => expect(node.others.find("ren-laptop").state).toBe("discovered"));
    expect(await panel.findByRole("button", { name: "Pair" })).toBeTruthy();
  });

  it("tell what happened, page by page", async () => {
    const { panel, user, node } = await openPanel("lab-server");
    for (let round = 0; round < 4; round++) {
      await node.call("peers.deny", { peer: "lab-server", permission: "models.copy" });
      await node.call("peers.allow", { peer: "lab-server", permission: "models.copy", term: "once" });
    }
    await panel.findAllByText("Allowed: Copy models · once");
    expect(panel.queryByText(/^Trusted/)).toBeNull();
    await user.click(panel.getByRole("button", { name: "Show more" }));
    await panel.findByText("Trusted: Somebody else’s machine");
    expect(panel.getByText("Refused: Read shared files · nobody allowed it")).toBeTruthy();
  });

  it("say what failed where it was tried", async () => {
    const { panel, user, node } = await openPanel("lab-server");
    node.fail("peers.allow", { code: "disk_full", params: { folder: "/data" }, retryable: true });
    await user.click(panel.getByRole("switch", { name: "Copy models" }));
    expect((await panel.findByRole("alert")).textContent).toContain("/data");
    expect(panel.getByRole("switch", { name: "Copy models" }).getAttribute("aria-checked")).toBe("false");
  });
});

function granted({ received }: { received: { name: string; params: unknown }[] }): Record<string, unknown> {
  const last = received.findLast(({ name }) => name === "peers.allow");
  return (last?.params ?? {}) as Record<string, unknown>;
}
