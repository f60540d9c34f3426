import { useLayoutEffect } from "react";
import { useSetting } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";

/** Where `first-paint.ts` finds it at the next start. */
const STORAGE_KEY = "banyan.look";

/** Keeps theme, text size, language and direction of the document in step with the settings. */
export function useLook() {
  const { language, direction } = useI18n();
  const theme = useSetting("ui.theme")?.value;
  const textSize = useSetting("ui.text_size")?.value;
  const chosenLanguage = useSetting("ui.language")?.value;

  useLayoutEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = direction;
  }, [language, direction]);

  useLayoutEffect(() => {
    if (typeof theme !== "string") return;
    return followTheme(theme);
  }, [theme]);

  useLayoutEffect(() => {
    if (typeof textSize === "number") document.documentElement.style.fontSize = `${textSize}%`;
  }, [textSize]);

  useLayoutEffect(() => {
    if (theme === undefined) return;
    localStorage.setItem(STORAGE_KEY, JSON.stringify({ theme, language: chosenLanguage, textSize }));
  }, [theme, chosenLanguage, textSize]);
}

function followTheme(theme: string): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const isDark = theme === "dark" || (theme !== "light" && dark.matches);
    document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
  };
  apply();
  dark.addEventListener("change", apply);
  return () => dark.removeEventListener("change", apply);
}
