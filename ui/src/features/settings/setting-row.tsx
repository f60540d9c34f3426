import { clsx } from "clsx";
import { Clock, RotateCcw } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import type { Setting } from "@/backend/api.gen";
import { FieldError } from "@/components/field-error";
import { IconBtn } from "@/components/icon-btn";
import { tell } from "@/components/toast-manager";
import { Tooltip } from "@/components/tooltip";
import { useResetSetting, useSetSetting } from "@/data/writes";
import { useI18n } from "@/i18n/i18n";
import { inOneLine } from "@/i18n/sentence";
import { SettingControl } from "./setting-control";
import { settingHelp, settingLabel, spokenValue } from "./setting-text";
import { SourceChip } from "./source-chip";

/** One setting: its name, where its value comes from, its control, and what went wrong with it. */
export function SettingRow({ setting }: { setting: Setting }) {
  const i18n = useI18n();
  const { t, say } = i18n;
  const set = useSetSetting(setting.key);
  const reset = useResetSetting(setting.key);
  const [nonsense, setNonsense] = useState(false);
  const labelId = useId();
  const noteId = useId();

  const label = settingLabel(i18n, setting.key);
  const refused = set.error ?? reset.error;
  const problem = nonsense
    ? t("settings.not_a_number")
    : refused
      ? inOneLine(say({ code: refused.code, params: { ...refused.params, key: label } }))
      : null;
  const help = settingHelp(i18n, setting.key);

  return (
    <Row
      label={label}
      labelId={labelId}
      badge={
        <>
          <SourceChip setting={setting} />
          {setting.needs_restart && !setting.waiting && !setting.read_only && <RestartHint />}
        </>
      }
      note={
        <div id={noteId}>
          {help && <p>{isTypedList(setting) ? `${help} ${t("settings.list_help")}` : help}</p>}
          {!setting.in_force && <p>{t("settings.not_yet")}</p>}
          {setting.read_only && <p>{t("settings.overruled", { origin: setting.origin })}</p>}
          {setting.waiting && (
            <p className="flex items-center gap-1 text-warn-ink">
              <Clock size={13} />
              {t("settings.waiting")}
            </p>
          )}
          {problem && <FieldError id={`${noteId}-error`} text={problem} />}
        </div>
      }
    >
      {setting.source === "file" && !setting.read_only && (
        <IconBtn
          label={t("settings.reset", { label, value: spokenValue(i18n, setting, setting.default) })}
          onClick={() => {
            set.reset();
            setNonsense(false);
            reset.mutate(undefined, { onSuccess: () => tell(t("settings.reset_done", { label })) });
          }}
        >
          <RotateCcw size={15} />
        </IconBtn>
      )}
      <SettingControl
        setting={setting}
        labelledBy={labelId}
        describedBy={noteId}
        invalid={problem !== null}
        onChange={(value) => {
          setNonsense(false);
          reset.reset();
          set.mutate(value);
        }}
        onNonsense={() => setNonsense(true)}
        onRevert={() => {
          setNonsense(false);
          set.reset();
        }}
      />
    </Row>
  );
}

/** The shared models are ticked instead. */
function isTypedList({ kind, key }: Setting): boolean {
  return kind.type === "list" && key !== "sharing.models";
}

/** Said when asked, because it holds for many rows. */
function RestartHint() {
  const { t } = useI18n();
  return (
    <Tooltip text={t("settings.needs_restart")}>
      <button
        type="button"
        aria-label={t("settings.needs_restart")}
        className="cursor-default rounded-full p-1 text-ink-3"
      >
        <Clock size={13} />
      </button>
    </Tooltip>
  );
}

interface RowProps {
  label: string;
  labelId?: string;
  badge?: ReactNode;
  note?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** The shape every row of this screen shares. */
export function Row({ label, labelId, badge, note, children, className }: RowProps) {
  return (
    <div
      className={clsx(
        "flex flex-col gap-2 border-t border-line py-3 first:border-0 md:flex-row md:flex-wrap md:items-center md:gap-x-6",
        className,
      )}
    >
      <div className="min-w-0 grow md:basis-60">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span id={labelId} className="text-sm font-medium">
            {label}
          </span>
          {badge}
        </div>
        <div className="text-xs text-ink-3">{note}</div>
      </div>
      <div className="flex max-w-full min-w-0 shrink-0 items-center gap-1.5">{children}</div>
    </div>
  );
}
