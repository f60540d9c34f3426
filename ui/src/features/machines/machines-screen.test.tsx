import { renderPage } from "@/testing/render-page";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakePeers } from "@/backend/fake/peers";

async function openMachines(options: Parameters<typeof renderPage>[0] = {}) {
  const page = renderPage({ hash: "#/machines", ...options });
  await screen.findByRole("heading", { level: 2, name: "studio" });
  return page;
}

describe("the machines screen", () => {
  it("shows what tells this machine from others", async () => {
    await openMachines();
    expect(screen.getByText("P45J-YHS3-QLID-EZXB-66RM-SNIL-RUPG-6SVS-WBO6-6ENW-UTT6-2LUV-GA")).toBeTruthy();
    expect(screen.getByText("Linux, x86_64")).toBeTruthy();
    expect(screen.getByText("In the keyring")).toBeTruthy();
    expect(await screen.findByText("Only this machine so far")).toBeTruthy();
  });

  it("examines by itself why nobody is there, and shows the fix", async () => {
    const { node, user } = await openMachines({ scenario: { problems: true } });
    await screen.findByText("3 things could be in the way");
    expect(screen.getByText("No network to work with")).toBeTruthy();
    const before = node.received.filter(({ name }) => name === "diagnostics.run").length;
    await user.click(screen.getByRole("button", { name: "Look again" }));
    await waitFor(() =>
      expect(node.received.filter(({ name }) => name === "diagnostics.run")).toHaveLength(before + 1),
    );
    await user.click(screen.getByRole("button", { name: "Open the firewall" }));
    const question = await screen.findByRole("dialog", { name: "Open the firewall for Banyan?" });
    await user.click(within(question).getByRole("button", { name: "Open the firewall" }));
    await waitFor(() => expect(node.world.firewall.open).toBe(true));
  });

  it("says so when nothing here is in the way", async () => {
    await openMachines();
    await screen.findByText("Nothing here is in the way");
  });

  it("follows machines that come, change and go", async () => {
    const { node } = await openMachines();
    await screen.findByText("Only this machine so far");
    node.others.appears({ name: "attic-pi" });
    expect(await screen.findByText("1 nearby")).toBeTruthy();
    const node1 = await screen.findByRole("button", { name: "attic-pi Nearby Machine" });
    node.others.becomes("attic-pi", { name: "cellar-pi" });
    await waitFor(() => expect(node1.textContent).toBe("cellar-pi Nearby Machine"));
    node.others.vanishes("cellar-pi");
    await screen.findByText("Only this machine so far");
  });

  it("counts a machine that is being paired, whoever has to act", async () => {
    const { node } = await openMachines();
    node.others.appears({ name: "attic-pi" });
    await screen.findByText("1 nearby");
    await node.call("peers.pair", { peer: "attic-pi" });
    await screen.findByText("1 being paired");
    node.others.showsTheCode("attic-pi");
    await screen.findByText("1 waits for you");
  });

  it("offers to pair with a machine whose pairing a crash cut off", async () => {
    const { node, user } = await openMachines();
    node.others.appears({ name: "attic-pi", state: "pending" });
    await screen.findByText("1 nearby");
    await user.click(screen.getByRole("button", { name: "attic-pi Nearby Machine" }));
    const panel = within(await screen.findByRole("region", { name: "attic-pi" }));
    expect(panel.getByRole("button", { name: "Pair" })).toBeTruthy();
  });

  it("lists where a machine listens, not where it called from", async () => {
    const { node } = await openMachines({ scenario: { around: "one" } });
    await screen.findByRole("rowheader", { name: /atlas/ });
    node.others.becomes("atlas", { addresses: ["10.0.0.7:7878"], session_address: "10.0.0.7:49321" });
    await screen.findByText("10.0.0.7:7878");
    expect(screen.queryByText("10.0.0.7:49321")).toBeNull();
  });

  it("asks for everything again after a gap", async () => {
    const { node } = await openMachines();
    await screen.findByText("Only this machine so far");
    node.others.peers = fakePeers("one");
    node.publish({ kind: "resync" });
    await screen.findByRole("button", { name: /^atlas Free Server/ });
  });

  it("says everything about a machine on the map in words", async () => {
    await openMachines({ scenario: { around: "two" } });
    const label = "ren-laptop Answering Laptop, Theirs, round trip 3.2\u00a0ms";
    expect(await screen.findByRole("button", { name: label })).toBeTruthy();
  });

  it("keeps blocked machines off the map and in the list", async () => {
    await openMachines({ scenario: { around: "eleven" } });
    const map = await screen.findByRole("group", { name: /Map of the network/ });
    expect(within(map).queryByRole("button", { name: /print-server/ })).toBeNull();
    expect(screen.getByRole("button", { name: "print-server" })).toBeTruthy();
  });

  it("walks the map and the list with the arrow keys, one stop for Tab each", async () => {
    const { user } = await openMachines({ scenario: { around: "two" } });
    const map = await screen.findByRole("group", { name: /Map of the network/ });
    expect(
      within(map)
        .getAllByRole("button")
        .filter((one) => one.tabIndex === 0),
    ).toHaveLength(1);
    within(map).getByRole("button", { name: "studio This machine" }).focus();
    await user.keyboard("{ArrowRight}");
    const first = document.activeElement;
    expect(map.contains(first)).toBe(true);
    await user.keyboard("{End}{ArrowRight}");
    expect(document.activeElement?.textContent).toBe("studio This machine");

    const rows = screen.getAllByRole("rowheader").map((row) => within(row).getByRole("button"));
    expect(rows.filter((row) => row.tabIndex === 0)).toHaveLength(1);
    rows[0]?.focus();
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(rows[1]);
    await user.keyboard("{Enter}");
    await screen.findByRole("region", { name: "atlas" });
    expect(document.activeElement, "the list keeps the focus").toBe(rows[1]);
  });

  it("sorts the list by a press on a column's head", async () => {
    const { user } = await openMachines({ scenario: { around: "two" } });
    const order = () => screen.getAllByRole("rowheader").map((row) => row.querySelector("bdi")?.textContent);
    await screen.findByRole("columnheader", { name: "Round trip" });
    expect(order()).toEqual(["ren-laptop", "atlas"]);
    await user.click(screen.getByRole("button", { name: "Round trip" }));
    expect(order()).toEqual(["atlas", "ren-laptop"]);
    const head = screen.getByRole("columnheader", { name: "Round trip" });
    expect(head.getAttribute("aria-sort")).toBe("ascending");
    await user.click(screen.getByRole("button", { name: "Round trip" }));
    expect(head.getAttribute("aria-sort")).toBe("descending");
    expect(order()).toEqual(["ren-laptop", "atlas"]);
  });

  it("searches and filters once there are many", async () => {
    const { user } = await openMachines({ scenario: { around: "eleven" } });
    const search = await screen.findByRole("searchbox", { name: "Name, address or id" });
    await user.type(search, "lab");
    await waitFor(() => expect(screen.getAllByRole("rowheader")).toHaveLength(1));
    await user.clear(search);
    await user.type(search, "nobody at all");
    await screen.findByText("No machine matches “nobody at all”.");
  });

  it("opens the machine that the address names, also by the beginning of its id", async () => {
    const { node } = await openMachines({ scenario: { around: "two" } });
    location.hash = `#/machines/${node.others.find("atlas").short_id}`;
    await screen.findByRole("region", { name: "atlas" });
  });

  it("warns for as long as the network is open, and closes it", async () => {
    const { node, user } = await openMachines({
      prepare: (opened) => void opened.call("settings.set", { key: "network.open", value: true }),
    });
    await screen.findByText("This network is open");
    await user.click(screen.getByRole("button", { name: "Close it" }));
    await waitFor(() => expect(screen.queryByText("This network is open")).toBeNull());
    expect(node.world.settings.find(({ key }) => key === "network.open")?.value).toBe(false);
  });

  it("renames this machine, everywhere at once", async () => {
    const { node, user } = await openMachines();
    await user.click(screen.getByRole("button", { name: "Rename this machine" }));
    const field = screen.getByRole("textbox", { name: "Name" });
    await user.clear(field);
    await user.type(field, "  Reading room {Enter}");
    await screen.findByRole("heading", { level: 2, name: "Reading room" });
    expect(node.world.status.machine.name).toBe("Reading room");
    await waitFor(() => expect(screen.getAllByText("Reading room").length).toBeGreaterThan(2));
    expect(await screen.findByText("This machine is now called Reading room.")).toBeTruthy();
  });

  it("says what is wrong with a name and keeps it", async () => {
    const { node, user } = await openMachines();
    await user.click(screen.getByRole("button", { name: "Rename this machine" }));
    const field = screen.getByRole("textbox", { name: "Name" });
    await user.clear(field);
    await user.keyboard("{Enter}");
    expect((await screen.findByRole("alert")).textContent).toBe("Give it a name of at least one character.");

    node.fail("machines.rename", {
      code: "bad_setting",
      params: { key: "machine.name", value: "a\tb", allowed: "one line", origin: "" },
      retryable: false,
    });
    await user.type(field, "a b{Enter}");
    await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("Allowed is one line."));
    expect(field).toHaveProperty("value", "a b");
    expect(field.getAttribute("aria-invalid")).toBe("true");
  });

  it("gives the old name back on Escape", async () => {
    const { user } = await openMachines();
    await user.click(screen.getByRole("button", { name: "Rename this machine" }));
    await user.keyboard("something else{Escape}");
    expect(await screen.findByRole("heading", { level: 2, name: "studio" })).toBeTruthy();
  });

  it("offers no rename where a flag decides the name", async () => {
    await openMachines({ scenario: { readOnly: true } });
    await waitFor(() => expect(screen.queryByRole("button", { name: "Rename this machine" })).toBeNull());
  });

  it("follows a rename that happened elsewhere", async () => {
    const { node } = await openMachines();
    node.publish({ kind: "machine_changed", machine: { ...node.world.status.machine, name: "attic" } });
    expect(await screen.findByRole("heading", { level: 2, name: "attic" })).toBeTruthy();
  });
});
