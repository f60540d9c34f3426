import { renderPage } from "@/testing/render-page";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { FakeNode } from "@/backend/fake/fake-node";

const PART = { digest: "sha256:aa", bytes: 1.1e9, total_bytes: 2.5e9 };

async function openModels(prepare?: (node: FakeNode) => void) {
  const page = renderPage({
    hash: "#/models",
    scenario: { models: true, around: "two" },
    ...(prepare && { prepare }),
  });
  await screen.findByText("3 on this machine, 2 on others");
  return page;
}

const row = (model: string) => screen.findByRole("listitem", { name: model });

describe("a download", () => {
  it("begins with a name, and shows what the server tells of it", async () => {
    const { node, user } = await openModels();
    await user.click(screen.getByRole("button", { name: "Get a model" }));
    await user.type(await screen.findByRole("textbox", { name: "Another, by its name" }), "mistral{Enter}");
    const coming = within(await row("mistral"));
    expect(node.received).toContainEqual({ name: "models.pull", params: { model: "mistral" } });
    expect(coming.getByText("looking it up in the library")).toBeTruthy();
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());

    node.serving.goesOn("mistral", { bytes: 1.1e9, total_bytes: 2.5e9, parts: [PART], words: "" });
    expect(await coming.findByText("1.1 GB of 2.5 GB")).toBeTruthy();
    const progress = coming.getByRole("progressbar", { name: "Download of mistral" });
    expect(progress.getAttribute("aria-valuenow")).toBe("44");

    node.serving.goesOn("mistral", { bytes: 2.5e9, words: "verifying sha256 digest" });
    expect(await coming.findByText("checking that all of it arrived intact")).toBeTruthy();
    node.serving.goesOn("mistral", { words: "counting sheep" });
    expect(await coming.findByText("counting sheep")).toBeTruthy();
  });

  it("that was begun before is there after a reload", async () => {
    await openModels(({ serving }) => void serving.goesOn("mistral", { bytes: 5, total_bytes: 10 }));
    expect(await row("mistral")).toBeTruthy();
  });

  it("waits for a server that is away, and says that it goes on by itself", async () => {
    await openModels(
      ({ serving }) =>
        void serving.goesOn("mistral", { state: "waiting", trouble: "nothing answers: connection refused" }),
    );
    const waiting = within(await row("mistral"));
    expect(waiting.getByText(/goes on where it was as soon as it is back/)).toBeTruthy();
    expect(waiting.getByText(/connection refused/)).toBeTruthy();
    expect(waiting.queryByRole("button", { name: "Try again" })).toBeNull();
  });

  it("that failed says why, and goes on when it is told to", async () => {
    const { node, user } = await openModels(
      ({ serving }) => void serving.goesOn("mistral", { state: "failed", trouble: "it failed: disk full" }),
    );
    const failed = within(await row("mistral"));
    expect(failed.getByText("What was heard: it failed: disk full")).toBeTruthy();
    await user.click(failed.getByRole("button", { name: "Try again" }));
    await waitFor(() =>
      expect(node.received).toContainEqual({ name: "models.pull", params: { model: "mistral" } }),
    );
    await waitFor(() => expect(failed.queryByText(/disk full/)).toBeNull());
  });

  it("is cancelled", async () => {
    const { node, user } = await openModels(({ serving }) => void serving.goesOn("mistral", {}));
    await user.click(
      within(await row("mistral")).getByRole("button", { name: "Cancel the download of mistral" }),
    );
    await waitFor(() => expect(screen.queryByRole("listitem", { name: "mistral" })).toBeNull());
    expect(node.serving.pulls).toEqual([]);
  });

  it("that is done leads to a chat, and is put away", async () => {
    const { node, user } = await openModels(
      ({ serving }) => void serving.goesOn("qwen3:8b", { state: "done", bytes: 5, total_bytes: 5 }),
    );
    const done = within(await row("qwen3:8b"));
    expect(done.getByText("It is here.")).toBeTruthy();
    expect(done.queryByRole("progressbar")).toBeNull();
    await user.click(done.getByRole("button", { name: "Put qwen3:8b away from this list" }));
    await waitFor(() => expect(screen.queryByRole("listitem", { name: "qwen3:8b" })).toBeNull());
    node.serving.goesOn("qwen3:8b", { state: "done" });
    await user.click(within(await row("qwen3:8b")).getByRole("button", { name: "Chat with qwen3:8b" }));
    expect((await screen.findByRole("combobox", { name: "Model" })).textContent).toContain("qwen3:8b");
  });

  it("that is refused says why where it was asked for", async () => {
    const { node, user } = await openModels();
    node.fail("models.pull", { code: "nobody_pulls", params: {}, retryable: true });
    await user.click(screen.getByRole("button", { name: "Get a model" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Get a model" }));
    await user.click(dialog.getByRole("button", { name: "Get gemma3:1b" }));
    expect((await dialog.findByRole("alert")).textContent).toContain("Nothing here can download models now");
  });

  it("of a model that is here already is not suggested", async () => {
    const { user } = await openModels();
    await user.click(screen.getByRole("button", { name: "Get a model" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Get a model" }));
    expect(dialog.getByRole("button", { name: "Get qwen3:4b" })).toBeTruthy();
    // llama3.2:3b is what llama3.2 means.
    expect(dialog.queryByRole("button", { name: "Get llama3.2" })).toBeNull();
  });
});

describe("the first model", () => {
  const withOllama = (node: FakeNode) => {
    const { models } = node.world;
    const backends = models.backends.map((one) => ({ ...one, standing: "up" as const, version: "0.12.3" }));
    node.world.models = { ...models, backends };
  };

  it("is chosen from a few small ones where Ollama runs", async () => {
    const { user } = renderPage({ hash: "#/models", prepare: withOllama });
    await user.click(await screen.findByRole("button", { name: "Get llama3.2" }));
    expect(await row("llama3.2")).toBeTruthy();
    expect(screen.getByText(/The first one is on its way/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Get gemma3:1b" })).toBeNull();
  });

  it("needs Ollama first where there is none", async () => {
    renderPage({ hash: "#/models" });
    expect(await screen.findByText(/Install Ollama from ollama.com and start it/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Get a model" })).toBeNull();
  });
});
