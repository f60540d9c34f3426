import type { Model } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Chip } from "@/components/chip";
import { Sigil } from "@/components/sigil";
import type { ChosenPlace } from "@/data/chat-choice";
import { useMachineKey } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { chatWith } from "./chat-with";

interface ModelRowProps {
  model: Model;
  /** Where a chat with it goes. */
  place: ChosenPlace;
  /** Says where it is in memory, if it is. */
  loaded: string | null;
  /** The machines that have it, where those are others. */
  on?: readonly { peer: string; name: string }[];
  /** Shows everything about it. */
  onOpen?: () => void;
}

const NOWHERE: readonly { peer: string; name: string }[] = [];

/** As many sigils as fit side by side. */
const MOST_SIGILS = 4;

/** One model: what it is, how quick it is, and a chat with it. */
export function ModelRow({ model, place, loaded, on = NOWHERE, onOpen }: ModelRowProps) {
  const { t, format } = useI18n();
  const { name, bytes, parameters, context, chats, leaves_lan, speed } = model;
  const size = (value: number) => format.number(value, { notation: "compact", maximumFractionDigits: 1 });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line py-3 first:border-0">
      <div className="min-w-0 grow basis-44">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          {onOpen ? (
            <button
              type="button"
              aria-label={t("models.details", { name })}
              aria-haspopup="dialog"
              onClick={onOpen}
              className="rounded-sm text-start text-sm font-semibold wrap-anywhere underline-offset-2 hover:underline"
            >
              <bdi>{name}</bdi>
            </button>
          ) : (
            <bdi className="text-sm font-semibold wrap-anywhere">{name}</bdi>
          )}
          {loaded && (
            <Chip tone="ok">
              <span className="size-1.5 shrink-0 rounded-full bg-ok" />
              <span className="truncate">{loaded}</span>
            </Chip>
          )}
          {leaves_lan && <Chip tone="warn">{t("models.leaves_lan")}</Chip>}
        </div>
        <div className="num mt-0.5 flex flex-wrap gap-x-3 text-xs text-ink-3">
          {bytes > 0 && <bdi>{format.bytes(bytes)}</bdi>}
          {parameters !== null && <bdi>{t("models.parameters", { size: size(parameters) })}</bdi>}
          {chats ? (
            <bdi>{t("models.context", { size: format.context(context) })}</bdi>
          ) : (
            <span>{t("models.embeds")}</span>
          )}
          {on.length > 0 && (
            <span className="wrap-anywhere">
              {t("models.on", { names: format.list(on.map((one) => one.name)) })}
            </span>
          )}
        </div>
      </div>
      {on.length > 0 && (
        <span className="hidden shrink-0 sm:flex">
          {on.slice(0, MOST_SIGILS).map(({ peer }) => (
            <Mark key={peer} id={peer} />
          ))}
        </span>
      )}
      <div className="ms-auto flex shrink-0 items-center gap-4">
        {speed !== null && (
          <bdi className="num min-w-16 text-end text-xs text-ink-2">
            {t("chat.speed", { speed: format.number(speed, { maximumFractionDigits: speed < 10 ? 1 : 0 }) })}
          </bdi>
        )}
        {chats && (
          <Btn
            size="sm"
            variant="soft"
            aria-label={t("models.chat_with", { name })}
            onClick={() => chatWith(name, place)}
          >
            {t("models.chat")}
          </Btn>
        )}
      </div>
    </li>
  );
}

function Mark({ id }: { id: string }) {
  const key = useMachineKey(id);
  return key ? <Sigil machineKey={key} size={24} className="-ms-1.5 ring-2 ring-raised first:ms-0" /> : null;
}
