import type { InLine } from "@/backend/api.gen";
import { Card } from "@/components/card";
import { Sigil } from "@/components/sigil";
import { useMachineKey, useThisMachine } from "@/data/reads";
import { type I18n, useI18n } from "@/i18n/i18n";

/** Who is answered on this machine, and who waits for it. */
export function LineCard({ line }: { line: readonly InLine[] }) {
  const { t } = useI18n();
  return (
    <Card title={t("models.line")}>
      {line.length === 0 ? (
        <p className="mt-1 text-xs text-ink-3">{t("models.line_empty")}</p>
      ) : (
        <ul className="mt-2 grid gap-3">
          {line.map((one, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- a machine may stand in line several times
            <InLineRow key={index} one={one} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function InLineRow({ one }: { one: InLine }) {
  const i18n = useI18n();
  const self = useThisMachine();
  const key = useMachineKey(one.peer ?? self?.id ?? "");
  return (
    <li className="flex items-center gap-2.5">
      {key && <Sigil machineKey={key} size={26} faded={one.state === "waiting"} />}
      <div className="min-w-0">
        <bdi className="text-sm font-medium wrap-anywhere">{one.name ?? i18n.t("models.line_me")}</bdi>
        <p className="num text-xs text-ink-3">{stateWords(i18n, one)}</p>
      </div>
    </li>
  );
}

function stateWords({ t, format }: I18n, { state, tokens, ahead, eta_ms }: InLine): string {
  switch (state) {
    case "running":
      return t("models.line_running", { count: tokens });
    case "granted":
      return t("models.line_granted");
    case "waiting":
      return t("models.line_waiting", { count: ahead, time: format.seconds(eta_ms) });
  }
}
