import { describe, expect, it } from "vitest";
import { choices, kindOf, read } from "./inputs.ts";

describe("the field of an input", () => {
  it("is as the input's type says", () => {
    const kind = (type: string | null, allowed?: string) => kindOf({ name: "x", type, allowed });
    expect(["string", "number", "boolean", "date", "date and time", "days and time duration"].map((type) => kind(type))).toEqual(["string", "number", "boolean", "date", "dateTime", "duration"]);
    expect([kind(null), kind("tCustomer"), kind("list<number>")]).toEqual(["any", "any", "any"]);
  });

  it("is a choice when the allowed values are texts", () => {
    expect(choices('"new", "a, b","say \\"so\\""')).toEqual(["new", "a, b", 'say "so"']);
    expect([choices("[1..5]"), choices('not("x")'), choices(null), choices('"a" , 3')]).toEqual([null, null, null, null]);
    expect(kindOf({ name: "x", type: "string", allowed: '"a"' })).toBe("choice");
  });
});

describe("what is typed", () => {
  it.each([
    ["number", "12,5", 12.5],
    ["number", "-.5e3", -500],
    ["boolean", "true", true],
    ["date", "2026-02-28", "2026-02-28"],
    ["time", "09:30", "09:30"],
    ["dateTime", "2026-02-28 09:30", "2026-02-28T09:30"],
    ["duration", "PT4H", "PT4H"],
    ["string", "  kept  ", "  kept  "],
    ["any", '{"a": [1]}', { a: [1] }],
    ["any", "a word", "a word"],
    ["any", "7", 7],
  ] as const)("as %s %s is a value", (kind, typed, value) => expect(read(kind, typed)).toEqual(value));

  it("may be nothing", () => expect((["string", "number", "date", "any", "choice"] as const).map((kind) => read(kind, ""))).toEqual([null, null, null, null, null]));

  it.each([
    ["number", "many"],
    ["number", "1 000"],
    ["boolean", "yes"],
    ["date", "28.02.2026"],
    ["time", "9:30"],
    ["dateTime", "2026-02-28"],
    ["duration", "P"],
    ["duration", "PT"],
    ["duration", "2 days"],
    ["any", "{a: 1}"],
  ] as const)("as %s %s is none", (kind, typed) => expect(read(kind, typed)).toBeUndefined());
});
