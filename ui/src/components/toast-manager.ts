import { Toast } from "@base-ui/react/toast";

export interface ToastData {
  tone: "ok" | "bad";
}

/** Shown by `toasts.tsx`, wherever they were told. */
export const toastManager = Toast.createToastManager<ToastData>();

/** Tells in passing that something worked. */
export function tell(title: string) {
  toastManager.add({ title, data: { tone: "ok" } });
}

/** Tells what was done, and offers to take it back. */
export function tellWithUndo(title: string, label: string, undo: () => void) {
  const id = toastManager.add({
    title,
    data: { tone: "ok" },
    timeout: 10_000,
    actionProps: {
      children: label,
      onClick() {
        toastManager.close(id);
        undo();
      },
    },
  });
}

/** Tells that something failed where there is no better place for it. */
export function tellFailure(title: string, text: string) {
  toastManager.add({ title, description: text, data: { tone: "bad" }, priority: "high", timeout: 10_000 });
}
