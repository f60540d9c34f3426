import { BellRing, Copy, Ellipsis, Save, Stethoscope } from "lucide-react";
import type { CallError } from "@/backend/call-error";
import { Btn } from "@/components/btn";
import { copyText } from "@/components/copy-text";
import { IconBtn } from "@/components/icon-btn";
import { Menu, type MenuEntry } from "@/components/menu";
import { tell, tellFailure } from "@/components/toast-manager";
import { useDesktop } from "@/data/reads";
import { useReport, useSaveReport, useTryNotification } from "@/data/writes";
import { useI18n } from "@/i18n/i18n";

/** What a person does with an examination: hand it on, keep it, make it again. */
export function ReportActions({ onExamine, examining }: { onExamine: () => void; examining: boolean }) {
  const { t, say } = useI18n();
  const onDesktop = useDesktop().data !== undefined;
  const report = useReport();
  const save = useSaveReport();
  const notification = useTryNotification();

  const onError = (error: CallError) => {
    const { title, text } = say(error);
    tellFailure(title, text);
  };
  const copy = () =>
    report.mutate(undefined, {
      onSuccess: (text) => void put(text),
      onError,
    });
  const put = async (text: string) => {
    if (await copyText(text)) tell(t("diagnostics.report_copied"));
    else tellFailure(t("diagnostics.report_not_copied"), t("diagnostics.report_not_copied_text"));
  };
  const saveAs = () =>
    save.mutate(t("diagnostics.report_title"), {
      onSuccess: (path) => path !== null && tell(t("diagnostics.report_saved", { path })),
      onError,
    });
  const notify = () =>
    notification.mutate(undefined, { onSuccess: () => tell(t("desktop.notification_sent")), onError });

  const more: MenuEntry[] = onDesktop
    ? [
        { label: t("diagnostics.save_report"), icon: <Save size={16} />, onSelect: saveAs },
        { label: t("desktop.try_notification"), icon: <BellRing size={16} />, onSelect: notify },
      ]
    : [];

  return (
    <div className="flex flex-wrap items-center gap-2">
      <Btn variant="outline" busy={examining} onClick={onExamine}>
        <Stethoscope size={16} />
        {t("diagnostics.again")}
      </Btn>
      <Btn variant="primary" busy={report.isPending} onClick={copy}>
        <Copy size={16} />
        {t("diagnostics.copy_report")}
      </Btn>
      {more.length > 0 && (
        <Menu
          trigger={
            <IconBtn label={t("diagnostics.more")} className="size-9!">
              <Ellipsis size={17} />
            </IconBtn>
          }
          entries={more}
        />
      )}
    </div>
  );
}
