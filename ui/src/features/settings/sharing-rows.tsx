import { useId } from "react";
import type { Peer, Setting } from "@/backend/api.gen";
import { usePeers } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { href } from "@/routing/router";
import { Row, SettingRow } from "./setting-row";

/** What belongs together, in the order in which a person thinks of it. */
const GROUPS = [
  ["who", ["sharing.on"]],
  ["what", ["sharing.models", "sharing.most_tokens"]],
  ["when", ["sharing.only_idle", "sharing.idle_after", "sharing.only_plugged_in"]],
  ["much", ["sharing.slots", "sharing.per_device", "network.requests_per_minute"]],
  ["end", ["sharing.stop_at_once"]],
] as const;

const ARRANGED = new Set<string>(GROUPS.flatMap(([, keys]) => keys));

/** Everything about what others may have of this machine's models. */
export function SharingRows({ settings }: { settings: readonly Setting[] }) {
  const { t } = useI18n();
  const id = useId();
  const idleCounts = settings.find(({ key }) => key === "sharing.only_idle")?.value === true;
  const shown = settings.filter(({ key }) => key !== "sharing.idle_after" || idleCounts);
  const rest = shown.filter(({ key }) => !ARRANGED.has(key));
  return (
    <>
      {GROUPS.map(([group, keys]) => {
        const rows = keys.flatMap((wanted) => shown.filter(({ key }) => key === wanted));
        if (rows.length === 0) return null;
        return (
          <div
            key={group}
            role="group"
            aria-labelledby={`${id}-${group}`}
            className="border-t border-line-strong pt-3.5 first:border-0 first:pt-2"
          >
            <h3 id={`${id}-${group}`} className="text-2xs font-semibold text-ink-3">
              {t(`sharing.${group}`)}
            </h3>
            <div>
              {rows.map((setting) => (
                <SettingRow key={setting.key} setting={setting} />
              ))}
              {group === "who" && <Allowed />}
            </div>
          </div>
        );
      })}
      {rest.map((setting) => (
        <SettingRow key={setting.key} setting={setting} />
      ))}
    </>
  );
}

/** Nobody is allowed by a setting: each machine has a permission of its own. */
function Allowed() {
  const { t, format } = useI18n();
  const peers = usePeers().data;
  const names = peers?.filter(mayAsk).map(({ name, short_id }) => name ?? short_id) ?? [];
  return (
    <Row
      label={t("sharing.allowed")}
      note={
        peers && (
          <p className="wrap-anywhere">
            {names.length === 0 ? t("sharing.allowed_nobody") : format.list(names)}
          </p>
        )
      }
    >
      <a
        href={href({ screen: "machines" })}
        className="inline-flex h-8 items-center rounded-md bg-press px-2.5 text-xs font-medium text-ink transition-colors hover:bg-press-2"
      >
        {t("sharing.allowed_where")}
      </a>
    </Row>
  );
}

function mayAsk({ permissions }: Peer): boolean {
  return permissions.some(({ permission, allowed }) => permission === "llm.use" && allowed);
}
