import { fill } from "./message";
import type { Language } from "./language";

/** What happened, what it means, what to do about it (may be empty). */
export interface Sentence {
  title: string;
  text: string;
  fix: string;
}

/** By their codes; `{name}` stands for a parameter. */
export type Sentences = Record<string, Sentence>;

/**
 * The sentence of an error, a notice or a finding. A parameter that begins with `#` is a word of the catalogue. An
 * unknown code is told, not hidden.
 */
export function sentence(
  sentences: Sentences,
  code: string,
  params: Record<string, string>,
  language: Language,
): Sentence {
  const template = sentences[code];
  if (!template) return { title: code, text: Object.values(params).join(", "), fix: "" };
  const value = (name: string) => {
    const text = params[name];
    if (text === undefined) return undefined;
    const word = text.startsWith("#") ? sentences[text] : undefined;
    return word?.title ?? isolated(text, language);
  };
  return {
    title: fill(template.title, value),
    text: fill(template.text, value),
    fix: fill(template.fix, value),
  };
}

/** For places with room for a line only. */
export function inOneLine({ title, text }: Sentence): string {
  return `${title}. ${text}`;
}

/** Under a field that waits for something better. */
export function inFull({ title, text, fix }: Sentence): string {
  return `${title}. ${text} ${fix}`.trimEnd();
}

/** Paths and addresses keep their own direction inside right-to-left text. */
export function isolated(text: string, language: Language): string {
  return language === "fa" ? `\u2068${text}\u2069` : text;
}
