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

  it("asks anew on Try again, and tells what has changed", async () => {
    const { node, user } = renderPage();
    await user.type(await screen.findByRole("textbox", { name: COMPOSER }), "Hello{Enter}");
    await screen.findByText("Your question stays below.");

    node.world.readiness = { ready: true, reasons: [] };
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("A model is within reach")).toBeTruthy();
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
    const { user } = renderPage();
    await user.click(await screen.findByRole("button", { name: /Explain something/ }));
    const composer = screen.getByRole("textbox", { name: COMPOSER });
    expect(composer).toHaveProperty(
      "value",
      "Explain how a heat pump works, as to a curious twelve-year-old.",
    );
    expect(document.activeElement).toBe(composer);
  });
});
