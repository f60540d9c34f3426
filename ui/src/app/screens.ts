import { Box, MessageSquare, Radar, Settings, Stethoscope } from "lucide-react";
import { type ComponentType, lazy } from "react";
import { type Screen, SCREENS } from "@/routing/router";

type Load = () => Promise<{ default: ComponentType }>;

/** One chunk per screen. */
const LOADS: Record<Screen, Load> = {
  chat: () => import("@/features/chat/chat-screen"),
  machines: () => import("@/features/machines/machines-screen"),
  models: () => import("@/features/models/models-screen"),
  settings: () => import("@/features/settings/settings-screen"),
  diagnostics: () => import("@/features/diagnostics/diagnostics-screen"),
};

export const screens: Record<Screen, { icon: typeof Radar; component: ComponentType }> = {
  chat: { icon: MessageSquare, component: lazy(LOADS.chat) },
  machines: { icon: Radar, component: lazy(LOADS.machines) },
  models: { icon: Box, component: lazy(LOADS.models) },
  settings: { icon: Settings, component: lazy(LOADS.settings) },
  diagnostics: { icon: Stethoscope, component: lazy(LOADS.diagnostics) },
};

/** Fetches every screen, so that none is missing when the node goes away. */
export async function fetchScreens() {
  await Promise.allSettled(SCREENS.map((screen) => LOADS[screen]()));
}
