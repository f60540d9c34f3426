import type { ReactNode } from "react";
import type { Model } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Chip } from "@/components/chip";
import { chooseModel, choosePlace, type ChosenPlace } from "@/data/chat-choice";
import { useI18n } from "@/i18n/i18n";
import { navigate } from "@/routing/router";

interface ModelRowProps {
  model: Model;
  /** Where a chat with it goes. */
  place: ChosenPlace;
  /** Says where it is in memory, if it is. */
  loaded: string | null;
  /** The machines that have it. */
  on?: ReactNode;
}

/** One model: what it is, how quick it is, and a chat with it. */
export function ModelRow({ model, place, loaded, on }: ModelRowProps) {
  const { t, format } = useI18n();
  const { name, bytes, parameters, context, chats, leaves_lan, speed } = model;
  const compact = (value: number) => format.number(value, { notation: "compact", maximumFractionDigits: 1 });
  const chat = () => {
    choosePlace(place);
    chooseModel(name);
    navigate({ screen: "chat" });
  };
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line py-3 first:border-0">
      <div className="min-w-0 grow basis-52">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <bdi className="text-sm font-semibold wrap-anywhere">{name}</bdi>
          {loaded && (
            <Chip tone="ok">
              <span className="size-1.5 rounded-full bg-ok" />
              {loaded}
            </Chip>
          )}
          {leaves_lan && <Chip tone="warn">{t("models.leaves_lan")}</Chip>}
        </div>
        <div className="num mt-0.5 flex flex-wrap gap-x-3 text-xs text-ink-3">
          <bdi>{format.bytes(bytes)}</bdi>
          {parameters !== null && <bdi>{t("models.parameters", { size: compact(parameters) })}</bdi>}
          {chats ? (
            <bdi>{t("models.context", { size: compact(context) })}</bdi>
          ) : (
            <span>{t("models.embeds")}</span>
          )}
          {on}
        </div>
      </div>
      {speed !== null && (
        <bdi className="num shrink-0 text-end text-xs text-ink-2">
          {t("chat.speed", { speed: format.number(speed, { maximumFractionDigits: speed < 10 ? 1 : 0 }) })}
        </bdi>
      )}
      {chats && (
        <Btn size="sm" variant="soft" aria-label={t("models.chat_with", { name })} onClick={chat}>
          {t("models.chat")}
        </Btn>
      )}
    </li>
  );
}
