import { useI18n } from "@/i18n/i18n";
import { CopyBtn } from "./copy-btn";
import { Mono } from "./mono";

/** Something long to hand over as it is, in full and with one press. */
export function SecretText({ text, label }: { text: string; label: string }) {
  const { t } = useI18n();
  return (
    <div className="flex items-start gap-1 rounded-md bg-inset py-2 ps-3 pe-1">
      <Mono className="min-w-0 grow text-xs select-all">{text}</Mono>
      <CopyBtn text={text} label={`${t("action.copy")}: ${label}`} className="-my-1" />
    </div>
  );
}
