import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { translateModule, translateTemplates, wordsOf } from "./translate.ts";
import words from "./words-ru.json";

const say = wordsOf(words);
/** What the libraries ask to be translated is read from the libraries: after an update of theirs, what is new is missed here. */
const sources = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? sources(join(folder, entry.name)) : entry.name.endsWith(".js") ? [readFileSync(join(folder, entry.name), "utf8")] : []));
const asked = (texts: string[], pattern: RegExp) => [...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => (match[2] ?? "").replaceAll("\\n", "\n"))))];
const TRANSLATED = /translate\(\s*(['"])((?:(?!\1).)+)\1/g;
const unworded = (texts: string[]) => texts.filter((text) => !/[а-яё]/i.test(say(text) ?? ""));

describe("bpmn.io in Russian", () => {
  it("has words for the palette, the context pad and the search", () => {
    const texts = asked([...sources("node_modules/bpmn-js/lib"), ...sources("node_modules/diagram-js/lib/features")], TRANSLATED);
    expect(texts.length).toBeGreaterThan(40);
    // The one from a comment of theirs, and parts of what is put together.
    expect(unworded(texts.filter((text) => !text.includes("HELLO") && !text.includes("+")))).toEqual([]);
  });

  it("has words for everything that an element can be replaced with", () => {
    const texts = asked([readFileSync("node_modules/bpmn-js/lib/features/popup-menu/PopupEntries.js", "utf8")], /label: (['"])([^'"]+)\1/g);
    expect(texts.length).toBeGreaterThan(60);
    expect(unworded(texts)).toEqual([]);
  });

  it("has words for the names of the panel's groups and fields", () => {
    // The provider for another engine's properties comes last in their file; we do not use it.
    const file = readFileSync("node_modules/bpmn-js-properties-panel/dist/index.esm.js", "utf8");
    const used = file.slice(0, file.indexOf("zeebePropertiesProvider: ['type'"));
    const texts = asked([used], TRANSLATED);
    expect(texts.length).toBeGreaterThan(100);
    expect(unworded(texts.filter((text) => !["BPMN", "UTC time", "{eventType}: {type}", "UTC plus 2 hours zone offset"].includes(text)))).toEqual([]);
  });

  it("has words for how a decision table chooses its rules", () => {
    const texts = asked([readFileSync("node_modules/dmn-js-decision-table/lib/features/hit-policy/HitPolicies.js", "utf8")], /(?:label|explanation): (['"])([^'"]+)\1/g);
    expect(texts.length).toBeGreaterThan(20);
    expect(unworded(texts)).toEqual([]);
  });

  it("has words for every name and description of our element templates", async () => {
    const files = readdirSync("../connectors/templates").map((file) => JSON.parse(readFileSync(`../connectors/templates/${file}`, "utf8")) as { name: string; description: string; properties: { label?: string; description?: string; binding: object; value?: unknown }[] });
    const spoken = await translateTemplates(files, "ru");
    const texts = spoken.flatMap((template) => [template.name, template.description, ...template.properties.flatMap((property) => [property.label, property.description])]).filter((text) => text !== undefined);
    expect(texts.filter((text) => !/[а-яё]/i.test(text))).toEqual([]);
    // What the diagram is made of stays as it is.
    expect(spoken.map((template) => template.properties.map((property) => [property.binding, property.value]))).toEqual(files.map((template) => template.properties.map((property) => [property.binding, property.value])));
  });

  it.each([
    ["Message Boundary Event (Non Interrupting)", "Граничное событие: сообщение (не прерывает)"],
    ["Timer start event", "Начальное событие: таймер"],
    ["Append end event", "Добавить: конечное событие"],
    ["User Task", "Задача человека"],
  ])("puts names together: %s", (english, russian) => expect(say(english)).toBe(russian));

  it("leaves alone what it does not know", () => {
    expect(say("Message in a bottle")).toBeUndefined();
  });

  it("fills in what the text leaves open", async () => {
    const [module] = (await translateModule("ru")) as [{ translate: ["value", (text: string, replacements?: object) => string] }];
    expect(module.translate[1]("Open {element}", { element: "A" })).toBe("Открыть «A»");
    expect(module.translate[1]("Nobody knows {this}")).toBe("Nobody knows {this}");
    expect(await translateModule("en")).toEqual([]);
  });
});
