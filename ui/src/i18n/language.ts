export type Language = "en" | "fa";

export const LANGUAGES: readonly Language[] = ["en", "fa"];

/** The language for the setting `ui.language`. */
export function resolveLanguage(setting: string, system: string = navigator.language): Language {
  if (setting === "en" || setting === "fa") return setting;
  return system.startsWith("fa") ? "fa" : "en";
}

export function directionOf(language: Language): "ltr" | "rtl" {
  return language === "fa" ? "rtl" : "ltr";
}
