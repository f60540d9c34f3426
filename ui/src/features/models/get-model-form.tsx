import { type FormEvent, useId, useState } from "react";
import { Btn } from "@/components/btn";
import { InlineError } from "@/components/inline-error";
import { TextField } from "@/components/text-field";
import { usePull } from "@/data/model-writes";
import { useI18n } from "@/i18n/i18n";
import { FIRST_MODELS } from "./first-models";

interface GetModelFormProps {
  /** Models that are here or on their way. */
  known: readonly string[];
  onBegun?: () => void;
}

/** A model by its name, or one of those to begin with. */
export function GetModelForm({ known, onBegun }: GetModelFormProps) {
  const { t, format } = useI18n();
  const id = useId();
  const pull = usePull();
  const [name, setName] = useState("");
  const begin = (model: string) =>
    pull.mutate(model, {
      onSuccess() {
        setName("");
        onBegun?.();
      },
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") begin(name.trim());
  };
  const others = FIRST_MODELS.filter(({ model }) => !known.some((one) => isSame(one, model)));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 text-start">
      {others.length > 0 && (
        <ul className="divide-y divide-line rounded-md border border-line" aria-label={t("get.first")}>
          {others.map(({ model, bytes, about }) => (
            <li key={model} className="flex items-center gap-3 px-3 py-2.5">
              <div className="min-w-0 grow">
                <p className="flex flex-wrap items-baseline gap-x-2 text-sm font-medium">
                  <bdi>{model}</bdi>
                  <bdi className="num text-xs font-normal text-ink-3">{format.bytes(bytes)}</bdi>
                </p>
                <p className="text-xs text-ink-3">{t(`get.about_${about}`)}</p>
              </div>
              <Btn
                size="sm"
                variant="soft"
                aria-label={t("get.get_named", { model })}
                busy={pull.isPending && pull.variables === model}
                disabled={pull.isPending}
                onClick={() => begin(model)}
              >
                {t("get.get")}
              </Btn>
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={submit}>
        <label htmlFor={id} className="block text-xs text-ink-2">
          {t("get.name")}
        </label>
        <div className="mt-1 flex flex-wrap gap-2">
          <div className="grid min-w-0 grow basis-44">
            <TextField
              id={id}
              value={name}
              onChange={(text) => {
                setName(text);
                pull.reset();
              }}
              dir={name ? "ltr" : undefined}
              maxLength={256}
              placeholder={t("get.placeholder")}
              aria-describedby={`${id}-help`}
            />
          </div>
          <Btn
            type="submit"
            variant="primary"
            busy={pull.isPending && pull.variables === name.trim()}
            disabled={name.trim() === ""}
          >
            {t("get.get")}
          </Btn>
        </div>
        <p id={`${id}-help`} className="mt-1 text-xs text-ink-3">
          {t("get.help")}
        </p>
      </form>
      {pull.error && <InlineError error={pull.error} />}
    </div>
  );
}

/** `llama3.2` is `llama3.2:latest`, which the library also calls `llama3.2:3b`. */
function isSame(name: string, model: string): boolean {
  return name === model || name.startsWith(`${model}:`);
}
