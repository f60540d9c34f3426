import type { Status } from "@/backend/api.gen";
import { Card } from "@/components/card";
import { Fact } from "@/components/fact";
import { InterfaceList } from "@/components/interface-list";
import { Mono } from "@/components/mono";
import { useI18n } from "@/i18n/i18n";

/** Where this machine can be reached: its interfaces and the ports it uses. */
export function NetworkCard({ status }: { status: Status }) {
  const { t } = useI18n();
  return (
    <Card title={t("machines.network")} text={t("machines.network_text")}>
      <InterfaceList interfaces={status.interfaces} />
      <dl className="mt-3 grid gap-3 border-t border-line pt-3 sm:grid-cols-3">
        <Fact label={t("machines.port_tcp")}>
          <Mono>{status.ports.tcp}</Mono>
        </Fact>
        <Fact label={t("machines.port_udp")}>
          <Mono>{status.ports.udp}</Mono>
        </Fact>
        <Fact label={t("machines.port_http")}>
          {status.http ? <Mono>{status.http.address}</Mono> : t("machines.http_off")}
        </Fact>
      </dl>
    </Card>
  );
}
