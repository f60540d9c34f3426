import { Toast } from "@base-ui/react/toast";
import { Check, TriangleAlert, X } from "lucide-react";
import { useI18n } from "@/i18n/i18n";
import { IconBtn } from "./icon-btn";
import { type ToastData, toastManager } from "./toast-manager";

/** The corner in which toasts appear. It comes after the first paint. */
export default function Toasts() {
  return (
    <Toast.Provider toastManager={toastManager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed inset-x-4 bottom-20 z-50 flex flex-col gap-2 outline-none md:start-auto md:end-6 md:bottom-6 md:w-88">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { t } = useI18n();
  const manager = Toast.useToastManager<ToastData>();
  return manager.toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="glass overlay-motion rounded-lg data-limited:hidden">
      <Toast.Content className="flex items-start gap-3 p-3">
        {toast.data?.tone === "bad" ? (
          <TriangleAlert size={17} className="mt-0.5 shrink-0 text-bad-ink" />
        ) : (
          <Check size={17} className="mt-0.5 shrink-0 text-ok-ink" />
        )}
        <div className="min-w-0 grow">
          <Toast.Title className="text-sm font-medium wrap-anywhere" />
          <Toast.Description className="mt-0.5 text-xs text-ink-2 wrap-anywhere" />
        </div>
        <Toast.Action className="h-7 shrink-0 rounded-md px-2 text-xs font-medium text-accent-ink transition-colors hover:bg-press" />
        <Toast.Close render={<IconBtn label={t("action.close")} className="-my-1 -me-1" />}>
          <X size={15} />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
