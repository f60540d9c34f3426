import { clsx } from "clsx";
import { CircleAlert } from "lucide-react";
import type { InterfaceReport, NetworkReport, Traffic } from "@/backend/api.gen";
import { Card } from "@/components/card";
import { Mono } from "@/components/mono";
import { useI18n } from "@/i18n/i18n";

interface TrafficCardProps {
  network: NetworkReport;
  /** When it was examined, in milliseconds since 1970. */
  at: number;
}

/** What each interface sent and heard since the start, or why it is not used. */
export function TrafficCard({ network, at }: TrafficCardProps) {
  const { t } = useI18n();
  return (
    <Card title={t("traffic.title")} text={t("traffic.text")}>
      {network.interfaces.length === 0 ? (
        <p className="mt-3 text-sm text-ink-2">{t("machines.no_interfaces")}</p>
      ) : (
        <div className="mt-3 overflow-x-auto">
          <table className="w-full text-sm">
            <thead>
              <tr className="text-2xs text-ink-3">
                <Head className="text-start">{t("traffic.interface")}</Head>
                <Head className="text-end">{t("traffic.sent")}</Head>
                <Head className="ps-4 text-end">{t("traffic.heard")}</Head>
                <Head className="ps-4 text-end">{t("traffic.last_heard")}</Head>
              </tr>
            </thead>
            {network.interfaces.map((one) => (
              <tbody key={one.name} className="border-t border-line">
                {one.skipped_because === null ? <Used one={one} at={at} /> : <Skipped one={one} />}
              </tbody>
            ))}
          </table>
        </div>
      )}
      {network.refused > 0 && (
        <p className="mt-3 text-xs text-ink-3">{t("traffic.refused", { count: network.refused })}</p>
      )}
    </Card>
  );
}

function Used({ one, at }: { one: InterfaceReport; at: number }) {
  return (
    <>
      <tr>
        <Name one={one} />
        <Cells traffic={one} at={at} />
      </tr>
      <Failure traffic={one} />
      {one.mdns && (
        <tr className="text-xs text-ink-3">
          <th scope="row" className="pb-2 text-start font-normal">
            mDNS
          </th>
          <Cells traffic={one.mdns} at={at} className="pb-2" />
        </tr>
      )}
      {one.mdns && <Failure traffic={one.mdns} />}
    </>
  );
}

function Skipped({ one }: { one: InterfaceReport }) {
  const { t } = useI18n();
  return (
    <tr className="text-ink-3">
      <Name one={one} />
      <td colSpan={3} className="py-2 ps-4 text-end align-top text-xs">
        {one.skipped_because && t(`skipped.${one.skipped_because}`)}
      </td>
    </tr>
  );
}

function Name({ one }: { one: InterfaceReport }) {
  return (
    <th scope="row" className="py-2 text-start align-top font-normal">
      <Mono className="font-medium">{one.name}</Mono>
      <span className="flex flex-wrap gap-x-3 text-xs text-ink-3">
        {one.addresses.map((address) => (
          <Mono key={address}>{address}</Mono>
        ))}
      </span>
    </th>
  );
}

function Cells({ traffic, at, className = "py-2" }: { traffic: Traffic; at: number; className?: string }) {
  const { t, format } = useI18n();
  const cell = clsx("num text-end align-top whitespace-nowrap", className);
  return (
    <>
      <td className={cell}>{format.number(traffic.sent)}</td>
      <td className={clsx(cell, "ps-4")}>{format.number(traffic.heard)}</td>
      <td className={clsx(cell, "ps-4 text-xs text-ink-2")}>
        <bdi>{traffic.last_heard === null ? t("traffic.never") : format.ago(traffic.last_heard, at)}</bdi>
      </td>
    </>
  );
}

function Failure({ traffic }: { traffic: Traffic }) {
  const { say } = useI18n();
  if (!traffic.error) return null;
  return (
    <tr>
      <td colSpan={4} className="pb-2 text-xs text-warn-ink">
        <span className="flex items-center gap-1.5">
          <CircleAlert size={13} aria-hidden className="shrink-0" />
          {say(traffic.error).title}
        </span>
      </td>
    </tr>
  );
}

function Head({ children, className }: { children: string; className: string }) {
  return (
    <th scope="col" className={clsx("pb-1.5 font-medium", className)}>
      {children}
    </th>
  );
}
