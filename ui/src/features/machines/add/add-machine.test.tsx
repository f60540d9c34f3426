import { renderPage } from "@/testing/render-page";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { FakeNode } from "@/backend/fake/fake-node";

const TICKET_OF_MINE = "banyan:ABCD@192.168.1.9:7878#mine.SECRET";
const TICKET_OF_TEAM = "banyan:ABCD@192.168.1.9:7878#team.SECRET";

async function openDialog(prepare?: (node: FakeNode) => void) {
  const page = renderPage({ hash: "#/machines", ...(prepare && { prepare }) });
  await page.user.click(await screen.findByRole("button", { name: "Add a machine" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Add a machine" }));
  return { ...page, dialog };
}

const field = () => screen.getByRole("textbox", { name: "Its address, or a ticket" });

describe("going to a machine", () => {
  it("by its address shows it, or says why it was not reached", async () => {
    const { node, user, dialog } = await openDialog();
    await user.click(dialog.getByRole("button", { name: "Reach it" }));
    expect(dialog.getByRole("alert").textContent).toContain("Type the address");

    node.fail("peers.add", { code: "reach_no_answer", params: {}, retryable: true });
    await user.type(field(), " 10.0.0.9 {Enter}");
    await waitFor(() => expect(dialog.getByRole("alert").textContent).toContain("No answer came"));
    expect(node.received.at(-1)).toEqual({ name: "peers.add", params: { address: "10.0.0.9" } });

    node.fail("peers.add", null);
    await user.keyboard("{Enter}");
    await screen.findByRole("region", { name: "garage-pi" });
    expect(screen.queryByRole("dialog", { name: "Add a machine" })).toBeNull();
    expect(await screen.findByText("garage-pi answered.")).toBeTruthy();
  });

  it("by a ticket of somebody else trusts it at once", async () => {
    const { node, user } = await openDialog();
    await user.type(field(), `${TICKET_OF_TEAM}{Enter}`);
    await screen.findByText("garage-pi and this machine trust each other now.");
    expect(node.others.find("garage-pi")).toMatchObject({ relation: "other", origin: "invitation" });
  });

  it("by a ticket of one person asks first whether both machines are", async () => {
    const { node, user, dialog } = await openDialog();
    await user.type(field(), `${TICKET_OF_MINE}{Enter}`);
    await dialog.findByText(/Are both yours/);
    expect(node.others.peers, "nothing was done yet").toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Both are mine" }));
    await screen.findByRole("region", { name: "garage-pi" });
    expect(node.others.find("garage-pi").relation).toBe("mine");
  });

  it("forgets the answer when the ticket is changed", async () => {
    const { node, user, dialog } = await openDialog();
    await user.type(field(), `${TICKET_OF_MINE}{Enter}`);
    await dialog.findByText(/Are both yours/);
    await user.type(field(), "X");
    expect(dialog.queryByText(/Are both yours/)).toBeNull();
    await user.keyboard("{Enter}");
    await dialog.findByText(/Are both yours/);
    expect(node.others.peers).toEqual([]);
  });
});

describe("inviting a machine", () => {
  it("asks whose it is, then shows the ticket once, as text and for cameras", async () => {
    const { node, user, dialog } = await openDialog();
    await user.click(dialog.getByRole("radio", { name: "Invite it" }));
    await user.click(dialog.getByRole("button", { name: "Make an invitation" }));
    expect(dialog.getByRole("alert").textContent).toContain("Say first whose machine it is.");
    expect(node.joining.invitations).toEqual([]);

    await user.click(dialog.getByRole("radio", { name: /^Somebody else/ }));
    await user.click(dialog.getByRole("button", { name: "Make an invitation" }));
    await dialog.findByText("An invitation for somebody else’s machine");
    expect(dialog.getByText(/^banyan:.*#team\./)).toBeTruthy();
    expect(dialog.getByRole("img", { name: "The ticket as a QR code" })).toBeTruthy();

    await user.click(dialog.getByRole("button", { name: "Make another" }));
    expect(dialog.queryByText(/^banyan:/)).toBeNull();
    expect(await dialog.findByText("Open")).toBeTruthy();
  });

  it("lists what became of invitations and withdraws an open one", async () => {
    const { node, user, dialog } = await openDialog(({ others, joining }) => {
      joining.calls["tickets.make"]({ kind: "mine" });
      joining.calls["tickets.make"]({ kind: "team" });
      joining.calls["tickets.make"]({ kind: "team" });
      const used = { redeemed_by: others.joins("atlas", "mine").short_id };
      const over = { expires_at: "2020-01-01T00:00:00Z" };
      const changes = [{}, over, used];
      joining.invitations = joining.invitations.map((one, index) => ({ ...one, ...changes[index] }));
    });
    await user.click(dialog.getByRole("radio", { name: "Invite it" }));
    expect(await dialog.findByText("used by atlas")).toBeTruthy();
    expect(dialog.getByText("Over")).toBeTruthy();
    const withdraw = dialog.getByRole("button", { name: /^Withdraw/ });
    await user.click(withdraw);
    await screen.findByText("The invitation is withdrawn.");
    await waitFor(() => expect(dialog.queryByText("Open")).toBeNull());
    expect(node.joining.invitations).toHaveLength(2);
  });
});
