import { FolderOpen } from "lucide-react";
import type { Place, Status } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { CopyBtn } from "@/components/copy-btn";
import { Mono } from "@/components/mono";
import { tellFailure } from "@/components/toast-manager";
import { useDesktop } from "@/data/reads";
import { useOpenPlace } from "@/data/writes";
import { useI18n } from "@/i18n/i18n";
import { Row } from "./setting-row";

interface Shown {
  name: "data" | "config" | "log" | "page";
  place: Place;
  path: string;
}

/** Where things lie: opened on a desktop, copied as a path everywhere. */
export function FolderRows({ status }: { status: Status }) {
  const { t, say } = useI18n();
  const onDesktop = useDesktop().data !== undefined;
  const open = useOpenPlace();

  const show = (place: Place) =>
    open.mutate(place, {
      onError(error) {
        const { title, text } = say(error);
        tellFailure(title, text);
      },
    });

  const shown: Shown[] = [
    { name: "data", place: "data_folder", path: status.data_folder },
    { name: "config", place: "config_file", path: status.config_file },
    { name: "log", place: "log_folder", path: status.log_folder },
  ];
  // A browser is on that page already, and its address alone opens no other.
  if (onDesktop && status.http) shown.push({ name: "page", place: "page", path: status.http.page });

  return shown.map(({ name, place, path }) => {
    const label = t(`folder.${name}`);
    const help = t(`folder.${name}.help`);
    return (
      <Row
        key={name}
        label={label}
        note={
          <>
            {help && <p>{help}</p>}
            <Mono className="text-ink-2">{path}</Mono>
          </>
        }
      >
        <CopyBtn text={path} label={t("folder.copy_named", { name: label })} />
        {onDesktop && (
          <Btn
            variant="outline"
            size="sm"
            aria-label={t("folder.open_named", { name: label })}
            onClick={() => show(place)}
          >
            <FolderOpen size={15} />
            {t("folder.open")}
          </Btn>
        )}
      </Row>
    );
  });
}
