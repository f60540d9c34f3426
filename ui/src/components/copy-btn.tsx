import { clsx } from "clsx";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { copyText } from "./copy-text";
import { IconBtn } from "./icon-btn";

const SHOWN_FOR_MS = 1600;

/** Copies a text and says so for a moment. */
export function CopyBtn({ text, label, className }: { text: string; label: string; className?: string }) {
  const { t } = useI18n();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  return (
    <>
      <IconBtn
        label={copied ? t("action.copied") : label}
        onClick={() => void copyText(text).then(setCopied)}
        className={clsx("size-7!", className)}
      >
        {copied ? <Check size={15} className="text-ok-ink" /> : <Copy size={15} />}
      </IconBtn>
      <span role="status" className="sr-only">
        {copied ? t("action.copied") : ""}
      </span>
    </>
  );
}
