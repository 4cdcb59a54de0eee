import type { Locale } from "~/i18n/index.ts";

type Translate = (template: string, replacements?: Record<string, string>) => string;
type Words = typeof import("./words-ru.json");

/** One text comes in several spellings: "Sub-process", "Sub Process". */
const plain = (text: string) => text.toLowerCase().replace(/[-\s]+/g, " ").trim();
const book = (words: object) => new Map(Object.entries(words).map(([english, own]) => [plain(english), own as string]));
const small = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/**
 * Words for the texts of bpmn.io's libraries, which know English only. Elements' names are put together: a kind of event
 * and its trigger, "create" or "append" and what. What is not known stays English.
 */
export function wordsOf({ events, triggers, ...parts }: Words): (text: string) => string | undefined {
  const known = new Map(Object.values(parts).flatMap((part) => [...book(part)]));
  const kinds = book(events);
  const causes = book(triggers);

  const event = (text: string): string | undefined => {
    const base = text.replace(/ \(non interrupting\)$/, "");
    const [first = "", ...rest] = base.split(" ");
    const kind = kinds.get(base) ?? kinds.get(rest.join(" "));
    if (!kind) return undefined;
    const cause = kinds.has(base) ? undefined : causes.get(first);
    if (!kinds.has(base) && !cause) return undefined;
    return `${kind}${cause ? `: ${cause}` : ""}${base === text ? "" : " (не прерывает)"}`;
  };
  const element = (text: string) => known.get(text) ?? event(text);

  return (text) => {
    const asked = plain(text);
    const [verb, what] = [/^(create|append) /.exec(asked)?.[1], asked.replace(/^(create|append) /, "")];
    const whole = element(asked);
    if (whole || !verb) return whole;
    const thing = element(what);
    return thing && `${verb === "create" ? "Создать" : "Добавить"}: ${small(thing)}`;
  };
}

/** The libraries' `translate` in a language; nothing for English, which they speak themselves. The words come when first needed. */
export async function translateModule(locale: Locale): Promise<object[]> {
  if (locale === "en") return [];
  const words = wordsOf((await import("./words-ru.json")).default as Words);
  const translate: Translate = (template, replacements = {}) =>
    (words(template) ?? template).replace(/\{([^}]+)\}/g, (hole, key: string) => (replacements[key] === undefined ? hole : (words(replacements[key]) ?? replacements[key])));
  return [{ translate: ["value", translate] }];
}

/** Our element templates in a language: their names and labels are texts like those of the libraries. */
export async function translateTemplates<T>(templates: T[], locale: Locale): Promise<T[]> {
  if (locale === "en") return templates;
  const words = wordsOf((await import("./words-ru.json")).default as Words);
  const say = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(say);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, (key === "label" || key === "description" || key === "name") && typeof part === "string" ? (words(part) ?? part) : say(part)]));
  };
  return templates.map((template) => {
    const { properties, ...head } = template as { properties: { binding: unknown; value: unknown }[] };
    // A binding's name is the name of an input, and a value is a value: neither is a text for people.
    const spoken = properties.map(({ binding, value, ...rest }) => ({ ...(say(rest) as object), ...(binding === undefined ? {} : { binding }), ...(value === undefined ? {} : { value }) }));
    return { ...(say(head) as object), properties: spoken } as T;
  });
}
