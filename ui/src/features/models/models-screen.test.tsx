import { renderPage } from "@/testing/render-page";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

describe("the models", () => {
  it("of this machine lead to a chat with them", async () => {
    const { user } = renderPage({ scenario: { models: true, around: "two" }, hash: "#/models" });
    await screen.findByText("3 on this machine, 2 on others");
    await user.click(screen.getByRole("button", { name: "Chat with qwen3:8b" }));
    const place = await screen.findByRole("combobox", { name: "Where it is answered" });
    expect(place.textContent).toContain("This machine");
    expect(screen.getByRole("combobox", { name: "Model" }).textContent).toContain("qwen3:8b");
  });

  it("of others stand with who has them, and who lets nobody use them", async () => {
    const { user } = renderPage({ scenario: { models: true, around: "two" }, hash: "#/models" });
    await user.click(await screen.findByRole("radio", { name: "Network" }));
    expect(await screen.findByText("Loaded on atlas")).toBeTruthy();
    expect(
      screen.getByText("ren-laptop offers models, but does not let this machine use them."),
    ).toBeTruthy();
    expect(screen.queryByText("gemma3:4b")).toBeNull();
  });

  it("appear when the node says that they changed", async () => {
    const { node } = renderPage({ hash: "#/models" });
    await screen.findByText("No model on this machine yet");
    expect(screen.getByText(/Install Ollama/)).toBeTruthy();
    const [first] = new (await import("@/backend/fake/fake-node")).FakeNode({ models: true }).world.models
      .here;
    if (!first) throw new Error("the fake has no model");
    node.world.models = { ...node.world.models, here: [first] };
    node.publish({ kind: "models_changed" });
    expect(await screen.findByText("llama3.2:3b")).toBeTruthy();
  });

  it("are shared with one switch", async () => {
    const { node, user } = renderPage({ hash: "#/models" });
    const share = await screen.findByRole("switch", { name: "Share my models" });
    await user.click(share);
    await waitFor(() =>
      expect(node.received).toContainEqual({
        name: "settings.set",
        params: { key: "sharing.on", value: true },
      }),
    );
    expect(await screen.findByText(/that are allowed to may ask/)).toBeTruthy();
  });

  it("say who is answered and who waits", async () => {
    renderPage({ scenario: { models: true, around: "two" }, hash: "#/models" });
    const line = await screen.findByRole("region", { name: "Answered here" });
    expect(within(line).getByText("118 tokens so far")).toBeTruthy();
    expect(within(line).getByText("waits behind 1, about 9 sec")).toBeTruthy();
  });

  it("can be asked for where their owner has not allowed them, and taken back", async () => {
    const { node, user } = renderPage({ scenario: { models: true, around: "two" }, hash: "#/models" });
    await user.click(await screen.findByRole("radio", { name: "Network" }));
    await user.click(await screen.findByRole("button", { name: "Ask for permission" }));
    await user.type(
      await screen.findByRole("textbox", { name: "What for, in a line" }),
      "For a letter{Enter}",
    );
    await screen.findByText("You asked. Its person has not answered yet.");
    expect(node.access.requests[0]).toMatchObject({ asked_by: "us", reason: "For a letter", state: "open" });

    await user.click(screen.getByRole("button", { name: "Take it back" }));
    await screen.findByRole("button", { name: "Ask for permission" });
    expect(node.access.requests[0]?.state).toBe("withdrawn");
  });

  it("that were refused say so, in the words of the owner", async () => {
    const { node, user } = renderPage({ scenario: { models: true, around: "two" }, hash: "#/models" });
    await node.call("access.ask", { peer: "ren-laptop" });
    node.access.answers("ren-laptop", "no", "Not today.");
    await user.click(await screen.findByRole("radio", { name: "Network" }));
    expect(await screen.findByText("Not today.")).toBeTruthy();
    expect(screen.getByText(/Its person said no\. You can ask again from/)).toBeTruthy();
  });

  it.each([
    ["Always", "always"],
    ["Today", "until"],
    ["Once", "once"],
    ["No", "no"],
  ])("are asked for by another machine, and the answer is %s", async (button, state) => {
    const { node, user } = renderPage({ scenario: { models: true, around: "two" } });
    await screen.findByText("Ready to answer");
    node.access.asks("ren-laptop", "For the minutes");
    await screen.findByText("ren-laptop asks to use your models.");
    await user.click(screen.getByRole("link", { name: "Look" }));
    const card = within(await screen.findByRole("region", { name: "ren-laptop asks to use your models" }));
    expect(card.getByText("For the minutes")).toBeTruthy();
    await user.type(card.getByRole("textbox", { name: "A line for them, if you like" }), "As you like");
    await user.click(card.getByRole("button", { name: button }));
    await waitFor(() => expect(node.access.requests[0]).toMatchObject({ state, words: "As you like" }));
    await waitFor(() => expect(screen.queryByText("ren-laptop asks to use your models")).toBeNull());
  });
});
