import { type FormEvent, useId, useState } from "react";
import type { Machine, Setting } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Field } from "@/components/field";
import { FieldError } from "@/components/field-error";
import { Logo } from "@/components/logo";
import { Segmented } from "@/components/segmented";
import { Sigil } from "@/components/sigil";
import { TextField } from "@/components/text-field";
import { useRename, useSetSetting } from "@/data/writes";
import { useI18n } from "@/i18n/i18n";
import { inOneLine } from "@/i18n/sentence";

interface WelcomeProps {
  machine: Machine;
  settings: readonly Setting[];
}

const LANGUAGES = ["system", "en", "fa"] as const;
const THEMES = ["system", "light", "dark"] as const;

/** The first start: name, language, theme on one page. Each takes effect at once. */
export default function WelcomeScreen({ machine, settings }: WelcomeProps) {
  const { t, say } = useI18n();
  const [name, setName] = useState(machine.name);
  const rename = useRename();
  const welcomed = useSetSetting("ui.welcomed");
  const language = useSetSetting("ui.language");
  const theme = useSetSetting("ui.theme");
  const ids = { name: useId(), error: useId(), language: useId(), theme: useId() };

  const setting = (key: string) => settings.find((one) => one.key === key);
  const valueOf = (key: string) => String(setting(key)?.value ?? "system");
  const nameIsFixed = setting("machine.name")?.read_only ?? false;
  const failed = rename.error ?? welcomed.error ?? language.error ?? theme.error;
  const problem = name.trim() === "" ? t("machines.name_empty") : failed && inOneLine(say(failed));

  const finish = () => welcomed.mutate(true);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === "") return;
    if (wanted === machine.name) finish();
    else rename.mutate(wanted, { onSuccess: finish });
  };

  return (
    <main className="relative h-full overflow-x-hidden overflow-y-auto bg-surface">
      <div className="aurora" />
      <Field opacity={0.9} />
      <form
        onSubmit={submit}
        className="relative mx-auto flex min-h-full max-w-[560px] flex-col justify-center px-4 py-8"
      >
        <div className="flex flex-col items-center text-center">
          <Logo size={52} />
          <h1 className="mt-5 text-2xl font-semibold tracking-[-.015em]">{t("welcome.title")}</h1>
          <p className="mt-2 max-w-112 text-sm text-ink-2">{t("welcome.text")}</p>
        </div>

        <div className="card mt-8 grid grid-cols-[minmax(0,1fr)] gap-6 p-5 shadow-2 sm:p-6">
          <div className="flex items-start gap-4">
            <Sigil machineKey={machine.key} size={64} />
            <div className="min-w-0 grow">
              <label htmlFor={ids.name} className="text-sm font-semibold">
                {t("welcome.name")}
              </label>
              <div className="mt-2 grid grid-cols-[minmax(0,1fr)]">
                <TextField
                  id={ids.name}
                  value={name}
                  dir="auto"
                  onChange={(text) => {
                    setName(text);
                    rename.reset();
                  }}
                  disabled={nameIsFixed}
                  invalid={name.trim() === "" || rename.isError}
                  aria-describedby={ids.error}
                />
              </div>
              <p className="mt-1.5 text-xs text-ink-3">
                {t("welcome.name_help")} {t("welcome.sigil")}
              </p>
            </div>
          </div>
          <div className="border-t border-line pt-5">
            <p id={ids.language} className="text-sm font-semibold">
              {t("welcome.language")}
            </p>
            <div className="mt-2">
              <Segmented
                labelledBy={ids.language}
                value={valueOf("ui.language")}
                options={LANGUAGES.map((value) => ({ value, label: t(`option.ui.language.${value}`) }))}
                onChange={(value) => language.mutate(value)}
                disabled={setting("ui.language")?.read_only}
              />
            </div>
          </div>
          <div className="border-t border-line pt-5">
            <p id={ids.theme} className="text-sm font-semibold">
              {t("welcome.theme")}
            </p>
            <div className="mt-2">
              <Segmented
                labelledBy={ids.theme}
                value={valueOf("ui.theme")}
                options={THEMES.map((value) => ({ value, label: t(`option.ui.theme.${value}`) }))}
                onChange={(value) => theme.mutate(value)}
                disabled={setting("ui.theme")?.read_only}
              />
            </div>
          </div>
          {problem && <FieldError id={ids.error} text={problem} />}
        </div>

        <div className="mt-6 flex items-center justify-center gap-2">
          <Btn onClick={finish}>{t("welcome.skip")}</Btn>
          <Btn
            type="submit"
            variant="primary"
            busy={rename.isPending || welcomed.isPending}
            className="px-6!"
          >
            {t("welcome.start")}
          </Btn>
        </div>
      </form>
    </main>
  );
}
