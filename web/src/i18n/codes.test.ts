import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import i18next from "i18next";
import { setLocale, startI18n } from "./index.ts";

/** Codes and names that the server has are read from where it declares them: a list of our own would fall behind. */
const rust = (path: string) => readFileSync(`../${path}`, "utf8").replace(/^\s*\/\/.*$/gm, "");
const all = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ""))];
const unworded = (keys: string[]) => ["en", "ru"].flatMap((lng) => keys.filter((key) => !i18next.getResource(lng, key.split(":")[0] ?? "", key.split(":")[1] ?? "")).map((key) => `${lng} ${key}`));

await startI18n("en");
// Russian is fetched when it is first chosen.
await setLocale("ru");

describe("every code of the server has words", () => {
  it("for the problems of diagrams", () => {
    const codes = all(rust("process-defs/xml/src/problem.rs"), /^\s+\w+ = "(\w+)",$/gm);
    expect(codes.length).toBeGreaterThan(30);
    expect(unworded(codes.map((code) => `diagram:problem.${code}`))).toEqual([]);
  });

  it("for incidents", () => {
    const codes = all(rust("engine/core/src/incident.rs"), /IncidentCode::\w+ => "(\w+)"/g);
    expect(codes.length).toBeGreaterThan(3);
    expect(unworded(codes.map((code) => `diagram:incident.${code}`))).toEqual([]);
  });

  it("for what happens to an instance", () => {
    const inFolder = readdirSync("../api/src/server/history").map((file) => rust(`api/src/server/history/${file}`));
    const said = [rust("api/src/server/history.rs"), ...inFolder].map((text) => text.split("#[cfg(test)]")[0]).join("\n");
    const codes = all(said, /"([a-z]\w+\.[a-z]\w+)"/g);
    expect(codes.length).toBeGreaterThan(25);
    // A sentence that counts has one form for each number.
    expect(["en", "ru"].flatMap((lng) => codes.filter((code) => !["", "_other"].some((form) => typeof i18next.getResource(lng, "history", `happened.${code}${form}`) === "string")).map((code) => `${lng} ${code}`))).toEqual([]);
  });

  it("for refusals", () => {
    const codes = all(rust("api/src/server/error.rs"), /(?:ApiError::\w+(?:\(_\))? => |code: )"(\w+)"/g);
    expect(codes.length).toBeGreaterThan(15);
    expect(unworded(codes.map((code) => `states:code.${code}`))).toEqual([]);
  });

  it("for the problems of records", () => {
    const folder = "crm-model/src/records";
    const text = [...readdirSync(`../${folder}`).map((file) => rust(`${folder}/${file}`)), rust("crm-model/src/kind/user.rs"), rust("crm-model/src/kind/deal.rs"), rust("crm-model/src/kind/activity.rs")].join("\n");
    const codes = [...all(text, /Problem::new\(\s*[^",]*"?[\w.]*"?,\s*"(\w+)"/g), ...all(text, /Err\(\(\s*"(\w+)"/g)];
    expect(codes.length).toBeGreaterThan(5);
    expect(unworded(codes.map((code) => `states:problem.${code}`))).toEqual([]);
  });
});

describe("every field of a record has words", () => {
  const folder = "crm-model/src/kind";
  const files = readdirSync(`../${folder}`).map((file) => rust(`${folder}/${file}`));

  it("for its label", () => {
    const names = files.flatMap((text) => all(text, /Field::(?:new|text|choice|link)\(\s*"(\w+)"/g));
    expect(new Set(names).size).toBeGreaterThan(30);
    expect(unworded([...new Set(names)].map((name) => `fields:field.any.${name}`))).toEqual([]);
  });

  it("for its choices", () => {
    const keys = files.flatMap((text) =>
      [...text.matchAll(/Field::choice\(\s*"(\w+)",\s*&\[([^\]]*)\]/g)].flatMap(([, field, choices]) =>
        (choices ?? "").split(",").map((choice) => choice.trim()).filter(Boolean).map((choice) => {
          const constant = new RegExp(`const ${choice}: &str = "(\\w+)"`).exec(text)?.[1];
          return `fields:option.${field}.${constant ?? choice.replaceAll('"', "")}`;
        }),
      ),
    );
    expect(keys.length).toBeGreaterThan(20);
    expect(unworded([...new Set(keys)])).toEqual([]);
  });
});
