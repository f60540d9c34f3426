import { renderPage } from "@/testing/render-page";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { useDraft } from "./draft";

const COMPOSER = "Ask anything. It stays on your network.";

describe("the composer", () => {
  it("sends with Enter, says honestly why nothing answers, and keeps the text", async () => {
    const { node, user } = renderPage();
    const composer = await screen.findByRole("textbox", { name: COMPOSER });
    await user.type(composer, "How do I descale a kettle?{Enter}");

    const refusal = await screen.findByRole("alert");
    expect(within(refusal).getByText("Nothing answers at http://127.0.0.1:11434.")).toBeTruthy();
    expect(within(refusal).getByText(/install Ollama/i)).toBeTruthy();
    expect(composer).toHaveProperty("value", "How do I descale a kettle?");
    expect(node.received.filter((call) => call.name === "chat.readiness").length).toBeGreaterThan(1);
  });

  it("asks anew on Try again, and sends the question once something can answer", async () => {
    const { node, user } = renderPage();
    await user.type(await screen.findByRole("textbox", { name: COMPOSER }), "Hello{Enter}");
    await screen.findByText("Your question stays below.");

    node.world.readiness = { ready: true, reasons: [] };
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText(/fridge turned inside out/)).toBeTruthy();
    expect(node.chat.asked[0]?.messages).toEqual([{ role: "user", content: "Hello" }]);
    expect(screen.queryByText("Your question stays below.")).toBeNull();
  });

  it("shows a failed call with its sentence and a way on", async () => {
    const { node, user } = renderPage();
    const composer = await screen.findByRole("textbox", { name: COMPOSER });
    await screen.findByText("Nothing can answer yet");
    node.fail("chat.readiness", { code: "stopping", params: {}, retryable: true });
    await user.type(composer, "Hello{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("Banyan is stopping");

    node.fail("chat.readiness", null);
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Your question stays below.")).toBeTruthy();
  });

  it("starts a line with Shift Enter and sends nothing that is empty", async () => {
    const { user } = renderPage();
    const composer = await screen.findByRole("textbox", { name: COMPOSER });
    await user.type(composer, "  {Enter}");
    expect(screen.queryByRole("alert")).toBeNull();
    await user.clear(composer);
    await user.type(composer, "one{Shift>}{Enter}{/Shift}two");
    expect(composer).toHaveProperty("value", "one\ntwo");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("counts when the text is long and refuses what does not fit", async () => {
    const { node, user } = renderPage({
      prepare(fake) {
        fake.world.settings = fake.world.settings.map((one) =>
          one.key === "chat.max_message_chars" ? { ...one, value: 2000 } : one,
        );
      },
    });
    const composer = await screen.findByRole("textbox", { name: COMPOSER });
    await screen.findByText("Nothing can answer yet");
    await user.click(composer);
    await user.paste("x".repeat(1500));
    expect(screen.getByText("1,500 characters")).toBeTruthy();

    await user.paste("x".repeat(501));
    expect(screen.getByText("1 character more than fits into one message")).toBeTruthy();
    const asked = node.received.length;
    await user.keyboard("{Enter}");
    expect(node.received).toHaveLength(asked);
    expect(composer).toHaveProperty("value", "x".repeat(2001));
  });

  it("keeps the draft across a reload", async () => {
    const { user } = renderPage();
    await user.type(await screen.findByRole("textbox", { name: COMPOSER }), "half a thou");
    await waitFor(() => expect(localStorage.getItem("banyan.draft")).toBe("half a thou"));
    expect(useDraft.getState().text).toBe("half a thou");
  });

  it("takes a suggestion as a first sentence", async () => {
    const { user } = renderPage({ scenario: { models: true } });
    await user.click(await screen.findByRole("button", { name: /Explain something/ }));
    const composer = screen.getByRole("textbox", { name: COMPOSER });
    expect(composer).toHaveProperty(
      "value",
      "Explain how a heat pump works, as to a curious twelve-year-old.",
    );
    expect(document.activeElement).toBe(composer);
  });
});

describe("an answer", () => {
  it("comes with who gave it and how fast, and is remembered by the next question", async () => {
    const { node, user } = renderPage({ scenario: { models: true, around: "two" } });
    await put(user, "How does a heat pump work?");
    const answer = await screen.findByRole("article", { name: "Answer" });
    await within(answer).findByText("61.2 tok/s");
    for (const text of ["atlas", "qwen3:32b", "0.4 sec to the first word"])
      expect(within(answer).getByText(text)).toBeTruthy();
    expect(screen.getByText(/^Answer finished, \d+ words$/)).toBeTruthy();

    await put(user, "Shorter, please");
    await waitFor(() => expect(node.chat.asked).toHaveLength(2));
    const roles = node.chat.asked[1]?.messages.map(({ role }) => role);
    expect(roles).toEqual(["user", "assistant", "user"]);
  });

  it("is stopped by the button, which ends the work behind it", async () => {
    const { node, user } = renderPage({
      scenario: { models: true },
      prepare: (fake) => fake.chat.play("held"),
    });
    await put(user, "Hello");
    expect(await screen.findByText("atlas is answering")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Stop" }));
    expect(await screen.findByText("You stopped it here.")).toBeTruthy();
    await waitFor(() => expect(node.chat.running).toBe(0));
    expect(screen.getByRole("button", { name: "Send" })).toBeTruthy();

    node.chat.play("whole");
    await user.click(screen.getByRole("button", { name: "Answer again" }));
    expect(await screen.findByText(/one of your own machines/)).toBeTruthy();
    expect(screen.queryByText("You stopped it here.")).toBeNull();
  });

  it("goes on while another screen is looked at", async () => {
    const { node, user } = renderPage({
      scenario: { models: true },
      prepare: (fake) => fake.chat.play("held"),
    });
    await put(user, "Hello");
    await screen.findByText("atlas is answering");
    location.hash = "#/diagnostics";
    await screen.findByRole("heading", { level: 1, name: "Diagnostics" });
    node.chat.release();
    await waitFor(() => expect(node.chat.running).toBe(0));
    location.hash = "#/chat";
    expect(await screen.findByText(/one of your own machines/)).toBeTruthy();
  });

  it("says where the question stands in line", async () => {
    const { user } = renderPage({
      scenario: { models: true },
      prepare: (fake) => fake.chat.play("waits"),
    });
    await put(user, "Hello");
    expect((await screen.findAllByText("In line at atlas, behind 2, about 12 sec")).length).toBeGreaterThan(
      0,
    );
  });

  it("keeps what was written when another machine goes on, and says so", async () => {
    const { user } = renderPage({
      scenario: { models: true },
      prepare: (fake) => fake.chat.play("continues"),
    });
    await put(user, "Hello");
    expect(await screen.findByText("continued on studio")).toBeTruthy();
    const text = screen.getByRole("article", { name: "Answer" }).textContent;
    expect(text).toMatch(/A heat pump is a fridge[^]*your own machines/);
  });

  it("that nobody gives names every place and why, with one button", async () => {
    const { node, user } = renderPage({
      scenario: { models: true },
      prepare: (fake) => fake.chat.play("fails"),
    });
    await put(user, "Hello");
    const failure = await screen.findByRole("alert");
    for (const text of [
      /atlas failed; its model server says:/,
      /requires more system memory/,
      /studio has a full line/,
    ])
      expect(failure.textContent).toMatch(text);
    expect(failure.textContent).toContain("ren-laptop does not let this machine use its models.");

    node.chat.play("whole");
    await user.click(within(failure).getByRole("button", { name: "Send again" }));
    expect(await screen.findByText(/one of your own machines/)).toBeTruthy();
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("that breaks off keeps its words and can be asked for again", async () => {
    const { user } = renderPage({
      scenario: { models: true },
      prepare: (fake) => fake.chat.play("breaks"),
    });
    await put(user, "Hello");
    expect((await screen.findByRole("alert")).textContent).toContain("Banyan does not answer");
    expect(screen.getByText("Both survive")).toBeTruthy();
  });

  it("is explained: who was thought of, what each would take, and why others were not", async () => {
    const { user } = renderPage({ scenario: { models: true, around: "two" } });
    await put(user, "Hello");
    await screen.findByText("61.2 tok/s");
    await user.click(screen.getByRole("button", { name: "How this was answered" }));
    const panel = await screen.findByRole("complementary", { name: "How this was answered" });
    await within(panel).findByText("The largest that begins soon and writes as fast as one reads.");
    expect(panel.textContent).toContain("loads the model 2.1 sec");
    expect(panel.textContent).toContain("has no model that fits.");
    expect(panel.textContent).toContain("Encrypted on the way to atlas.");
  });

  it("comes from the place and the model that were chosen", async () => {
    const { node, user } = renderPage({ scenario: { models: true, around: "two" } });
    await user.click(await screen.findByRole("combobox", { name: "Where it is answered" }));
    // Machines that do not let this one use their models are no choice.
    expect(screen.queryByRole("option", { name: /ren-laptop/ })).toBeNull();
    await user.click(await screen.findByRole("option", { name: /^This machine/ }));
    await user.click(screen.getByRole("combobox", { name: "Model" }));
    await user.click(await screen.findByRole("option", { name: /^qwen3:8b/ }));
    await put(user, "Hello");
    await waitFor(() => expect(node.chat.asked[0]).toMatchObject({ place: "here", model: "qwen3:8b" }));
  });

  it("agrees to leave the network only with a model that runs outside of it", async () => {
    const { node, user } = renderPage({ scenario: { models: "many", around: "eleven" }, hash: "#/models" });
    await user.click(await screen.findByRole("button", { name: "Chat with gpt-large" }));
    await user.type(
      await screen.findByRole("textbox", { name: /runs outside your network/ }),
      "Hello{Enter}",
    );
    await waitFor(() =>
      expect(node.chat.asked[0]).toMatchObject({ model: "gpt-large", may_leave_lan: true }),
    );
    await screen.findByText(/fridge turned inside out/);
    location.hash = "#/models";
    await user.click(await screen.findByRole("button", { name: "Chat with qwen3:8b" }));
    await user.type(await screen.findByRole("textbox", { name: COMPOSER }), "And you?{Enter}");
    await waitFor(() => expect(node.chat.asked[1]?.model).toBe("qwen3:8b"));
    expect(node.chat.asked[1]?.may_leave_lan).toBeUndefined();
  });

  it("and its question are gone in a new chat", async () => {
    const { user } = renderPage({ scenario: { models: true } });
    await put(user, "Hello");
    await screen.findByText("61.2 tok/s");
    await user.click(screen.getByRole("button", { name: "New chat" }));
    expect(await screen.findByRole("heading", { name: "What would you like to know?" })).toBeTruthy();
  });
});

async function put(user: ReturnType<typeof renderPage>["user"], question: string) {
  await screen.findByText("Ready to answer");
  await user.type(screen.getByRole("textbox", { name: COMPOSER }), `${question}{Enter}`);
}
