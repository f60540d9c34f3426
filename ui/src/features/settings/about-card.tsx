import type { Status } from "@/backend/api.gen";
import { Card } from "@/components/card";
import { Fact } from "@/components/fact";
import { Logo } from "@/components/logo";
import { Mono } from "@/components/mono";
import { useI18n } from "@/i18n/i18n";

export function AboutCard({ status }: { status: Status }) {
  const { t } = useI18n();
  const build = `Banyan ${status.version} (${status.commit})`;
  return (
    <Card title={t("section.about")} id="about">
      <div className="mt-3 flex items-center gap-4">
        <Logo size={44} />
        <div>
          <p className="text-lg font-semibold tracking-[-.015em]">{t("app.name")}</p>
          <p className="text-xs text-ink-3">{t("chat.promise")}</p>
        </div>
      </div>
      <dl className="mt-4 grid gap-3 border-t border-line pt-4 sm:grid-cols-2">
        <Fact
          label={t("about.version")}
          copy={{ text: build, label: `${t("action.copy")}: ${t("about.version")}` }}
        >
          <Mono>{status.version}</Mono>
        </Fact>
        <Fact label={t("about.commit")}>
          <Mono>{status.commit}</Mono>
        </Fact>
        <Fact label={t("about.licence")} className="sm:col-span-2">
          {t("about.licence_text")}
        </Fact>
      </dl>
    </Card>
  );
}
