import { Unplug } from "lucide-react";
import { Component, type ReactNode, useState } from "react";
import { Btn } from "@/components/btn";
import { copyText } from "@/components/copy-text";
import { EmptyState } from "@/components/empty-state";
import { useI18n } from "@/i18n/i18n";

/** Keeps a fault in one screen from taking the others with it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(thrown: unknown) {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return <Fault error={this.state.error} onRetry={() => this.setState({ error: null })} />;
  }
}

function Fault({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { t } = useI18n();
  const [copied, setCopied] = useState(false);
  const detail = error.stack ?? `${error.name}: ${error.message}`;
  return (
    <div role="alert" className="h-full">
      <EmptyState
        mark={<Unplug size={36} strokeWidth={1.5} className="text-bad-ink" />}
        title={t("error.title")}
        text={
          <>
            <p>{t("error.text")}</p>
            <details className="mt-4 w-full text-start">
              <summary className="cursor-pointer text-xs text-ink-3">{t("error.detail")}</summary>
              <pre
                dir="ltr"
                className="mt-2 max-h-48 overflow-auto rounded-md bg-inset p-3 font-mono text-2xs wrap-anywhere whitespace-pre-wrap"
              >
                {detail}
              </pre>
            </details>
          </>
        }
        action={
          <div className="flex flex-wrap justify-center gap-2">
            <Btn variant="primary" onClick={onRetry}>
              {t("action.try_again")}
            </Btn>
            <Btn variant="outline" onClick={() => void copyText(detail).then(setCopied)}>
              {copied ? t("action.copied") : t("action.copy_detail")}
            </Btn>
            <Btn variant="outline" onClick={() => location.reload()}>
              {t("action.reload")}
            </Btn>
          </div>
        }
      />
    </div>
  );
}
