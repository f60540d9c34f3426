import { Download } from "lucide-react";
import { Btn } from "@/components/btn";
import { Dialog } from "@/components/dialog";
import { useI18n } from "@/i18n/i18n";
import { navigate, useRoute } from "@/routing/router";
import { GetModelForm } from "./get-model-form";

const SECTION = "get";

/** The way to another model; it has an address, so that other screens lead to it. */
export function GetModel({ known }: { known: readonly string[] }) {
  const { t } = useI18n();
  const open = useRoute().section === SECTION;
  const close = () => navigate({ screen: "models" });
  return (
    <>
      <Btn variant="primary" onClick={() => navigate({ screen: "models", section: SECTION })}>
        <Download size={16} />
        {t("get.open")}
      </Btn>
      <Dialog open={open} onClose={close} title={t("get.title")} text={t("get.text")}>
        <div className="mt-4">
          <GetModelForm known={known} onBegun={close} />
        </div>
      </Dialog>
    </>
  );
}
