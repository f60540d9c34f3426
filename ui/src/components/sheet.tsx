import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode } from "react";

interface SheetProps {
  open: boolean;
  onClose: () => void;
  /** What it is about; its content shows that itself. */
  label: string;
  children: ReactNode;
}

/** Details of something, over the page: from below on a phone, at the end side of wider windows. */
export function Sheet({ open, onClose, label, children }: SheetProps) {
  return (
    <Base.Root open={open} onOpenChange={(nowOpen) => nowOpen || onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          aria-label={label}
          className="sheet-motion fixed inset-x-0 bottom-0 z-40 max-h-[88dvh] overflow-x-hidden overflow-y-auto rounded-t-2xl border border-line bg-surface p-4 shadow-3 outline-none md:inset-y-2 md:start-auto md:end-2 md:max-h-none md:w-96 md:rounded-xl"
        >
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
