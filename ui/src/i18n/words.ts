import { en } from "./en";
import type { Language } from "./language";
import type { Catalogue } from "./message";
import type { Sentences } from "./sentence";
import { sentences } from "./sentences-en.gen";

/** Everything that is said in one language: the page's own texts, and the sentences all interfaces share. */
export interface Words {
  catalogue: Catalogue;
  sentences: Sentences;
}

/** Always there; other languages are fetched when they are chosen. */
export const ENGLISH: Words = { catalogue: en, sentences };

export async function loadWords(language: Language): Promise<Words> {
  return language === "fa" ? (await import("./persian")).PERSIAN : ENGLISH;
}
