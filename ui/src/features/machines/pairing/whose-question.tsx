import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { User, Users } from "lucide-react";
import { useId } from "react";
import type { Relation } from "@/backend/api.gen";
import { FieldError } from "@/components/field-error";
import { useI18n } from "@/i18n/i18n";

interface WhoseQuestionProps {
  name: string;
  value: Relation | null;
  onChange: (relation: Relation) => void;
  /** The person said "Same" before saying this. */
  missing: boolean;
}

const ICONS = { mine: User, other: Users };

/** Whose machine the other one is. Nothing is chosen beforehand: either answer has consequences. */
export function WhoseQuestion({ name, value, onChange, missing }: WhoseQuestionProps) {
  const { t } = useI18n();
  const questionId = useId();
  const errorId = useId();
  return (
    <div className="mt-4">
      <p id={questionId} className="text-sm font-medium">
        {t("pairing.whose", { name })}
      </p>
      <RadioGroup
        value={value ?? ""}
        onValueChange={(chosen: Relation | "") => chosen !== "" && onChange(chosen)}
        aria-labelledby={questionId}
        aria-describedby={missing ? errorId : undefined}
        className="mt-2 grid gap-2"
      >
        {(["mine", "other"] as const).map((relation) => {
          const Icon = ICONS[relation];
          const title = t(`pairing.whose_${relation}`);
          const text = t(`pairing.whose_${relation}_text`);
          return (
            <Radio.Root
              key={relation}
              value={relation}
              aria-label={`${title}. ${text}`}
              className="flex cursor-pointer items-start gap-3 rounded-md border border-line-strong bg-raised p-2.5 text-start transition-colors hover:bg-press/60 data-checked:border-accent data-checked:bg-accent-soft"
            >
              <Icon size={16} strokeWidth={1.8} aria-hidden className="mt-0.5 shrink-0 text-ink-3" />
              <span className="min-w-0 grow">
                <span className="block text-sm font-medium">{title}</span>
                <span className="block text-xs text-ink-2">{text}</span>
              </span>
              <span className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-ink-3">
                <Radio.Indicator className="size-2 rounded-full bg-accent" />
              </span>
            </Radio.Root>
          );
        })}
      </RadioGroup>
      {missing && <FieldError id={errorId} text={t("pairing.whose_missing")} />}
    </div>
  );
}
