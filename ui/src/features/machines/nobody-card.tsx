import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import type { Diagnostics, Ports } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Card } from "@/components/card";
import { FirewallConsent } from "@/components/firewall-consent";
import { FindingText } from "@/components/finding-text";
import { InlineError } from "@/components/inline-error";
import { tell, tellFailure } from "@/components/toast-manager";
import { OutcomeIcon } from "@/components/outcome-icon";
import { Skeleton } from "@/components/skeleton";
import { useBackend } from "@/data/backend-context";
import { queries } from "@/data/queries";
import { useOpenFirewall } from "@/data/writes";
import { useI18n } from "@/i18n/i18n";
import { href } from "@/routing/router";

/** Nobody was found: what might be in the way, looked for without being asked. */
export function NobodyCard() {
  const { t } = useI18n();
  const examination = useQuery(queries.diagnostics(useBackend()));
  return (
    <Card
      title={t("nobody.title")}
      text={t("nobody.text")}
      action={
        <Btn
          size="sm"
          variant="outline"
          busy={examination.isFetching}
          onClick={() => void examination.refetch()}
        >
          <RefreshCw size={14} />
          {t("nobody.again")}
        </Btn>
      }
    >
      {examination.error && (
        <div className="mt-3">
          <InlineError error={examination.error} />
        </div>
      )}
      {!examination.data && !examination.error && (
        <>
          <p role="status" className="mt-3 text-xs text-ink-3">
            {t("nobody.looking")}
          </p>
          <Skeleton className="mt-2 h-16" />
        </>
      )}
      {examination.data && <Findings diagnostics={examination.data} />}
    </Card>
  );
}

function Findings({ diagnostics }: { diagnostics: Diagnostics }) {
  const { t } = useI18n();
  // What serves models keeps no machine from another.
  const faults = diagnostics.checks.filter(({ outcome, id }) => outcome !== "good" && id !== "backends");
  const worstFirst = faults.toSorted(
    (a, b) => Number(b.outcome === "problem") - Number(a.outcome === "problem"),
  );
  return (
    <>
      <h3 className="mt-3 text-xs font-semibold">
        {faults.length === 0 ? t("nobody.clear") : t("nobody.found", { count: faults.length })}
      </h3>
      {worstFirst.length > 0 && (
        <ul>
          {worstFirst.map((check) => (
            <li
              key={`${check.id} ${check.finding.code}`}
              className="flex items-start gap-3 border-t border-line py-2.5 first:border-0"
            >
              <OutcomeIcon outcome={check.outcome} />
              <FindingText finding={check.finding} command={check.command} />
              {check.id === "firewall" && diagnostics.firewall.can_open && (
                <OpenFirewall ports={diagnostics.status.ports} />
              )}
            </li>
          ))}
        </ul>
      )}
      <ul className="mt-2 list-disc space-y-1 ps-5 text-sm text-ink-2">
        <li>{t("nobody.hint_running")}</li>
        <li>{t("nobody.hint_network")}</li>
        <li>{t("nobody.hint_address")}</li>
      </ul>
      <a
        href={href({ screen: "diagnostics" })}
        className="mt-3 inline-block rounded-sm text-sm font-medium text-accent-ink hover:underline"
      >
        {t("nobody.diagnostics")}
      </a>
    </>
  );
}

function OpenFirewall({ ports }: { ports: Ports }) {
  const { t, say } = useI18n();
  const open = useOpenFirewall();
  const [asking, setAsking] = useState(false);
  const consent = () => {
    setAsking(false);
    open.mutate(undefined, {
      onSuccess: () => tell(t("firewall.opened")),
      onError(error) {
        const { title, text } = say(error);
        tellFailure(title, text);
      },
    });
  };
  return (
    <>
      <Btn size="sm" variant="soft" busy={open.isPending} onClick={() => setAsking(true)}>
        {t("firewall.do_open")}
      </Btn>
      <FirewallConsent open={asking} ports={ports} onClose={() => setAsking(false)} onConsent={consent} />
    </>
  );
}
