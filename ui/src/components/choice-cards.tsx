import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import type { LucideIcon } from "lucide-react";
import { useId } from "react";
import { FieldError } from "./field-error";

export interface Choice<Value extends string> {
  value: Value;
  title: string;
  /** What follows from it. */
  text: string;
  icon: LucideIcon;
}

interface ChoiceCardsProps<Value extends string> {
  question: string;
  value: Value | null;
  choices: readonly Choice<Value>[];
  onChange: (value: Value) => void;
  /** Why it cannot go on without a choice. */
  problem?: string | undefined;
}

/** A question whose answers have consequences: each says its own, and none is chosen beforehand. */
export function ChoiceCards<Value extends string>(props: ChoiceCardsProps<Value>) {
  const { question, value, choices, onChange, problem } = props;
  const questionId = useId();
  const errorId = useId();
  return (
    <div>
      <p id={questionId} className="text-sm font-medium wrap-anywhere">
        {question}
      </p>
      <RadioGroup
        value={value ?? ""}
        onValueChange={(chosen: Value | "") => chosen !== "" && onChange(chosen)}
        aria-labelledby={questionId}
        aria-describedby={problem ? errorId : undefined}
        className="mt-2 grid gap-2"
      >
        {choices.map((choice) => (
          <Card key={choice.value} choice={choice} />
        ))}
      </RadioGroup>
      {problem && <FieldError id={errorId} text={problem} />}
    </div>
  );
}

function Card<Value extends string>({ choice }: { choice: Choice<Value> }) {
  const { value, title, text, icon: Icon } = choice;
  return (
    <Radio.Root
      value={value}
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
}
