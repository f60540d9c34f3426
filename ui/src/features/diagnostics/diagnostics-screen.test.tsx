import { renderPage } from "@/testing/render-page";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

async function openDiagnostics(options: Parameters<typeof renderPage>[0] = {}) {
  const page = renderPage({ hash: "#/diagnostics", ...options });
  await screen.findByRole("region", { name: "Checks" });
  return page;
}

describe("diagnostics", () => {
  it("show the worst first, with what would help", async () => {
    await openDiagnostics({ scenario: { problems: true } });
    const checks = within(screen.getByRole("region", { name: "Checks" })).getAllByRole("listitem");
    expect(checks[0]?.textContent).toContain("No network to work with");
    expect(within(checks[0] as HTMLElement).getByRole("img", { name: "Problem" })).toBeTruthy();
    expect(await screen.findByText("1 problem found")).toBeTruthy();
  });

  it("show each fix with the command that makes it, ready to be copied", async () => {
    const { user } = await openDiagnostics({ scenario: { unreached: true } });
    const checks = within(screen.getByRole("region", { name: "Checks" })).getAllByRole("listitem");
    const nobody = checks.find((check) => check.textContent?.includes("nobody reaches it")) as HTMLElement;
    expect(nobody.textContent).toContain("Let TCP port 7878 into this machine.");
    expect(nobody.textContent).toContain("sudo ufw allow Banyan");
    await user.click(within(nobody).getByRole("button", { name: "Copy the command" }));
    expect(await navigator.clipboard.readText()).toBe("sudo ufw allow Banyan");
  });

  it("show what went over each interface, and why others are not used", async () => {
    await openDiagnostics({ scenario: { unreached: true } });
    const card = screen.getByRole("region", { name: "Network interfaces" });
    const rows = within(card).getAllByRole("row");
    const row = (name: string) => rows.find((candidate) => candidate.textContent?.includes(name));
    expect(row("enp5s0")?.textContent).toMatch(/192\.168\.1\.20\/24.*132518.*12 sec\. ago/);
    expect(row("wlp3s0")?.textContent).toContain("never");
    expect(row("docker0")?.textContent).toContain("containers or virtual machines");
    expect(within(card).getByText("This machine does not let announcements out")).toBeTruthy();
    expect(within(card).getByText(/4 packets and connections/)).toBeTruthy();
  });

  it("open the firewall only after consent", async () => {
    const { node, user } = await openDiagnostics({ scenario: { problems: true } });
    await user.click(screen.getByRole("button", { name: "Open the firewall" }));
    const dialog = await screen.findByRole("dialog", { name: "Open the firewall for Banyan?" });
    expect(dialog.textContent).toContain("port 7878 (TCP) and port 5000 (UDP)");
    await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(node.received.some((call) => call.name === "firewall.open")).toBe(false);

    await user.click(screen.getByRole("button", { name: "Open the firewall" }));
    const again = await screen.findByRole("dialog");
    await user.click(within(again).getByRole("button", { name: "Open the firewall" }));
    expect(await screen.findByText("Lets Banyan in")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Open the firewall" })).toBeNull();
  });

  it("say why the firewall stays closed", async () => {
    const { node, user } = await openDiagnostics({ scenario: { problems: true } });
    node.fail("firewall.open", {
      code: "firewall_unchanged",
      params: { reason: "the question was declined", command: "sudo ufw allow Banyan" },
      retryable: true,
    });
    await user.click(screen.getByRole("button", { name: "Open the firewall" }));
    await user.click(
      within(await screen.findByRole("dialog")).getByRole("button", { name: "Open the firewall" }),
    );
    expect((await screen.findByRole("alert")).textContent).toContain("The firewall was not opened");
  });

  it("show what serves models, and try it with a question", async () => {
    const { node, user } = await openDiagnostics({ scenario: { models: "many" } });
    const card = within(screen.getByRole("region", { name: "Model servers" }));
    const ollama = within(await card.findByRole("listitem", { name: "Ollama" }));
    for (const words of ["Running", "http://127.0.0.1:11434", "version 0.12.3", "on your network"])
      expect(ollama.getByText(words), words).toBeTruthy();
    const far = within(card.getByRole("listitem", { name: "api.example.org" }));
    expect(far.getByText("outside your network")).toBeTruthy();

    await user.click(ollama.getByRole("button", { name: "Try Ollama" }));
    expect(
      await ollama.findByText(/^It answers after 3.ms; llama3.2:3b wrote a first word after 0.2 sec\.$/),
    ).toBeTruthy();
    expect(node.received).toContainEqual({ name: "backends.probe", params: { id: "ollama", ask: true } });

    const silent = within(card.getByRole("listitem", { name: "llama-server" }));
    await user.click(silent.getByRole("button", { name: "Try llama-server" }));
    expect(await silent.findByText("It does not answer. What was heard: no answer within 2 s")).toBeTruthy();
  });

  it("lead to a first model with the command that brings it", async () => {
    await openDiagnostics();
    const checks = within(screen.getByRole("region", { name: "Checks" }));
    expect(checks.getByText("curl -fsSL https://ollama.com/install.sh | sh")).toBeTruthy();
  });

  it("copy the report", async () => {
    const { user } = await openDiagnostics();
    await user.click(screen.getByRole("button", { name: "Copy report" }));
    expect(await screen.findByText("Report copied. It holds no content and no secrets.")).toBeTruthy();
    expect(await navigator.clipboard.readText()).toContain("Banyan 0.1.0 (4f2c91d)");
  });

  it("say so when the clipboard refuses", async () => {
    const { user } = await openDiagnostics();
    vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("denied"));
    document.execCommand = () => false;
    await user.click(screen.getByRole("button", { name: "Copy report" }));
    // Shown, and said at once to those who do not see it.
    expect((await screen.findAllByText("The report could not be copied")).length).toBeGreaterThan(0);
  });

  it("show repeated lines of the log once, with their count, newest first", async () => {
    const { user } = await openDiagnostics({ scenario: { problems: true } });
    const log = await screen.findByRole("list", { name: "Log" });
    const lines = within(log).getAllByRole("listitem");
    expect(lines[0]?.textContent).toContain("no network interface to use");
    expect(lines[0]?.textContent).toContain("26 times");

    await user.click(screen.getByRole("combobox", { name: "Show" }));
    await user.click(await screen.findByRole("option", { name: "Errors" }));
    await waitFor(() =>
      expect(within(screen.getByRole("list", { name: "Log" })).getAllByRole("listitem")).toHaveLength(1),
    );
  });

  it("offer the desktop's own actions only on a desktop", async () => {
    await openDiagnostics({ scenario: { browser: true } });
    expect(screen.queryByRole("button", { name: "More" })).toBeNull();
  });
});
