import { renderPage } from "@/testing/render-page";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { FakeNode } from "@/backend/fake/fake-node";

async function openPanel(name: string, prepare?: (node: FakeNode) => void) {
  const page = renderPage({
    hash: "#/models",
    scenario: { models: "many", around: "eleven" },
    ...(prepare && { prepare }),
  });
  await page.user.click(await screen.findByRole("button", { name: `Details of ${name}` }));
  const panel = within(await screen.findByRole("dialog", { name: `Details of ${name}` }));
  return { ...page, panel };
}

describe("the details of a model", () => {
  it("say what its server tells of it", async () => {
    const { panel, user } = await openPanel("llama3.2:3b");
    for (const words of ["Q4_K_M", "131,072 tokens", "2 GB", "Ollama", "chat, continue texts, use tools"])
      expect(await panel.findByText(words), words).toBeTruthy();
    expect(panel.getByText("sha256:llama3.2:3b")).toBeTruthy();
    await user.click(panel.getByText("Licence"));
    expect(panel.getByText("LLAMA 3.2 COMMUNITY LICENSE AGREEMENT")).toBeTruthy();
  });

  it("say why they are not there, and are asked for again", async () => {
    const { panel, node, user } = await openPanel("llama3.2:3b", (fake) =>
      fake.fail("models.show", { code: "backend_failed", params: { reason: "busy" }, retryable: true }),
    );
    expect((await panel.findByRole("alert")).textContent).toContain("busy");
    node.fail("models.show", null);
    await user.click(panel.getByRole("button", { name: "Try again" }));
    expect(await panel.findByText("Q4_K_M")).toBeTruthy();
  });
});

describe("deleting a model", () => {
  it("is asked first, with the room it frees", async () => {
    const { panel, node, user } = await openPanel("qwen3:8b");
    await user.click(await panel.findByRole("button", { name: "Delete" }));
    const question = within(await screen.findByRole("dialog", { name: "Delete qwen3:8b?" }));
    expect(question.getByText(/This frees 5.2 GB on this machine/)).toBeTruthy();
    expect(node.received.some(({ name }) => name === "models.delete")).toBe(false);
    await user.click(question.getByRole("button", { name: "Delete" }));
    expect((await screen.findAllByText("qwen3:8b is deleted.")).length).toBeGreaterThan(0);
    await waitFor(() => expect(screen.queryByRole("button", { name: "Details of qwen3:8b" })).toBeNull());
  });

  it("says when the same file stays under another name", async () => {
    const { panel, user } = await openPanel("qwen3:8b", ({ world }) => {
      const twin = world.models.here.find(({ name }) => name === "qwen3:8b");
      if (twin) world.models.here.push({ ...twin, name: "my-qwen" });
    });
    await user.click(await panel.findByRole("button", { name: "Delete" }));
    expect(await screen.findByText(/frees no room: my-qwen is the same file/)).toBeTruthy();
  });

  it("says why it was refused, and the model stays", async () => {
    const { panel, node, user } = await openPanel("qwen3:8b");
    node.fail("models.delete", { code: "model_answering", params: { model: "qwen3:8b" }, retryable: true });
    await user.click(await panel.findByRole("button", { name: "Delete" }));
    const question = within(await screen.findByRole("dialog", { name: "Delete qwen3:8b?" }));
    await user.click(question.getByRole("button", { name: "Delete" }));
    expect((await question.findByRole("alert")).textContent).toContain("The model writes an answer now");
  });

  it("is not offered where the server cannot", async () => {
    const { panel } = await openPanel("llama3.2:3b", ({ world }) => {
      const { models } = world;
      world.models = {
        ...models,
        backends: models.backends.map((one) => ({ ...one, manages_models: false })),
      };
    });
    await panel.findByText("Q4_K_M");
    expect(panel.queryByRole("button", { name: "Delete" })).toBeNull();
  });
});
