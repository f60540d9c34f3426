// Screens are fetched on demand; here they are at hand, so that no test waits for a compiler.
import "@/app/command-palette";
import "@/app/keyboard-map";
import "@/components/toasts";
import "@/features/chat/chat-screen";
import "@/features/chat/route-panel";
import "@/features/diagnostics/diagnostics-screen";
import "@/features/machines/add/add-machine";
import "@/features/machines/inspector/peer-panel";
import "@/features/machines/machines-screen";
import "@/features/machines/pairing/pair-cards";
import "@/features/models/models-screen";
import "@/features/settings/settings-screen";
import "@/features/welcome/welcome-screen";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "@/app/app";
import { fakeBackend } from "@/backend/fake";
import { FakeNode } from "@/backend/fake/fake-node";
import type { Scenario } from "@/backend/fake/scenario";
import { useConnection } from "@/data/connection";
import { startLive } from "@/data/live";
import { createQueryClient } from "@/data/query-client";
import { ENGLISH } from "@/i18n/words";
import { chooseModel, choosePlace } from "@/data/chat-choice";
import { forgetConversation } from "@/features/chat/conversation";
import { setDraft } from "@/features/chat/draft";
import { openKeys, openPalette } from "@/app/ui-state";
import { onTestFinished } from "vitest";

interface PageOptions {
  scenario?: Scenario;
  hash?: string;
  /** Reach into the node before the page sees it. */
  prepare?: (node: FakeNode) => void;
}

/** The whole page on a node in memory. */
export function renderPage({ scenario = {}, hash = "#/chat", prepare }: PageOptions = {}) {
  forgetEphemeralState();
  const node = new FakeNode({ language: "en", ...scenario });
  node.chat.pace = 0;
  prepare?.(node);
  const backend = fakeBackend(node);
  const client = createQueryClient();
  location.hash = hash;
  const live = startLive(backend, client);
  onTestFinished(() => live.stop());
  const view = render(
    <App backend={backend} client={client} live={live} spoken={{ language: "en", words: ENGLISH }} />,
  );
  return { node, user: userEvent.setup(), ...view };
}

/** Stores live as long as the module, which is longer than a test. */
function forgetEphemeralState() {
  useConnection.setState({ connection: "connecting" });
  setDraft("");
  forgetConversation();
  choosePlace("auto");
  chooseModel(null);
  openPalette(false);
  openKeys(false);
}
