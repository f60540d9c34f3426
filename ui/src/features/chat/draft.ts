import { create } from "zustand";

const STORAGE_KEY = "banyan.draft";

/** What is written in the composer; it outlives a reload and a restart. */
export const useDraft = create<{ text: string }>(() => ({ text: localStorage.getItem(STORAGE_KEY) ?? "" }));

export function setDraft(text: string) {
  useDraft.setState({ text });
  if (text === "") localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, text);
}
