import { CircleQuestionMark, Laptop, type LucideIcon, Monitor, Server } from "lucide-react";
import type { PeerForm } from "@/backend/api.gen";

const ICONS: Record<PeerForm, LucideIcon> = {
  desktop: Monitor,
  laptop: Laptop,
  server: Server,
  unknown: CircleQuestionMark,
};

/** What kind of machine it is; a word beside it or in a label says the same. */
export function FormIcon({ form, size = 13 }: { form: PeerForm; size?: number }) {
  const Icon = ICONS[form];
  return <Icon size={size} strokeWidth={1.8} aria-hidden className="shrink-0" />;
}
