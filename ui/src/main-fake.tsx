import "./styles/app.css";
import { start } from "./app/start";
import { fakeBackend } from "./backend/fake";
import { FakeNode } from "./backend/fake/fake-node";
import { scenarioOf } from "./backend/fake/scenario";

/** The page on a node in memory: `?scenario=problems&theme=dark&lang=fa`. */
const node = new FakeNode(scenarioOf(location.search));

declare global {
  interface Window {
    /** For page tests and the console: publish events, fail calls, go offline. */
    fakeNode: FakeNode;
  }
}
window.fakeNode = node;

void start(() => Promise.resolve(fakeBackend(node)));
