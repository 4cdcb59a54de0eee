import { Form } from "@bpmn-io/form-js-viewer";
import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { setLocale, startI18n } from "~/i18n/index.ts";
import { fieldWords, speak } from "./form-words.ts";

const t = (key: string, params?: Record<string, string>) => i18next.t(key, params ?? {});
const field = (key: string, validate: object, more: object = {}) => ({ type: "textfield", id: key, key, label: key, validate, ...more });
/** A form in which every field breaks its own rule, as form-js itself finds. */
const schema = {
  type: "default",
  components: [
    field("required", { required: true }),
    field("short", { minLength: 3 }),
    field("long", { maxLength: 2 }),
    field("mail", { validationType: "email" }),
    field("phone", { validationType: "phone" }),
    field("pattern", { pattern: "^x+$" }),
    field("least", { min: 5 }, { type: "number" }),
    field("most", { max: 5 }, { type: "number" }),
    field("whole", {}, { type: "number", decimalDigits: 0 }),
    field("cents", {}, { type: "number", decimalDigits: 2 }),
    field("steps", {}, { type: "number", increment: "5" }),
  ],
};
const wrong = { required: "", short: "ab", long: "abc", mail: "nobody", phone: "12", pattern: "abc", least: 4, most: 6, whole: 1.5, cents: 1.234, steps: 7 };

async function errors(locale: "en" | "ru"): Promise<Record<string, string[]>> {
  await setLocale(locale);
  const form = new Form({ container: document.createElement("div") });
  speak(form.get("validator"), t);
  await form.importSchema(schema, wrong);
  return form.validate() as Record<string, string[]>;
}

beforeAll(() => startI18n("en"));

describe("what a form says of a field that is not right", () => {
  it("is Russian on Russian pages, whatever the rule", async () => {
    const said = Object.values(await errors("ru")).flat();
    expect(said).toHaveLength(schema.components.length);
    expect(said.filter((sentence) => !/[а-яё]/i.test(sentence))).toEqual([]);
  });

  it("names the bound", async () => {
    const said = await errors("en");
    expect(said.least).toEqual(["At least 5."]);
    expect(said.cents?.[0]).toContain("2");
  });

  it("leaves alone what the form's author wrote", () => {
    expect(fieldWords("Bitte zwei Ziffern.", t)).toBe("Bitte zwei Ziffern.");
  });
});
