import type { Backend, Model, ModelShown } from "@/backend/api.gen";
import { Fact } from "@/components/fact";
import { Mono } from "@/components/mono";
import { serverName } from "@/components/standing-chip";
import { useI18n } from "@/i18n/i18n";

interface ModelFactsProps {
  model: Model;
  shown: ModelShown | undefined;
  server: Backend | undefined;
}

/** What a model is; what its server does not tell is left out. */
export function ModelFacts({ model, shown, server }: ModelFactsProps) {
  const { t, lookUp, format } = useI18n();
  const { bytes, digest, context } = model;
  const parameters = shown?.size ?? (model.parameters === null ? null : compact(model.parameters));
  function compact(value: number): string {
    return format.number(value, { notation: "compact", maximumFractionDigits: 1 });
  }
  const abilities = shown?.abilities?.map((ability) => lookUp(`ability.${ability}`) ?? ability);
  const copy = (label: string, text: string) => ({ text, label: `${t("action.copy")}: ${label}` });
  return (
    <dl className="mt-4 grid grid-cols-[repeat(2,minmax(0,1fr))] gap-x-4 gap-y-3">
      {bytes > 0 && (
        <Fact label={t("model.bytes")}>
          <bdi className="num">{format.bytes(bytes)}</bdi>
        </Fact>
      )}
      {parameters !== null && (
        <Fact label={t("model.parameters")}>
          <bdi className="num">{parameters}</bdi>
        </Fact>
      )}
      {shown?.quantisation && (
        <Fact label={t("model.quantisation")}>
          <Mono>{shown.quantisation}</Mono>
        </Fact>
      )}
      <Fact label={t("model.context")}>
        <bdi className="num">{t("model.tokens", { count: shown?.context ?? context })}</bdi>
      </Fact>
      {shown?.family && (
        <Fact label={t("model.family")}>
          <bdi>{shown.family}</bdi>
        </Fact>
      )}
      {shown && shown.dimensions !== null && (
        <Fact label={t("model.dimensions")}>
          <bdi className="num">{format.number(shown.dimensions)}</bdi>
        </Fact>
      )}
      {abilities && abilities.length > 0 && (
        <Fact label={t("model.abilities")} className="col-span-2">
          {format.list(abilities)}
        </Fact>
      )}
      {server && (
        <Fact label={t("model.server")} className="col-span-2">
          <bdi>{serverName(server)}</bdi>
        </Fact>
      )}
      {digest && (
        <Fact label={t("model.digest")} copy={copy(t("model.digest"), digest)} className="col-span-2">
          <Mono className="text-xs">{digest}</Mono>
        </Fact>
      )}
    </dl>
  );
}

/** Long texts that its makers gave it, folded. */
export function ModelTexts({ shown }: { shown: ModelShown }) {
  const { t } = useI18n();
  const texts = [
    ["licence", shown.licence],
    ["system", shown.system],
    ["run_with", shown.parameters],
    ["template", shown.template],
  ] as const;
  return (
    <div className="mt-4">
      {texts.map(
        ([name, text]) =>
          text && (
            <details key={name} className="group border-t border-line py-2">
              <summary className="cursor-pointer rounded-sm text-xs font-medium">
                {t(`model.${name}`)}
              </summary>
              <pre
                dir="auto"
                tabIndex={0}
                role="region"
                aria-label={t(`model.${name}`)}
                className="mt-2 max-h-64 overflow-auto rounded-md bg-inset p-2.5 font-mono text-xs whitespace-pre-wrap wrap-anywhere text-ink-2"
              >
                {text}
              </pre>
            </details>
          ),
      )}
    </div>
  );
}
