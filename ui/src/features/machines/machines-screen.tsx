import { Plus } from "lucide-react";
import { Suspense, useEffect, useRef, useState } from "react";
import type { Machine, Peer, Status } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { InlineError } from "@/components/inline-error";
import { OpenNetworkBanner } from "@/components/open-network-banner";
import { Page } from "@/components/page";
import { Sheet } from "@/components/sheet";
import { Skeleton } from "@/components/skeleton";
import { useWide } from "@/components/use-wide";
import { useMachines, usePeers, useSetting, useStatus } from "@/data/reads";
import { useSetSetting } from "@/data/writes";
import { type I18n, useI18n } from "@/i18n/i18n";
import { navigate, useRoute } from "@/routing/router";
import { MachineCard } from "./machine-card";
import { NetworkMap } from "./map/network-map";
import { NearbyCard } from "./nearby-card";
import { NetworkCard } from "./network-card";
import { NobodyCard } from "./nobody-card";
import { AddMachine, fetchOnDemand, PairCards, PeerPanel } from "./on-demand";
import { pairingsOf, pairingTitle } from "./pairing/pairings";
import { isPairing, isStranger, peerName } from "./peer-status";
import type { Filter } from "./table/peer-order";
import { PeerTable } from "./table/peer-table";

/** In the address, where else the id of a machine stands; no id has small letters. */
const ADD = "add";

export default function MachinesScreen() {
  const i18n = useI18n();
  const { t } = i18n;
  const machines = useMachines();
  const peers = usePeers();
  const status = useStatus().data;
  const self = machines.data?.find((machine) => machine.this_machine);
  const adding = useRoute().section === ADD;
  const openNetwork = useSetting("network.open");
  const closeNetwork = useSetSetting("network.open");
  const error = machines.error ?? peers.error;
  useEffect(() => void fetchOnDemand(), []);
  const retry = () => {
    void machines.refetch();
    void peers.refetch();
  };

  return (
    <Page
      title={t("screen.machines")}
      summary={summaryOf(i18n, peers.data ?? [])}
      action={
        <Btn variant="primary" onClick={() => navigate({ screen: "machines", section: ADD })}>
          <Plus size={16} />
          {t("machines.add")}
        </Btn>
      }
    >
      <OpenNetworkBanner setting={openNetwork} change={closeNetwork} />
      {error && (
        <div className="mt-4">
          <InlineError error={error} onRetry={retry} />
        </div>
      )}
      {self && peers.data ? (
        <Machines self={self} peers={peers.data} status={status} />
      ) : (
        <div className="mt-4 grid grid-cols-[minmax(0,1fr)] gap-4 lg:grid-cols-[minmax(0,1fr)_312px]">
          <Skeleton className="h-80 rounded-lg!" />
          <Skeleton className="h-96 rounded-lg!" />
        </div>
      )}
      <Suspense fallback={null}>
        {adding && <AddMachine onClose={() => navigate({ screen: "machines" })} />}
      </Suspense>
    </Page>
  );
}

interface MachinesProps {
  self: Machine;
  peers: readonly Peer[];
  status: Status | undefined;
}

/** Map and list, and beside them (or over them) the one that was chosen. */
function Machines({ self, peers, status }: MachinesProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const wide = useWide();
  const wanted = useRoute().section;
  const chosen = wanted === undefined ? undefined : peers.find((peer) => isMeant(peer, wanted));
  const [filter, setFilter] = useState<Filter>("all");
  const list = useRef<HTMLDivElement>(null);
  const trusted = peers.some((peer) => peer.state === "trusted");
  const [urgent] = pairingsOf(peers);
  const pairable = peers.filter((peer) => isStranger(peer) && !peer.pairing);

  const show = (id: string | undefined) =>
    navigate(id === undefined ? { screen: "machines" } : { screen: "machines", section: id });
  const close = () => show(undefined);
  const showGroup = (group: Filter) => {
    setFilter(group);
    list.current?.scrollIntoView({ block: "start" });
  };

  const now = (
    <>
      {urgent && (
        <Suspense fallback={<Skeleton className="h-60 rounded-lg!" />}>
          <PairCards self={self} peers={peers} onShow={show} />
        </Suspense>
      )}
      {!trusted && pairable.length > 0 && <NearbyCard peers={pairable} onShow={show} />}
    </>
  );
  const panel = chosen && (
    <Suspense fallback={<Skeleton className="h-96" />}>
      <PeerPanel key={chosen.id} peer={chosen} onClose={close} />
    </Suspense>
  );

  return (
    <div className="mt-4 grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1fr)_312px]">
      {/* Always there, so that a screen reader hears what comes into it. */}
      <p role="status" className="sr-only">
        {urgent && pairingTitle(i18n, urgent)}
      </p>
      {!wide && <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4 empty:hidden">{now}</div>}
      <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
        <NetworkMap
          self={self}
          peers={peers}
          selected={chosen?.id ?? self.id}
          onSelect={show}
          onFilter={showGroup}
        />
        {peers.length === 0 ? (
          <NobodyCard />
        ) : (
          <div ref={list} className="min-w-0 scroll-mt-4">
            <PeerTable
              peers={peers}
              selected={chosen?.id}
              onSelect={show}
              filter={filter}
              onFilter={setFilter}
            />
          </div>
        )}
        {!wide && <MachineCard machine={self} />}
        {status ? <NetworkCard status={status} /> : <Skeleton className="h-44 rounded-lg!" />}
      </div>
      {wide ? (
        <aside
          data-region
          aria-label={t("machines.details")}
          className="sticky top-4 -m-1 grid max-h-[calc(100dvh-3rem)] min-w-0 grid-cols-[minmax(0,1fr)] gap-4 overflow-y-auto p-1"
        >
          {now}
          {panel ? <div className="card p-4">{panel}</div> : <MachineCard machine={self} />}
        </aside>
      ) : (
        <Sheet open={chosen !== undefined} onClose={close} label={chosen ? peerName(chosen) : ""}>
          {panel}
        </Sheet>
      )}
    </div>
  );
}

/** Addresses may hold the whole id, or the beginning that people read to each other. */
function isMeant({ id }: Peer, wanted: string): boolean {
  return id.startsWith(wanted) || id.replaceAll("-", "").startsWith(wanted.replaceAll("-", ""));
}

function summaryOf({ t, format }: I18n, peers: readonly Peer[]): string {
  const count = (wanted: (peer: Peer) => boolean) => peers.filter(wanted).length;
  const trusted = (peer: Peer) => peer.state === "trusted";
  const waitsForUs = ({ pairing }: Peer) => pairing?.step === "requested" || pairing?.step === "compare";
  const counts = [
    ["waiting", count(waitsForUs)],
    ["pairing", count((peer) => isPairing(peer) && !waitsForUs(peer))],
    ["connected", count((peer) => peer.presence === "connected")],
    ["away", count((peer) => trusted(peer) && peer.presence !== "connected")],
    ["nearby", count((peer) => isStranger(peer) && !isPairing(peer))],
  ] as const;
  const parts = counts.filter(([, number]) => number > 0);
  if (parts.length === 0) return t("machines.alone");
  return format.list(parts.map(([name, number]) => t(`machines.count_${name}`, { count: number })));
}
