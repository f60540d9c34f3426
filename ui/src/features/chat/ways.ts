import type { Backend, ModelsView, Peer, Pull } from "@/backend/api.gen";
import type { I18n } from "@/i18n/i18n";
import { href } from "@/routing/router";

/** Something a person can do so that questions are answered. */
export interface Way {
  /** The machine whose sigil stands beside it; nothing where it is this one. */
  machineKey: string | null;
  title: string;
  text: string;
  action?: { label: string; href: string };
}

/** More machines than this are a list, and the list is elsewhere. */
const MOST_MACHINES = 2;

/** While nothing can answer: a model here, or one on another machine. */
export function waysIn(i18n: I18n, view: ModelsView, peers: readonly Peer[], pulls: readonly Pull[]): Way[] {
  const coming = pulls.find(({ state }) => state === "running" || state === "waiting");
  const here = coming ? wayComing(i18n, coming) : wayHere(i18n, view.backends);
  return [here, ...waysElsewhere(i18n, view, peers)];
}

/** The first model is on its way already. */
function wayComing({ t, format }: I18n, { model, bytes, total_bytes: total }: Pull): Way {
  const percent = format.percent(total > 0 ? Math.floor((bytes / total) * 100) : 0);
  const action = { label: t("ways.look"), href: href({ screen: "models" }) };
  return {
    machineKey: null,
    title: t("ways.coming", { model }),
    text: t("ways.coming_text", { percent }),
    action,
  };
}

function wayHere({ t }: I18n, backends: readonly Backend[]): Way {
  const standing = (...wanted: Backend["standing"][]) =>
    backends.some((one) => wanted.includes(one.standing));
  if (backends.some(({ standing: how, manages_models }) => how === "up" && manages_models)) {
    const action = { label: t("get.open"), href: href({ screen: "models", section: "get" }) };
    return { machineKey: null, title: t("ways.ollama_pull"), text: t("ways.ollama_pull_text"), action };
  }
  if (standing("up")) {
    const action = { label: t("ways.look"), href: href({ screen: "models" }) };
    return { machineKey: null, title: t("ways.server_empty"), text: t("ways.server_empty_text"), action };
  }
  if (standing("broken", "silent")) {
    const action = { label: t("ways.examine"), href: href({ screen: "diagnostics" }) };
    const said = backends.find(({ trouble }) => trouble)?.trouble;
    return { machineKey: null, title: t("ways.ollama_broken"), text: said ?? "", action };
  }
  return { machineKey: null, title: t("ways.ollama"), text: t("ways.ollama_install") };
}

/** What is nearest to an answer goes first. */
function waysElsewhere({ t }: I18n, { elsewhere }: ModelsView, peers: readonly Peer[]): Way[] {
  const nameOf = ({ name, short_id }: Peer) => name ?? short_id;
  const toIt = ({ id }: Peer, label: string) => ({ label, href: href({ screen: "machines", section: id }) });
  const closed = new Set(elsewhere.filter(({ permitted }) => !permitted).map(({ peer }) => peer));

  const ways: Way[] = [];
  for (const peer of peers.filter(({ id }) => closed.has(id)))
    ways.push({
      machineKey: peer.key,
      title: t("ways.closed", { name: nameOf(peer) }),
      text: t("ways.closed_text"),
      action: { label: t("access.ask"), href: href({ screen: "models" }) },
    });
  for (const peer of peers.filter((one) => one.session_since !== null && !closed.has(one.id)))
    ways.push({
      machineKey: peer.key,
      title: t("ways.connected", { name: nameOf(peer) }),
      text: t("ways.connected_text"),
    });
  for (const peer of peers.filter(({ state, presence }) => state === "discovered" && presence === "nearby"))
    ways.push({
      machineKey: peer.key,
      title: t("ways.nearby", { name: nameOf(peer) }),
      text: t("ways.nearby_text"),
      action: toIt(peer, t("peer.pair")),
    });
  if (ways.length > 0) return ways.slice(0, MOST_MACHINES);
  const action = { label: t("machines.add"), href: href({ screen: "machines", section: "add" }) };
  return [{ machineKey: null, title: t("ways.nobody"), text: t("ways.nobody_text"), action }];
}
