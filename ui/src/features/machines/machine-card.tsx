import { KeyRound } from "lucide-react";
import type { Machine } from "@/backend/api.gen";
import { Chip } from "@/components/chip";
import { Fact } from "@/components/fact";
import { Mono } from "@/components/mono";
import { Sigil } from "@/components/sigil";
import { Tooltip } from "@/components/tooltip";
import { useI18n } from "@/i18n/i18n";
import { MachineName } from "./machine-name";
import { systemName } from "./system-name";

/** Everything that tells this machine from every other. */
export function MachineCard({ machine }: { machine: Machine }) {
  const { t } = useI18n();
  return (
    <section aria-label={t("machines.this")} className="card p-4">
      <div className="flex flex-col items-center gap-3 pt-2 text-center">
        <Tooltip text={t("machines.sigil_help")}>
          <span
            role="img"
            aria-label={t("machines.sigil", { name: machine.name })}
            tabIndex={0}
            className="rounded-full"
          >
            <Sigil machineKey={machine.key} size={88} />
          </span>
        </Tooltip>
        <MachineName machine={machine} />
        <Chip tone="accent">{t("machines.this")}</Chip>
      </div>
      <dl className="mt-4 grid gap-3.5 border-t border-line pt-4">
        <Fact
          label={t("machines.id")}
          copy={{ text: machine.id, label: `${t("action.copy")}: ${t("machines.id")}` }}
        >
          <Mono className="text-xs">{machine.id}</Mono>
        </Fact>
        <Fact
          label={t("machines.short_id")}
          copy={{ text: machine.short_id, label: `${t("action.copy")}: ${t("machines.short_id")}` }}
        >
          <Mono>{machine.short_id}</Mono>
        </Fact>
        <Fact
          label={t("machines.person")}
          copy={{ text: machine.person, label: `${t("action.copy")}: ${t("machines.person")}` }}
        >
          <Mono>{machine.person}</Mono>
        </Fact>
        <Fact label={t("machines.system")}>
          <bdi>{systemName(machine)}</bdi>
        </Fact>
        {machine.key_store && (
          <Fact label={t("machines.store")}>
            <span className="inline-flex items-center gap-1.5">
              <KeyRound size={14} className="text-ink-3" />
              {t(`machines.store_${machine.key_store}`)}
            </span>
          </Fact>
        )}
      </dl>
    </section>
  );
}
