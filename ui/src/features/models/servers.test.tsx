import { renderPage } from "@/testing/render-page";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

async function openServers() {
  const page = renderPage({ hash: "#/models", scenario: { models: "many", around: "eleven" } });
  const card = within(await screen.findByRole("region", { name: "What serves them" }));
  return { ...page, card };
}

async function openForm() {
  const page = await openServers();
  await page.user.click(page.card.getByRole("button", { name: "Add a server" }));
  const form = within(await screen.findByRole("dialog", { name: "Add a server" }));
  const type = (field: string, text: string) => page.user.type(form.getByLabelText(field), text);
  return { ...page, form, type };
}

async function choose(page: Awaited<ReturnType<typeof openServers>>, name: string, entry: string) {
  await page.user.click(page.card.getByRole("button", { name: `What to do with ${name}` }));
  await page.user.click(await screen.findByRole("menuitem", { name: entry }));
}

describe("the servers of models", () => {
  it("say where they are, how they do and what that means", async () => {
    const { card } = await openServers();
    const ollama = within(card.getByRole("listitem", { name: "Ollama" }));
    for (const words of ["Running", "http://127.0.0.1:11434", "version 0.12.3", "4 models"])
      expect(ollama.getByText(words), words).toBeTruthy();
    const silent = within(card.getByRole("listitem", { name: "llama-server" }));
    expect(silent.getByText("Does not answer")).toBeTruthy();
    expect(silent.getByText(/does not answer in time/)).toBeTruthy();
    expect(silent.getByText("What was heard: no answer within 2 s")).toBeTruthy();
    const far = within(card.getByRole("listitem", { name: "api.example.org" }));
    expect(far.getByText("Leaves your network")).toBeTruthy();
    expect(far.getByText("with a key")).toBeTruthy();
  });

  it("are looked at when they are told to", async () => {
    const page = await openServers();
    await choose(page, "Ollama", "Look now");
    expect(await page.card.findByText("It answers, with 4 models")).toBeTruthy();
    expect(page.node.received).toContainEqual({
      name: "backends.probe",
      params: { id: "ollama", ask: false },
    });
  });

  it("found by themselves are set in the settings, and not removed", async () => {
    const page = await openServers();
    await page.user.click(page.card.getByRole("button", { name: "What to do with Ollama" }));
    expect(await screen.findByRole("menuitem", { name: "Set its address" })).toBeTruthy();
    expect(screen.queryByRole("menuitem", { name: "Remove" })).toBeNull();
  });

  it("added by hand are removed after a question", async () => {
    const page = await openServers();
    await choose(page, "api.example.org", "Remove");
    const question = within(await screen.findByRole("dialog", { name: "Remove api.example.org?" }));
    expect(question.getByText(/its key is forgotten/)).toBeTruthy();
    await page.user.click(question.getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(page.card.queryByText("api.example.org")).toBeNull());
  });
});

