import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { words as en } from "./en.ts";
import { words as ru } from "./ru.ts";

/** Plural forms that a language needs for whole numbers (CLDR); Russian has "other" for fractions too. */
const FORMS = { en: ["one", "other"], ru: ["one", "few", "many", "other"] };
const PLURAL = /_(zero|one|two|few|many|other)$/;

function flatten(texts: object, prefix = ""): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([key, value]) => (typeof value === "string" ? [[prefix + key, value]] : Object.entries(flatten(value as object, `${prefix + key}.`)))),
  );
}

function all(words: Record<string, object>): Map<string, string> {
  return new Map(Object.entries(words).flatMap(([namespace, texts]) => Object.entries(flatten(texts)).map(([key, text]) => [`${namespace}:${key}`, text] as const)));
}

const english = all(en);
const russian = all(ru);

/** `note_call` is a variant by its own name; only a stem that has "other" is a plural. */
const stems = (texts: Map<string, string>) => new Set([...texts.keys()].filter((key) => key.endsWith("_other")).map((key) => key.replace(PLURAL, "")));
const plain = (texts: Map<string, string>) => [...texts.keys()].filter((key) => !stems(texts).has(key.replace(PLURAL, "")) || !PLURAL.test(key));
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort();

describe("words", () => {
  it("are the same in both languages", () => {
    expect(plain(russian).sort()).toEqual(plain(english).sort());
    expect([...stems(russian)].sort()).toEqual([...stems(english)].sort());
  });

  it.each(["en", "ru"] as const)("have every plural form in %s", (locale) => {
    const texts = locale === "en" ? english : russian;
    const missing = [...stems(texts)].flatMap((stem) => FORMS[locale].filter((form) => !texts.has(`${stem}_${form}`)).map((form) => `${stem}_${form}`));
    expect(missing).toEqual([]);
  });

  it("say the same things: each placeholder stands in both languages", () => {
    const differ = plain(english).filter((key) => holes(english.get(key) ?? "").join() !== holes(russian.get(key) ?? "").join());
    expect(differ).toEqual([]);
  });

  it("are never empty", () => {
    expect([...english, ...russian].filter(([, text]) => text.trim() === "")).toEqual([]);
  });
});

/** Every file of the pages, for looking up which words they ask for. */
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.includes(".test.") ? [path] : [];
  });
}

describe("pages", () => {
  const files = sources("src");
  const known = (key: string) => english.has(key) || stems(english).has(key);

  it("ask only for words that exist", () => {
    const unknown = files.flatMap((file) => [...readFileSync(file, "utf8").matchAll(/"([a-z-]+:[A-Za-z][\w.]*)"/g)].map((m) => m[1] ?? "").filter((key) => key.split(":")[0] as string in en && !known(key)).map((key) => `${file}: ${key}`));
    expect(unknown).toEqual([]);
  });

  it("leave no word unused", () => {
    const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
    // Some keys are put together: `t(\`people:role.${role}\`)` uses all below `people:role.`.
    const built = [...text.matchAll(/`([a-z-]+:[\w.]*)\$\{/g)].map((m) => m[1] ?? "");
    const used = (key: string) => text.includes(`"${key}"`) || built.some((start) => key.startsWith(start));
    const unused = [...new Set([...plain(english), ...stems(english)])].filter((key) => !used(key));
    expect(unused).toEqual([]);
  });

  it("keep features apart: a feature imports shared code, never another feature", () => {
    const crossing = files.flatMap((file) => {
      const own = /src[\\/]features[\\/]([^\\/]+)/.exec(file)?.[1];
      if (!own && !/src[\\/](shared|api|theme|i18n)[\\/]/.test(file)) return [];
      return [...readFileSync(file, "utf8").matchAll(/features\/([\w-]+)\//g)].map((m) => m[1]).filter((other) => other !== own && !file.includes("i18n")).map((other) => `${file} imports ${other}`);
    });
    expect(crossing).toEqual([]);
  });

  it("have files that can be read in one go", () => {
    expect(files.filter((file) => !file.endsWith("schema.d.ts") && readFileSync(file, "utf8").split("\n").length > 300)).toEqual([]);
  });
});
