import { EllipsisVertical, KeyRound, Pencil, RefreshCw, Settings2, Trash2 } from "lucide-react";
import type { Backend } from "@/backend/api.gen";
import { Chip } from "@/components/chip";
import { IconBtn } from "@/components/icon-btn";
import { InlineError } from "@/components/inline-error";
import { Menu } from "@/components/menu";
import { Mono } from "@/components/mono";
import { serverName, StandingChip } from "@/components/standing-chip";
import { useProbeServer } from "@/data/model-writes";
import { useI18n } from "@/i18n/i18n";
import { navigate } from "@/routing/router";
import { ServerFound } from "./server-found";

interface ServerRowProps {
  server: Backend;
  onChange: () => void;
  onRemove: () => void;
}

/** One server of models: how it does, where it is, and what went wrong last. */
export function ServerRow({ server, onChange, onRemove }: ServerRowProps) {
  const { t } = useI18n();
  const look = useProbeServer(server.id);
  const name = serverName(server);
  const { standing, version, models, trouble, leaves_lan, address, by_hand, has_key } = server;
  const whose = by_hand ? "" : "ollama_";
  const entries = [
    { label: t("server.look_now"), icon: <RefreshCw size={15} />, onSelect: () => look.mutate(false) },
    ...(by_hand
      ? [
          { label: t("server.change"), icon: <Pencil size={15} />, onSelect: onChange },
          { label: t("server.remove"), icon: <Trash2 size={15} />, onSelect: onRemove },
        ]
      : [
          {
            label: t("server.set_address"),
            icon: <Settings2 size={15} />,
            onSelect: () => navigate({ screen: "settings", section: "models" }),
          },
        ]),
  ];
  return (
    <li aria-label={name} className="border-t border-line py-2.5 first:border-0">
      <div className="flex items-start gap-2">
        <div className="min-w-0 grow">
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <bdi className="text-sm font-medium wrap-anywhere">{name}</bdi>
            <StandingChip standing={standing} />
            {leaves_lan && <Chip tone="warn">{t("models.leaves_lan")}</Chip>}
          </div>
          {address && (
            <p className="mt-0.5 text-xs text-ink-3">
              <Mono>{address}</Mono>
            </p>
          )}
          <p className="num mt-0.5 flex flex-wrap gap-x-3 text-xs text-ink-3">
            {standing === "up" && version && <bdi>{t("models.version", { version })}</bdi>}
            {standing === "up" && <span>{t("models.count", { count: models })}</span>}
            {has_key && (
              <span className="inline-flex items-center gap-1">
                <KeyRound size={12} aria-hidden />
                {t("server.has_key")}
              </span>
            )}
          </p>
        </div>
        <Menu
          trigger={
            <IconBtn label={t("server.more", { name })} className="-me-2 -mt-1">
              <EllipsisVertical size={16} />
            </IconBtn>
          }
          entries={entries}
        />
      </div>
      {standing !== "up" && standing !== "unknown" && (
        <p className="mt-1 text-xs text-ink-2">{t(`server.means_${whose}${standing}`)}</p>
      )}
      {trouble && standing !== "down" && (
        <p className="mt-0.5 text-xs wrap-anywhere text-ink-3">{t("server.said", { trouble })}</p>
      )}
      {look.data && (
        <div className="mt-2">
          <ServerFound found={look.data} />
        </div>
      )}
      {look.error && (
        <div className="mt-2">
          <InlineError error={look.error} />
        </div>
      )}
    </li>
  );
}
