import { clsx } from "clsx";
import { Clock, Info, type LucideIcon, Tag, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Peer } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { FindingText } from "@/components/finding-text";
import { Mono } from "@/components/mono";
import { InlineError } from "@/components/inline-error";
import { useAdoptName } from "@/data/peer-writes";
import { useI18n } from "@/i18n/i18n";
import { useNow } from "@/components/use-now";

/** A difference that no network and no slow answer explains. */
const CLOCK_WORTH_TELLING_S = 5;
const AGES_EVERY_MS = 10_000;

/** What is not as it should be, or not as it was, each with what helps. */
export function PeerRemarks({ peer }: { peer: Peer }) {
  const { t } = useI18n();
  const skew = peer.clock_ahead_seconds ?? 0;
  return (
    <div className="grid gap-2 not-empty:mt-4">
      {peer.trouble && <Trouble trouble={peer.trouble} />}
      {peer.state === "trusted" && peer.presence === "connected" && !peer.trusts_us && (
        <Remark icon={TriangleAlert} tone="warn">
          <p className="text-sm font-medium">{t("peer.one_sided")}</p>
          <p className="text-xs text-ink-2">{t("peer.one_sided_text")}</p>
        </Remark>
      )}
      {peer.offered_name !== null && <OtherName peer={peer} name={peer.offered_name} />}
      {peer.other_mesh && (
        <Remark icon={Info}>
          <p className="text-xs text-ink-2">{t("peer.other_mesh")}</p>
        </Remark>
      )}
      {Math.abs(skew) >= CLOCK_WORTH_TELLING_S && <Skew seconds={skew} />}
    </div>
  );
}

function Trouble({ trouble }: { trouble: NonNullable<Peer["trouble"]> }) {
  const { format } = useI18n();
  const now = useNow(AGES_EVERY_MS);
  return (
    <Remark icon={TriangleAlert} tone="warn">
      <FindingText finding={{ ...trouble.error, level: "warning" }} />
      <p className="mt-1 flex flex-wrap gap-x-2 text-2xs text-ink-3">
        <Mono>{trouble.address}</Mono>
        {format.ago(trouble.at, now)}
      </p>
    </Remark>
  );
}

function OtherName({ peer, name }: { peer: Peer; name: string }) {
  const { t } = useI18n();
  const adopt = useAdoptName(peer.id);
  return (
    <Remark icon={Tag}>
      <p className="text-xs text-ink-2 wrap-anywhere">{t("peer.offered_name", { name })}</p>
      {adopt.error && <InlineError error={adopt.error} />}
      <Btn size="sm" variant="outline" className="mt-2" busy={adopt.isPending} onClick={() => adopt.mutate()}>
        {t("peer.adopt_name")}
      </Btn>
    </Remark>
  );
}

function Skew({ seconds }: { seconds: number }) {
  const { t, format } = useI18n();
  const time = format.duration(Math.abs(seconds));
  return (
    <Remark icon={Clock}>
      <p className="text-xs text-ink-2">
        {t(seconds > 0 ? "peer.clock_ahead" : "peer.clock_behind", { time })}
      </p>
    </Remark>
  );
}

interface RemarkProps {
  icon: LucideIcon;
  tone?: "plain" | "warn";
  children: ReactNode;
}

function Remark({ icon: Icon, tone = "plain", children }: RemarkProps) {
  return (
    <div
      className={clsx(
        "flex items-start gap-2.5 rounded-md p-2.5",
        tone === "warn" ? "bg-warn-soft" : "bg-press/60",
      )}
    >
      <Icon
        size={15}
        aria-hidden
        className={clsx("mt-0.5 shrink-0", tone === "warn" ? "text-warn-ink" : "text-ink-3")}
      />
      <div className="min-w-0 grow">{children}</div>
    </div>
  );
}
