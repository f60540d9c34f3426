import { useId } from "react";
import type { JoinKind } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Dialog } from "@/components/dialog";
import { InlineError } from "@/components/inline-error";
import { SecretText } from "@/components/secret-text";
import { useMakeMeshKey } from "@/data/join-writes";
import { useI18n } from "@/i18n/i18n";

const KINDS: readonly JoinKind[] = ["mine", "team"];

/** A new key, for machines of the same person or for a team. It is shown once. */
export function MakeMeshKey() {
  const { t } = useI18n();
  const titleId = useId();
  const make = useMakeMeshKey();
  const made = make.data;
  return (
    <section aria-labelledby={titleId} className="mt-3 border-t border-line pt-3">
      <h3 id={titleId} className="text-sm font-medium">
        {t("mesh.make")}
      </h3>
      <ul className="mt-2 grid gap-2">
        {KINDS.map((kind) => (
          <li key={kind} className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <p className="min-w-0 grow basis-44 text-xs text-ink-2">{t(`mesh.make_${kind}_text`)}</p>
            <Btn
              size="sm"
              variant="soft"
              busy={make.isPending && make.variables === kind}
              onClick={() => make.mutate(kind)}
            >
              {t(`mesh.make_${kind}`)}
            </Btn>
          </li>
        ))}
      </ul>
      {make.error && (
        <div className="mt-2">
          <InlineError error={make.error} />
        </div>
      )}
      {made && (
        <Dialog open onClose={make.reset} title={t(`mesh.made_${made.kind}`)} text={t("mesh.made_text")}>
          <div className="mt-4 grid gap-3">
            <SecretText text={made.key} label={t("mesh.key")} />
            <div className="flex justify-end">
              <Btn variant="primary" onClick={make.reset}>
                {t("action.done")}
              </Btn>
            </div>
          </div>
        </Dialog>
      )}
    </section>
  );
}
