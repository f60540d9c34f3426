import { renderPage } from "@/testing/render-page";
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";

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
    expect(screen.getByText("Only this machine so far")).toBeTruthy();
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
