import { HardDrive, Network } from "lucide-react";
import { SentenceText } from "@/components/sentence-text";
import { Sigil } from "@/components/sigil";
import { useModels, usePeers, usePulls } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { type Way, waysIn } from "./ways";

/** What a person can do so that something answers. */
export function WaysCard() {
  const i18n = useI18n();
  const view = useModels().data;
  const peers = usePeers().data;
  const pulls = usePulls().data ?? [];
  if (!view || !peers) return null;
  return (
    <section className="card overflow-hidden text-start">
      <h3 className="border-b border-line px-4 py-3 text-sm font-semibold">{i18n.t("ways.title")}</h3>
      <ul className="divide-y divide-line">
        {waysIn(i18n, view, peers, pulls).map((way, index) => (
          <WayRow key={way.title} way={way} here={index === 0} />
        ))}
      </ul>
    </section>
  );
}

function WayRow({ way, here }: { way: Way; here: boolean }) {
  const { machineKey, title, text, action } = way;
  const Icon = here ? HardDrive : Network;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3.5">
      {machineKey ? (
        <Sigil machineKey={machineKey} size={34} />
      ) : (
        <span className="grid size-8.5 shrink-0 place-items-center rounded-full bg-accent-soft text-accent-ink">
          <Icon size={16} strokeWidth={1.8} />
        </span>
      )}
      <div className="min-w-0 grow basis-48">
        <p className="text-sm font-medium">{title}</p>
        {text && (
          <p className="mt-0.5 text-xs text-ink-3 wrap-anywhere">
            <SentenceText text={text} />
          </p>
        )}
      </div>
      {action && (
        <a
          href={action.href}
          className="inline-flex h-8 shrink-0 items-center rounded-md bg-press px-2.5 text-xs font-medium text-ink transition-colors hover:bg-press-2"
        >
          {action.label}
        </a>
      )}
    </li>
  );
}
