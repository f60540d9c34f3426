import { renderPage } from "@/testing/render-page";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { FakeNode } from "@/backend/fake/fake-node";

async function openCard(prepare?: (node: FakeNode) => void) {
  const page = renderPage({
    hash: "#/settings/mesh",
    scenario: { around: "two" },
    ...(prepare && { prepare }),
  });
  const card = within(await screen.findByRole("region", { name: "Mesh keys" }));
  return { ...page, card };
}

const withKey = ({ others, joining }: FakeNode) =>
  void joining.holds("mine", [others.find("atlas").short_id, "UNKNOWN7"]);

describe("mesh keys", () => {
  it("say when there is none", async () => {
    const { card } = await openCard();
    expect(await card.findByText("This machine holds none.")).toBeTruthy();
  });

  it("are listed with the machines that rest on them, by name where it is known", async () => {
    const { card } = await openCard(withKey);
    expect(await card.findByText(/atlas, UNKNOWN7/)).toBeTruthy();
    expect(card.getByText("My machines")).toBeTruthy();
  });

  it("are made here, shown once, and held", async () => {
    const { node, user, card } = await openCard();
    await user.click(await card.findByRole("button", { name: "For a team" }));
    const shown = within(await screen.findByRole("dialog", { name: "A key for a team" }));
    expect(shown.getByText(/this machine holds it now/)).toBeTruthy();
    await user.click(shown.getByRole("button", { name: "Done" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(await card.findByText("Team")).toBeTruthy();
    expect(node.received).toContainEqual({ name: "mesh.make", params: { kind: "team" } });
  });

  it("are asked for again when the card is opened, since the command line adds keys too", async () => {
    const { node } = await openCard();
    await screen.findByText("This machine holds none.");
    location.hash = "#/machines";
    await screen.findByRole("heading", { level: 1, name: "Machines" });
    withKey(node);
    location.hash = "#/settings/mesh";
    expect(await screen.findByText(/atlas, UNKNOWN7/)).toBeTruthy();
  });

  it("are replaced after a question, and the new one is shown once", async () => {
    const { node, user, card } = await openCard(withKey);
    await user.click(await card.findByRole("button", { name: "Replace" }));
    const question = await screen.findByRole("dialog", { name: "Replace this mesh key?" });
    expect(node.joining.keys).toHaveLength(1);
    await user.click(within(question).getByRole("button", { name: "Replace" }));

    const shown = within(await screen.findByRole("dialog", { name: "The new mesh key" }));
    expect(shown.getByText(/^banyan-mesh-mine/)).toBeTruthy();
    expect(shown.getByText(/Trusted through the old one until .*: atlas, UNKNOWN7\./)).toBeTruthy();
    await user.click(shown.getByRole("button", { name: "Done" }));
    await waitFor(() => expect(screen.queryByText(/^banyan-mesh-mine/)).toBeNull());
    expect(card.getByText("Replaced")).toBeTruthy();
    expect(card.getAllByRole("button", { name: "Replace" }), "an old one is not replaced again").toHaveLength(
      1,
    );
  });

  it("are removed after saying how many machines become strangers", async () => {
    const { node, user, card } = await openCard(withKey);
    await user.click(await card.findByRole("button", { name: "Remove" }));
    const question = await screen.findByRole("dialog", { name: "Remove this mesh key?" });
    expect(question.textContent).toContain("2 machines become strangers");
    await user.click(within(question).getByRole("button", { name: "Remove" }));
    await screen.findByText("The mesh key is gone.");
    expect(node.joining.keys).toEqual([]);
  });

  it("are added without showing what is typed, and refused with the reason", async () => {
    const { node, user, card } = await openCard();
    const field = card.getByLabelText("Add a key");
    expect(field.getAttribute("type")).toBe("password");
    await user.type(field, "nonsense{Enter}");
    expect((await card.findByRole("alert")).textContent).toContain("That is not a mesh key");
    await user.clear(field);
    await user.type(field, "banyan-mesh-team.SECRET{Enter}");
    await screen.findByText("The mesh key is held now.");
    expect(field).toHaveProperty("value", "");
    expect(node.joining.keys).toMatchObject([{ kind: "team" }]);
  });
});
