import { type ReactNode, useId } from "react";
import type { DesktopState } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { FieldError } from "@/components/field-error";
import { Switch } from "@/components/switch";
import { tell, tellFailure } from "@/components/toast-manager";
import { useAutostart, useTryNotification } from "@/data/writes";
import { useI18n } from "@/i18n/i18n";
import { Row } from "./setting-row";

/** What only a window on a desktop can offer, around the settings of that section. */
export function DesktopRows({ desktop, children }: { desktop: DesktopState; children: ReactNode }) {
  const { t, say } = useI18n();
  const autostart = useAutostart();
  const notification = useTryNotification();
  const labelId = useId();

  const tryNotification = () =>
    notification.mutate(undefined, {
      onSuccess: () => tell(t("desktop.notification_sent")),
      onError(error) {
        const { title, text } = say(error);
        tellFailure(title, text);
      },
    });

  return (
    <>
      <Row
        label={t("desktop.autostart")}
        labelId={labelId}
        note={
          <>
            <p>{t("desktop.autostart.help")}</p>
            {!desktop.tray && <p className="text-warn-ink">{t("desktop.no_tray")}</p>}
            {autostart.error && <FieldError id={`${labelId}-error`} text={say(autostart.error).text} />}
          </>
        }
      >
        <Switch checked={desktop.autostart} onChange={(on) => autostart.mutate(on)} labelledBy={labelId} />
      </Row>
      {children}
      <Row label={t("desktop.arrive")} note={t("desktop.arrive.help")}>
        <Btn variant="outline" size="sm" busy={notification.isPending} onClick={tryNotification}>
          {t("desktop.try_notification")}
        </Btn>
      </Row>
    </>
  );
}
