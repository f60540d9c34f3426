import { createContext, type ReactNode, use, useMemo } from "react";
import { type Formats, formatsOf } from "./formats";
import { directionOf, type Language } from "./language";
import { type Catalogue, choose, fill, type Key, type MessageParams } from "./message";
import { isolated, sentence, type Sentence } from "./sentence";
import { ENGLISH, type Words } from "./words";

/** What a component needs to speak to a person. */
export interface I18n {
  language: Language;
  direction: "ltr" | "rtl";
  t: <K extends Key>(key: K, ...params: MessageParams<K>) => string;
  /** For keys put together at run time; `null` where the catalogue has none. */
  lookUp: (key: string) => string | null;
  say: (told: { code: string; params: Record<string, string> }) => Sentence;
  format: Formats;
}

export function createI18n(language: Language, { catalogue, sentences }: Words): I18n {
  const format = formatsOf(language);
  const rules = new Intl.PluralRules(language);
  return {
    language,
    direction: directionOf(language),
    format,
    t(key, ...[params]) {
      const values: Record<string, string | number> = params ?? {};
      return fill(choose(catalogue[key], values["count"], rules), (name) => {
        const value = values[name];
        if (value === undefined) return undefined;
        return typeof value === "number" ? format.number(value) : isolated(value, language);
      });
    },
    lookUp(key) {
      const message = catalogue[key as Key] as Catalogue[Key] | undefined;
      return typeof message === "string" ? message : null;
    },
    say: ({ code, params }) => sentence(sentences, code, params, language),
  };
}

export function I18nProvider(props: { language: Language; words: Words; children: ReactNode }) {
  const { language, words, children } = props;
  const i18n = useMemo(() => createI18n(language, words), [language, words]);
  return <I18nContext value={i18n}>{children}</I18nContext>;
}

export function useI18n(): I18n {
  return use(I18nContext);
}

const I18nContext = createContext<I18n>(createI18n("en", ENGLISH));
