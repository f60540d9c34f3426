import { Ban, Check, User, Users } from "lucide-react";
import { useState } from "react";
import type { Relation } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { ChoiceCards } from "@/components/choice-cards";
import { useI18n } from "@/i18n/i18n";
import { PairCode } from "./pair-code";

interface CompareStepProps {
  name: string;
  code: string | null;
  busy: boolean;
  onAnswer: (answer: { same: boolean; mine: boolean }) => void;
}

/** Is it the same code, and whose machine is it? */
export function CompareStep({ name, code, busy, onAnswer }: CompareStepProps) {
  const { t } = useI18n();
  const [whose, setWhose] = useState<Relation | null>(null);
  const [missing, setMissing] = useState(false);

  const same = () => {
    if (whose === null) return setMissing(true);
    onAnswer({ same: true, mine: whose === "mine" });
  };
  const choose = (relation: Relation) => {
    setMissing(false);
    setWhose(relation);
  };

  return (
    <>
      <div className="mt-4">
        <PairCode code={code} />
      </div>
      <div className="mt-4">
        <ChoiceCards
          question={t("pairing.whose", { name })}
          value={whose}
          choices={[
            { value: "mine", title: t("pairing.whose_mine"), text: t("pairing.whose_mine_text"), icon: User },
            {
              value: "other",
              title: t("pairing.whose_other"),
              text: t("pairing.whose_other_text"),
              icon: Users,
            },
          ]}
          onChange={choose}
          problem={missing ? t("pairing.whose_missing") : undefined}
        />
      </div>
      <div className="mt-4 grid grid-cols-[repeat(auto-fit,minmax(min(100%,7rem),1fr))] gap-2">
        <Btn variant="primary" busy={busy} onClick={same}>
          <Check size={16} />
          {t("pairing.same")}
        </Btn>
        <Btn variant="outline" disabled={busy} onClick={() => onAnswer({ same: false, mine: false })}>
          <Ban size={15} />
          {t("pairing.different")}
        </Btn>
      </div>
    </>
  );
}