describe("adding a server", () => {
  it("looks at it first, and writes it down after", async () => {
    const { node, user, form, type } = await openForm();
    await type("Address", "http://127.0.0.1:1234/v1");
    await type("Name", "LM Studio");
    await type("Key", "sk-1");
    await user.click(form.getByRole("button", { name: "Look at it" }));
    expect(await form.findByText("It answers, with 4 models")).toBeTruthy();
    expect(node.received.some(({ name }) => name === "backends.add")).toBe(false);
    await user.click(form.getByRole("button", { name: "Add" }));
    expect((await screen.findAllByText("LM Studio is added.")).length).toBeGreaterThan(0);
    expect(node.received).toContainEqual({
      name: "backends.add",
      params: { address: "http://127.0.0.1:1234/v1", name: "LM Studio", key: "sk-1" },
    });
  });

  it("hides the key, and shows it never again", async () => {
    const { form } = await openForm();
    expect(form.getByLabelText("Key").getAttribute("type")).toBe("password");
  });

  it("looks anew when the address changes", async () => {
    const { form, type } = await openForm();
    await type("Address", "127.0.0.1:1{Enter}");
    await form.findByText("It answers, with 4 models");
    await type("Address", "2");
    expect(form.queryByText("It answers, with 4 models")).toBeNull();
    expect(form.getByRole("button", { name: "Look at it" })).toBeTruthy();
  });

  it("says what is wrong with one that does not answer, and adds it only when told to", async () => {
    const { node, user, form, type } = await openForm();
    await type("Address", "nothing:1{Enter}");
    expect(await form.findByText("It does not answer as it should")).toBeTruthy();
    expect(form.getByText(/connection refused/)).toBeTruthy();
    await user.click(form.getByRole("button", { name: "Add it anyway" }));
    await waitFor(() => expect(node.received.at(-1)?.name).not.toBe("backends.try"));
    expect(node.world.models.backends.map(({ id }) => id)).toContain("nothing:1");
  });

  it("asks for consent where questions would leave the network, for that address alone", async () => {
    const { node, user, form, type } = await openForm();
    await type("Address", "https://api.example.net{Enter}");
    expect(await form.findByText("Leaves your network")).toBeTruthy();
    expect(form.getByRole("button", { name: "Look at it" })).toHaveProperty("disabled", true);
    await user.click(form.getByRole("switch", { name: "I agree" }));
    await user.click(form.getByRole("button", { name: "Look at it" }));
    await form.findByText("It answers, with 4 models");

    await type("Address", "/v2");
    expect(form.queryByRole("switch", { name: "I agree" })).toBeNull();
    await user.click(form.getByRole("button", { name: "Look at it" }));
    const consent = await form.findByRole("switch", { name: "I agree" });
    expect(consent.getAttribute("aria-checked")).toBe("false");
    expect(node.received.some(({ name }) => name === "backends.add")).toBe(false);
  });

  it("says why an address is none", async () => {
    const { form, type } = await openForm();
    await type("Address", "ftp://box{Enter}");
    expect((await form.findByRole("alert")).textContent).toContain("no address of a server");
  });

  it("says when there is one of that name", async () => {
    const { user, form, type } = await openForm();
    await type("Address", "127.0.0.1:9");
    await type("Name", "llama-server{Enter}");
    await user.click(await form.findByRole("button", { name: "Add" }));
    expect((await form.findByRole("alert")).textContent).toContain("That server is there already");
  });
});

describe("changing a server", () => {
  it("keeps its key unless told otherwise", async () => {
    const page = await openServers();
    await choose(page, "api.example.org", "Change");
    const form = within(await screen.findByRole("dialog", { name: "Change api.example.org" }));
    const name = form.getByLabelText("Name");
    await page.user.clear(name);
    await page.user.type(name, "far");
    await page.user.click(form.getByRole("button", { name: "Look at it" }));
    await page.user.click(await form.findByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(page.node.received).toContainEqual({
        name: "backends.change",
        params: {
          id: "api.example.org",
          address: "https://api.example.org/v1",
          name: "far",
          leaves_lan: true,
          forget_key: false,
        },
      }),
    );
    expect(page.node.received.find((call) => call.name === "backends.try")?.params).toMatchObject({
      instead_of: "api.example.org",
    });
    expect(await page.card.findByText("far")).toBeTruthy();
  });

  it("forgets the key when told to, and says that another address gets none", async () => {
    const page = await openServers();
    await choose(page, "api.example.org", "Change");
    const form = within(await screen.findByRole("dialog", { name: "Change api.example.org" }));
    await page.user.type(form.getByLabelText("Address"), "/x");
    expect(form.getByText(/goes to no other machine or port/)).toBeTruthy();
    await page.user.type(form.getByLabelText("Address"), "{Backspace}{Backspace}");
    await page.user.click(form.getByRole("button", { name: "Forget it" }));
    expect(form.getByText("The kept key will be forgotten.")).toBeTruthy();
    await page.user.click(form.getByRole("button", { name: "Look at it" }));
    await page.user.click(await form.findByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(page.node.world.models.backends.find(({ id }) => id === "api.example.org")?.has_key).toBe(false),
    );
  });
});
