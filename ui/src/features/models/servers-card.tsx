import { Plus } from "lucide-react";
import { useState } from "react";
import type { Backend } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Card } from "@/components/card";
import { Dialog } from "@/components/dialog";
import { useI18n } from "@/i18n/i18n";
import { RemoveServer } from "./remove-server";
import { ServerForm } from "./server-form";
import { ServerRow } from "./server-row";

type Question = { kind: "add" } | { kind: "change" | "remove"; server: Backend };

/** The programs that run models here, how each is doing, and what a person can do about it. */
export function ServersCard({ backends }: { backends: readonly Backend[] }) {
  const { t } = useI18n();
  // The last question stays readable while its dialog closes.
  const [question, setQuestion] = useState<Question>({ kind: "add" });
  const [open, setOpen] = useState(false);
  const ask = (wanted: Question) => {
    setQuestion(wanted);
    setOpen(true);
  };
  const close = () => setOpen(false);
  return (
    <Card
      title={t("models.servers")}
      action={
        <Btn
          size="sm"
          variant="soft"
          aria-label={t("server.add_title")}
          onClick={() => ask({ kind: "add" })}
          className="-my-1"
        >
          <Plus size={14} />
          {t("server.add")}
        </Btn>
      }
    >
      <ul className="mt-1 -mb-2.5">
        {backends.map((server) => (
          <ServerRow
            key={server.id}
            server={server}
            onChange={() => ask({ kind: "change", server })}
            onRemove={() => ask({ kind: "remove", server })}
          />
        ))}
      </ul>
      <Dialog
        open={open && question.kind !== "remove"}
        onClose={close}
        title={
          question.kind === "change"
            ? t("server.change_title", { name: question.server.id })
            : t("server.add_title")
        }
        {...(question.kind === "add" && { text: t("server.add_text") })}
      >
        <ServerForm server={question.kind === "change" ? question.server : null} onDone={close} />
      </Dialog>
      {question.kind === "remove" && <RemoveServer server={question.server} open={open} onClose={close} />}
    </Card>
  );
}
