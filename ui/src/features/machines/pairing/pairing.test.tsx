import { renderPage } from "@/testing/render-page";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { PairingOutcome } from "@/backend/api.gen";

const MINA = "mina-desktop";

/** The screen with one stranger nearby. */
async function openPairing() {
  const page = renderPage({
    hash: "#/machines",
    prepare: ({ others }) => void others.appears({ name: MINA, form: "desktop" }),
  });
  await screen.findByRole("button", { name: `Pair with ${MINA}` });
  return page;
}

const card = (title: string) => screen.findByRole("region", { name: title });

describe("pairing", () => {
  it("asked from here goes from the first word to trust", async () => {
    const { node, user } = await openPairing();
    await user.click(screen.getByRole("button", { name: `Pair with ${MINA}` }));
    await card(`Waiting for ${MINA}`);

    node.others.showsTheCode(MINA);
    const compare = within(await card("Is it the same code?"));
    expect(compare.getByRole("img", { name: "Code 4 1 8 0 2 7" })).toBeTruthy();

    await user.click(compare.getByRole("radio", { name: /^Mine\./ }));
    await user.click(compare.getByRole("button", { name: "Same" }));
    await card("Waiting for the other side");
    expect(node.received.at(-1)).toMatchObject({ name: "peers.confirm", params: { same: true, mine: true } });

    node.others.saysSame(MINA, { mine: true });
    const done = within(await card(`Paired with ${MINA}`));
    expect(done.getByText(/It is one of your machines now/)).toBeTruthy();
    await user.click(done.getByRole("button", { name: "What it may do" }));
    const panel = within(await screen.findByRole("region", { name: MINA }));
    expect(panel.getByText("A machine of yours")).toBeTruthy();
    expect(screen.queryByText(`Paired with ${MINA}`)).toBeNull();
  });

  it("asked from there shows no code before the person here opens the request", async () => {
    const { node, user } = await openPairing();
    node.others.asks(MINA);
    const request = within(await card(`${MINA} wants to pair`));
    expect(request.queryByRole("img", { name: /Code/ })).toBeNull();
    await user.click(request.getByRole("button", { name: "Open" }));
    await card("Getting the code");
    node.others.showsTheCode(MINA);
    await card("Is it the same code?");
  });

  it("puts a request away with Not now", async () => {
    const { node, user } = await openPairing();
    node.others.asks(MINA);
    await user.click(within(await card(`${MINA} wants to pair`)).getByRole("button", { name: "Not now" }));
    await waitFor(() => expect(screen.queryByText(`${MINA} wants to pair`)).toBeNull());
    expect(node.others.find(MINA).state).toBe("discovered");
  });

  it("called off from here leaves nothing to put away", async () => {
    const { node, user } = await openPairing();
    await user.click(screen.getByRole("button", { name: `Pair with ${MINA}` }));
    const waiting = within(await card(`Waiting for ${MINA}`));
    await user.click(waiting.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(node.others.find(MINA).pairing).toBeNull());
    expect(screen.queryByText("The pairing was called off")).toBeNull();
  });

  it("blocks whoever asks, and takes it back", async () => {
    const { node, user } = await openPairing();
    node.others.asks(MINA);
    await user.click(within(await card(`${MINA} wants to pair`)).getByRole("button", { name: /^Block/ }));
    await screen.findByText(`${MINA} is blocked.`);
    expect(node.others.find(MINA).state).toBe("blocked");
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(node.others.find(MINA).state).toBe("discovered"));
  });

  it("takes no Same before it is said whose machine it is", async () => {
    const { node, user } = await openPairing();
    node.others.asks(MINA);
    node.others.showsTheCode(MINA);
    const compare = within(await card("Is it the same code?"));
    await user.click(compare.getByRole("button", { name: "Same" }));
    expect(compare.getByRole("alert").textContent).toContain("Say first whose machine it is.");
    expect(node.received.some(({ name }) => name === "peers.confirm")).toBe(false);
    await user.click(compare.getByRole("radio", { name: /^Somebody else/ }));
    await user.click(compare.getByRole("button", { name: "Same" }));
    await card("Waiting for the other side");
    expect(node.received.at(-1)).toMatchObject({ params: { same: true, mine: false } });
  });

  it("needs no answer to the question when the codes differ", async () => {
    const { node, user } = await openPairing();
    node.others.asks(MINA);
    node.others.showsTheCode(MINA);
    const compare = within(await card("Is it the same code?"));
    await user.click(compare.getByRole("button", { name: "Different" }));
    await card("Not paired: the codes differ");
    expect(node.received.at(-1)).toMatchObject({ params: { same: false } });
    expect(node.others.find(MINA).state).toBe("discovered");
  });

  it.each<[PairingOutcome, string, string]>([
    ["codes_differ_there", "Not paired: the codes differ", "Pair again"],
    ["cancelled", "The pairing was called off", "Pair again"],
    ["timed_out", "Time ran out", "Pair again"],
    ["broken", "The connection broke", "Pair again"],
    ["not_reached", `${MINA} was not reached`, "Find out why"],
    ["not_kept", "The pairing could not be kept", "Find out why"],
  ])("that ends with %s says so and offers a next step", async (outcome, title, next) => {
    const { node, user } = await openPairing();
    node.others.asks(MINA);
    node.others.ends(MINA, outcome);
    const ended = within(await card(title));
    expect(ended.getByRole("button", { name: next })).toBeTruthy();
    await user.click(ended.getByRole("button", { name: "Close" }));
    await waitFor(() => expect(screen.queryByText(title)).toBeNull());
  });

  it("that failed is over once a ticket has joined the two", async () => {
    const { node } = await openPairing();
    node.others.asks(MINA);
    node.others.ends(MINA, "not_reached");
    await card(`${MINA} was not reached`);
    node.others.joins(MINA, "other");
    await waitFor(() => expect(screen.queryByText(`${MINA} was not reached`)).toBeNull());
  });

  it("can be tried again from its end", async () => {
    const { node, user } = await openPairing();
    node.others.asks(MINA);
    node.others.ends(MINA, "timed_out");
    await user.click(within(await card("Time ran out")).getByRole("button", { name: "Pair again" }));
    await card(`Waiting for ${MINA}`);
  });

  it("keeps the focus on the card when the pressed button goes", async () => {
    const { node, user } = await openPairing();
    node.others.asks(MINA);
    await user.click(within(await card(`${MINA} wants to pair`)).getByRole("button", { name: "Open" }));
    const opened = await card("Getting the code");
    await waitFor(() => expect(document.activeElement).toBe(opened));
  });

  it("takes the focus from nobody when a request arrives", async () => {
    const { node, user } = await openPairing();
    const add = screen.getByRole("button", { name: "Add a machine" });
    add.focus();
    node.others.asks(MINA);
    await card(`${MINA} wants to pair`);
    expect(document.activeElement).toBe(add);
    await user.tab();
  });

  it("says what failed when the node refuses", async () => {
    const { node, user } = await openPairing();
    node.others.asks(MINA);
    node.fail("peers.open", { code: "stopping", params: {}, retryable: true });
    await user.click(within(await card(`${MINA} wants to pair`)).getByRole("button", { name: "Open" }));
    expect((await screen.findByRole("alert")).textContent).toContain("Banyan is stopping");
  });

  it("shows three at a time and counts the rest", async () => {
    const { node } = await openPairing();
    for (let number = 0; number < 5; number++) {
      node.others.appears({ name: `asker-${number}` });
      node.others.asks(`asker-${number}`);
    }
    await screen.findByText("2 more in the list");
    expect(screen.getAllByRole("button", { name: "Open" })).toHaveLength(3);
  });
});

describe("a request on another screen", () => {
  it("is told above it, leads there, and is gone when it is over", async () => {
    const { node, user } = renderPage({
      hash: "#/settings",
      prepare: ({ others }) => void others.appears({ name: MINA }),
    });
    await screen.findByRole("heading", { level: 1, name: "Settings" });
    node.others.asks(MINA);
    await screen.findByText(`${MINA} wants to pair with this machine.`);
    await user.click(screen.getByRole("link", { name: "Look" }));
    await card(`${MINA} wants to pair`);
    expect(screen.queryByText(`${MINA} wants to pair with this machine.`)).toBeNull();
  });

  it("is told while a code waits to be compared, with the number of others", async () => {
    const { node } = renderPage({ hash: "#/chat", scenario: { around: "eleven" } });
    await screen.findByText(`${MINA} wants to pair with this machine.`);
    node.others.asks("DESKTOP-7Q2");
    node.others.showsTheCode(MINA);
    await screen.findByText(`${MINA} shows a code. Compare it with the one here. And 1 more.`);
    node.others.ends(MINA, "timed_out");
    node.others.ends("DESKTOP-7Q2", "cancelled");
    await waitFor(() => expect(screen.queryByText(/shows a code/)).toBeNull());
  });
});
