import { useState } from "react";
import { Dialog } from "@/components/dialog";
import { Segmented } from "@/components/segmented";
import { useI18n } from "@/i18n/i18n";
import { Invite } from "./invite";
import { ReachForm } from "./reach-form";

type Way = "reach" | "invite";

/** For a machine that does not appear by itself, or is to be trusted without comparing codes. */
export default function AddMachine({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  const [way, setWay] = useState<Way>("reach");
  return (
    <Dialog open onClose={onClose} title={t("add.title")} text={t(`add.${way}_text`)}>
      <div className="mt-4">
        <Segmented<Way>
          value={way}
          options={[
            { value: "reach", label: t("add.way_reach") },
            { value: "invite", label: t("add.way_invite") },
          ]}
          onChange={setWay}
          label={t("add.way")}
        />
      </div>
      {way === "reach" ? <ReachForm onClose={onClose} /> : <Invite onClose={onClose} />}
    </Dialog>
  );
}
