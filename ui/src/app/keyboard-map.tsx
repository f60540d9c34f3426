import { Btn } from "@/components/btn";
import { Dialog } from "@/components/dialog";
import { Kbd } from "@/components/kbd";
import { useI18n } from "@/i18n/i18n";
import { SCREENS } from "@/routing/router";
import { MOD } from "./shortcuts";
import { openKeys, useUi } from "./ui-state";

const LAST = SCREENS.length;

const KEYS = [
  { label: "keys.palette", keys: [`${MOD} K`] },
  { label: "keys.screen", keys: [`${MOD} 1 … ${LAST}`, `Alt 1 … ${LAST}`] },
  { label: "keys.settings", keys: [`${MOD} ,`] },
  { label: "keys.sidebar", keys: [`${MOD} B`] },
  { label: "keys.regions", keys: ["F6"] },
  { label: "keys.send", keys: ["Enter"] },
  { label: "keys.newline", keys: ["Shift Enter"] },
  { label: "keys.close", keys: ["Esc"] },
  { label: "keys.this", keys: ["?"] },
] as const;

export default function KeyboardMap() {
  const { t } = useI18n();
  const open = useUi(({ keysOpen }) => keysOpen);
  const close = () => openKeys(false);
  return (
    <Dialog open={open} onClose={close} title={t("keys.title")}>
      <dl className="mt-3">
        {KEYS.map(({ label, keys }) => (
          <div
            key={label}
            className="flex items-center justify-between gap-4 border-t border-line py-2 first:border-0"
          >
            <dt className="text-sm">{t(label)}</dt>
            <dd className="flex flex-wrap justify-end gap-1.5">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <div className="mt-4 flex justify-end">
        <Btn variant="soft" onClick={close}>
          {t("action.close")}
        </Btn>
      </div>
    </Dialog>
  );
}
