import { clsx } from "clsx";
import { Sigil } from "@/components/sigil";
import { Skeleton } from "@/components/skeleton";
import { useConnection } from "@/data/connection";
import { usePeers, useStatus } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { href } from "@/routing/router";

/** This machine and how it is, at the foot of the sidebar. */
export function MachineBadge() {
  const { t } = useI18n();
  const status = useStatus().data;
  const connected = usePeers().data?.filter((peer) => peer.presence === "connected").length ?? 0;
  const lost = useConnection(({ connection }) => connection === "lost");
  if (!status) return <Skeleton className="m-3 h-13.5 rounded-lg!" />;

  const state = lost ? "lost" : status.state;
  return (
    <a
      href={href({ screen: "machines" })}
      className="m-3 flex items-center gap-2.5 rounded-lg border border-line bg-raised p-2.5 transition-colors hover:border-line-strong hover:bg-press/60"
    >
      <Sigil machineKey={status.machine.key} size={32} />
      <span className="min-w-0 grow">
        <span className="flex items-center gap-1.5 text-xs font-medium">
          <bdi className="truncate">{status.machine.name}</bdi>
          <span
            aria-hidden
            className={clsx(
              "size-1.5 shrink-0 rounded-full",
              state === "ready" ? "bg-ok" : lost ? "bg-ink-3" : "bg-warn",
            )}
          />
        </span>
        <span className="block truncate text-2xs text-ink-3">
          {state === "ready" && connected > 0
            ? t("machines.count_connected", { count: connected })
            : t(`state.${state}`)}
        </span>
      </span>
    </a>
  );
}
