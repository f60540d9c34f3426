import type { en } from "./en";

/** One text, or one for each plural form of the parameter `count`. */
export type Message = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { other: string });

export type Key = keyof typeof en;

/** A translation has every key; its own plural forms follow its language. */
export type Catalogue = Record<Key, Message>;

type Placeholders<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

type Texts<M> = M extends string ? M : M[keyof M];

type Names<K extends Key> = Placeholders<Texts<(typeof en)[K]>>;

/** What a message needs: nothing, or every one of its placeholders. */
export type MessageParams<K extends Key> = [Names<K>] extends [never]
  ? []
  : [params: Record<Names<K>, string | number>];

/** The text for a plural form, by the rules of the language. */
export function choose(message: Message, count: unknown, rules: Intl.PluralRules): string {
  if (typeof message === "string") return message;
  const form = typeof count === "number" ? rules.select(count) : "other";
  return message[form] ?? message.other;
}

/** Puts values into `{name}`s in one pass; a name without a value stays as it is. */
export function fill(template: string, value: (name: string) => string | undefined): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => value(name) ?? whole);
}
