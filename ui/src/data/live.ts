import type { QueryClient } from "@tanstack/react-query";
import type { Event } from "@/backend/api.gen";
import type { Backend } from "@/backend/backend";
import { isRefusal } from "@/backend/call-error";
import { setConnection } from "./connection";
import {
  patchMachine,
  patchNodeState,
  patchNotices,
  patchPeer,
  patchPull,
  patchSetting,
  removePeer,
  removePull,
} from "./patches";

/** A break shorter than this is mended before anybody needs to hear of it. */
const BREAK_WORTH_TELLING_MS = 1000;

export interface Live {
  /** Tries to reconnect now instead of after the pause. */
  retry: () => void;
  stop: () => void;
}

/** Keeps the cache in step with the node's events for as long as the page lives. */
export function startLive(backend: Backend, client: QueryClient): Live {
  let listening = new AbortController();
  let breakTimer: ReturnType<typeof setTimeout> | undefined;
  let everConnected = false;
  let last: number | null = null;
  void listen();

  return {
    retry() {
      listening.abort();
      listening = new AbortController();
      void listen();
    },
    stop() {
      listening.abort();
      clearTimeout(breakTimer);
    },
  };

  async function listen() {
    const { signal } = listening;
    try {
      await backend.events(last, onEvent, { signal, onConnection });
    } catch (error) {
      if (isRefusal(error)) setConnection("refused");
      else onConnection(false);
    }
  }

  function onEvent(event: Event) {
    last = event.seq;
    applyEvent(client, event);
  }

  function onConnection(connected: boolean) {
    clearTimeout(breakTimer);
    if (!connected) {
      breakTimer = setTimeout(() => setConnection("lost"), BREAK_WORTH_TELLING_MS);
      return;
    }
    setConnection("live");
    // What was read before the first event could reach us may be out of date,
    // and what failed during a break can be asked again.
    if (!everConnected) void client.invalidateQueries();
    else void client.refetchQueries({ predicate: (query) => query.state.status === "error" });
    everConnected = true;
  }
}

export function applyEvent(client: QueryClient, event: Event) {
  switch (event.kind) {
    case "resync":
      void client.invalidateQueries();
      return;
    case "node_state":
      patchNodeState(client, event.state);
      return;
    case "machine_changed":
      patchMachine(client, event.machine);
      return;
    case "setting_changed":
      patchSetting(client, event.setting);
      return;
    case "peer_changed":
    case "peer_noticed":
      if (patchPeer(client, event.peer)) {
        void client.invalidateQueries({ queryKey: ["audit.list", { peer: event.peer.id }] });
        // What its trust rests on may be one of these.
        void client.invalidateQueries({ queryKey: ["tickets.list"] });
        void client.invalidateQueries({ queryKey: ["mesh.list"] });
      }
      return;
    case "peer_gone":
      removePeer(client, event.id);
      return;
    case "models_changed":
      void client.invalidateQueries({ queryKey: ["models.view"] });
      void client.invalidateQueries({ queryKey: ["backends.list"] });
      void client.invalidateQueries({ queryKey: ["chat.readiness"] });
      return;
    case "access_changed":
      void client.invalidateQueries({ queryKey: ["access.list"] });
      return;
    case "pull_changed":
      patchPull(client, event.pull);
      return;
    case "pull_gone":
      removePull(client, event.id);
      return;
    case "notices_changed":
      patchNotices(client, event.notices);
      void client.invalidateQueries({ queryKey: ["chat.readiness"] });
      return;
  }
}
