import { useId } from "react";
import type { Setting } from "@/backend/api.gen";
import { InlineError } from "@/components/inline-error";
import { Switch } from "@/components/switch";
import { useSetSetting } from "@/data/writes";
import { useI18n } from "@/i18n/i18n";
import { href } from "@/routing/router";

/** Whether others may use the models of this machine: the one switch its owner needs. */
export function ShareCard({ setting }: { setting: Setting }) {
  const { t } = useI18n();
  const share = useSetSetting(setting.key);
  const titleId = useId();
  const textId = useId();
  const on = setting.value === true;
  return (
    <section aria-labelledby={titleId} className="card p-4">
      <div className="flex items-start gap-4">
        <div className="min-w-0 grow">
          <h2 id={titleId} className="text-sm font-semibold">
            {t("models.share")}
          </h2>
          <p id={textId} className="mt-0.5 text-xs text-ink-3">
            {setting.read_only
              ? t("settings.overruled", { origin: setting.origin })
              : on
                ? t("models.share_on")
                : t("models.share_off")}
          </p>
        </div>
        <Switch
          checked={on}
          onChange={(wanted) => share.mutate(wanted)}
          labelledBy={titleId}
          describedBy={textId}
          disabled={setting.read_only}
        />
      </div>
      <p className="mt-3 text-xs">
        <a
          href={href({ screen: "settings", section: "sharing" })}
          className="text-accent-ink underline-offset-2 hover:underline"
        >
          {t("models.share_settings")}
        </a>
      </p>
      {share.error && (
        <div className="mt-3">
          <InlineError error={share.error} />
        </div>
      )}
    </section>
  );
}
