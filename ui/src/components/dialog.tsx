import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode } from "react";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  text?: string;
  children: ReactNode;
}

export function Dialog({ open, onClose, title, text, children }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(nowOpen) => nowOpen || onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Viewport className="fixed inset-0 z-40 grid place-items-center overflow-y-auto p-4">
          <Base.Popup className="glass overlay-motion w-full max-w-md rounded-xl p-5 outline-none">
            <Base.Title className="text-lg font-semibold tracking-[-.015em]">{title}</Base.Title>
            {text && <Base.Description className="mt-1.5 text-sm text-ink-2">{text}</Base.Description>}
            {children}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
