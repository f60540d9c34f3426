import { Boxes, Cable, Laptop, Waypoints } from "lucide-react";
import type { Interface, InterfaceKind } from "@/backend/api.gen";
import { useI18n } from "@/i18n/i18n";
import { Chip } from "./chip";
import { Mono } from "./mono";

const ICONS: Record<InterfaceKind, typeof Cable> = {
  lan: Cable,
  loopback: Laptop,
  point_to_point: Waypoints,
  container: Boxes,
};

/** The network interfaces of a machine, those in use first. */
export function InterfaceList({ interfaces }: { interfaces: readonly Interface[] }) {
  const { t } = useI18n();
  if (interfaces.length === 0)
    return <p className="mt-3 text-sm text-ink-2">{t("machines.no_interfaces")}</p>;
  const usedFirst = interfaces.toSorted((a, b) => Number(b.usable) - Number(a.usable));
  return (
    <ul className="mt-3 -mb-1">
      {usedFirst.map((one) => (
        <InterfaceRow key={one.name} one={one} />
      ))}
    </ul>
  );
}

function InterfaceRow({ one }: { one: Interface }) {
  const { t } = useI18n();
  const Icon = ICONS[one.kind];
  return (
    <li className="flex items-start gap-3 border-t border-line py-2.5 first:border-0 first:pt-0">
      <Icon size={16} strokeWidth={1.8} className="mt-0.5 shrink-0 text-ink-3" />
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
          <Mono className="font-medium">{one.name}</Mono>
          <span className="text-xs text-ink-3">{t(`interface.${one.kind}`)}</span>
        </p>
        <p className="flex flex-wrap gap-x-3 text-xs text-ink-2">
          {one.addresses.length === 0 && t("machines.no_address")}
          {one.addresses.map((address) => (
            <Mono key={address}>{address}</Mono>
          ))}
        </p>
      </div>
      <Chip tone={one.usable ? "ok" : "plain"}>
        {one.usable ? t("machines.used") : t("machines.skipped")}
      </Chip>
    </li>
  );
}
