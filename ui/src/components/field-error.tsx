import { TriangleAlert } from "lucide-react";
import { SentenceText } from "./sentence-text";

/** Under a field: why its text was not taken. */
export function FieldError({ id, text }: { id: string; text: string }) {
  return (
    <p id={id} role="alert" className="mt-1.5 flex items-start gap-1.5 text-xs text-bad-ink wrap-anywhere">
      <TriangleAlert size={14} className="mt-0.5 shrink-0" />
      <span>
        <SentenceText text={text} />
      </span>
    </p>
  );
}
