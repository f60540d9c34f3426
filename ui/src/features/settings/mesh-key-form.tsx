import { type FormEvent, useId, useState } from "react";
import { Btn } from "@/components/btn";
import { FieldError } from "@/components/field-error";
import { SentenceText } from "@/components/sentence-text";
import { TextField } from "@/components/text-field";
import { tell } from "@/components/toast-manager";
import { useAddMeshKey } from "@/data/join-writes";
import { useI18n } from "@/i18n/i18n";
import { inFull } from "@/i18n/sentence";

/** Takes a key that was made elsewhere. What is typed is not shown. */
export function MeshKeyForm() {
  const { t, say } = useI18n();
  const id = useId();
  const add = useAddMeshKey();
  const [key, setKey] = useState("");

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() === "") return;
    add.mutate(key.trim(), {
      onSuccess() {
        setKey("");
        tell(t("mesh.added"));
      },
    });
  };

  return (
    <form onSubmit={submit} className="mt-3 border-t border-line pt-3">
      <label htmlFor={id} className="block text-sm font-medium">
        {t("mesh.add")}
      </label>
      <p className="text-xs text-ink-3">
        <SentenceText text={t("mesh.add_text")} />
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        <div className="grid min-w-0 grow basis-56">
          <TextField
            id={id}
            type="password"
            value={key}
            onChange={(text) => {
              setKey(text);
              add.reset();
            }}
            dir="ltr"
            invalid={add.error !== null}
            aria-describedby={add.error ? `${id}-error` : undefined}
            disabled={add.isPending}
          />
        </div>
        <Btn type="submit" variant="soft" busy={add.isPending} disabled={key.trim() === ""}>
          {t("mesh.add_do")}
        </Btn>
      </div>
      {add.error && <FieldError id={`${id}-error`} text={inFull(say(add.error))} />}
    </form>
  );
}
