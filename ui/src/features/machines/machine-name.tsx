import { Check, Pencil, X } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import type { Machine } from "@/backend/api.gen";
import { FieldError } from "@/components/field-error";
import { IconBtn } from "@/components/icon-btn";
import { TextField } from "@/components/text-field";
import { tell } from "@/components/toast-manager";
import { useSetting } from "@/data/reads";
import { useRename } from "@/data/writes";
import { useI18n } from "@/i18n/i18n";
import { inOneLine } from "@/i18n/sentence";

/** The name of this machine; a pencil turns it into a field. */
export function MachineName({ machine }: { machine: Machine }) {
  const { t } = useI18n();
  const pencil = useRef<HTMLButtonElement>(null);
  const [editing, setEditing] = useState(false);
  const readOnly = useSetting("machine.name")?.read_only ?? false;

  const close = () => {
    setEditing(false);
    // The pencil exists again only after this render.
    requestAnimationFrame(() => pencil.current?.focus());
  };

  if (editing) return <NameForm machine={machine} onDone={close} />;
  return (
    <div className="flex max-w-full items-center gap-1">
      <h2 className="min-w-0 truncate ps-8 text-lg font-semibold tracking-[-.015em]">
        <bdi>{machine.name}</bdi>
      </h2>
      {readOnly ? (
        <span className="w-8" />
      ) : (
        <IconBtn ref={pencil} label={t("machines.rename")} onClick={() => setEditing(true)}>
          <Pencil size={15} />
        </IconBtn>
      )}
    </div>
  );
}

function NameForm({ machine, onDone }: { machine: Machine; onDone: () => void }) {
  const { t, say } = useI18n();
  const errorId = useId();
  const rename = useRename();
  const [name, setName] = useState(machine.name);
  const [tried, setTried] = useState(false);
  const kind = useSetting("machine.name")?.kind;
  const max = kind?.type === "text" ? kind.max_chars : 64;

  const trimmed = name.trim();
  // Counted in characters, as the node does, and not in halves of emoji.
  const tooLong = Array.from(trimmed).length > max;
  const problem =
    trimmed === ""
      ? t("machines.name_empty")
      : tooLong
        ? t("machines.name_long", { max })
        : rename.error
          ? inOneLine(say(rename.error))
          : null;
  const shown = tried ? problem : null;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (trimmed === "" || tooLong) return;
    if (trimmed === machine.name) return onDone();
    rename.mutate(trimmed, {
      onSuccess(renamed) {
        tell(t("machines.renamed", { name: renamed.name }));
        onDone();
      },
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onDone();
  };

  return (
    <form onSubmit={submit} className="w-full text-start">
      <div className="flex items-center gap-1">
        <TextField
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the person asked to edit this very field
          autoFocus
          value={name}
          onChange={(text) => {
            setName(text);
            rename.reset();
          }}
          onFocus={(event) => event.target.select()}
          onKeyDown={onKeyDown}
          dir="auto"
          aria-label={t("machines.name")}
          aria-describedby={shown ? errorId : undefined}
          invalid={shown !== null}
          disabled={rename.isPending}
        />
        <IconBtn type="submit" label={t("action.save")} disabled={rename.isPending}>
          <Check size={17} className="text-ok-ink" />
        </IconBtn>
        <IconBtn label={t("action.cancel")} onClick={onDone}>
          <X size={17} />
        </IconBtn>
      </div>
      {shown && <FieldError id={errorId} text={shown} />}
    </form>
  );
}
