import { create } from "zustand";

/** What is open on this page right now; forgotten with it. */
interface UiState {
  paletteOpen: boolean;
  keysOpen: boolean;
  sidebarHidden: boolean;
}

export const useUi = create<UiState>(() => ({ paletteOpen: false, keysOpen: false, sidebarHidden: false }));

export function openPalette(paletteOpen: boolean) {
  useUi.setState({ paletteOpen });
}

export function openKeys(keysOpen: boolean) {
  useUi.setState({ keysOpen });
}

export function toggleSidebar() {
  useUi.setState(({ sidebarHidden }) => ({ sidebarHidden: !sidebarHidden }));
}
