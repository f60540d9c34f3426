import type { Peer } from "@/backend/api.gen";
import { useI18n } from "@/i18n/i18n";
import { PermissionRow } from "./permission-row";
import { Section } from "./section";

/** What the machine may do here. What nobody allowed is refused. */
export function PermissionList({ peer }: { peer: Peer }) {
  const { t } = useI18n();
  const open = peer.origin === "open_network";
  return (
    <Section title={t("peer.permissions")} text={t("peer.permissions_text")}>
      <ul className="mt-1 -mb-1">
        {peer.permissions.map((permission) => (
          <PermissionRow
            key={permission.permission}
            peer={peer}
            permission={permission}
            fixed={open && permission.permission !== "llm.use"}
          />
        ))}
      </ul>
    </Section>
  );
}
