import { describe, expect, it } from "vitest";
import type { FieldDescription } from "~/api/model.ts";
import { money, toValue } from "./values.ts";

const field = (type: FieldDescription["type"]): FieldDescription => ({ name: "x", type, required: false, writable: true, searchable: false });

describe("money", () => {
  it("is written as the language does", () => {
    expect(money("12500.5", "EUR", "en")).toBe("€12,500.50");
    expect(money("12500.5", "EUR", "ru").replace(/\s/g, " ")).toBe("12 500,50 €");
    expect(money(700, "EUR", "en")).toBe("€700");
  });

  it("is a plain number without a currency, and nothing when there is nothing", () => {
    expect(money("12.5", null, "en")).toBe("12.5");
    expect(money(null, "EUR", "en")).toBe("");
    expect(money("abc", "EUR", "en")).toBe("");
  });
});

describe("what was typed", () => {
  it("clears the field when nothing is left", () => {
    expect(toValue(field("text"), "   ")).toBeNull();
  });

  it("keeps money as exact text, with either comma", () => {
    expect(toValue(field("money"), "1 250,50")).toBe("1250.50");
  });

  it("is trimmed", () => {
    expect(toValue(field("text"), " a ")).toBe("a");
  });
});
