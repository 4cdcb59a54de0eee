import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "~/api/client.ts";
import { type Locale, setLocale, startI18n } from "~/i18n/index.ts";
import { errorWords } from "./errors.ts";

beforeAll(() => startI18n("en"));

const words = (error: ApiError, locale: Locale = "en") => errorWords(error, (key, params) => i18next.t(key, params ?? {}), (key) => i18next.exists(key), locale);

describe("what went wrong, in words", () => {
  it("is worded by us where the code is known", () => {
    expect(words(new ApiError({ status: 409, code: "stale", detail: "expected version 3" }))).toMatch(/^Somebody changed this while you were editing/);
  });

  it("is the first problem with its hint, where there are problems", () => {
    expect(words(new ApiError({ status: 422, code: "invalid", problems: [{ code: "email", severity: "error", message: "This is no e-mail address.", hint: "Write name@example.com." }] }))).toBe("This is no e-mail address. Write name@example.com.");
  });

  it("is the server's sentence, where there is one", () => {
    expect(words(new ApiError({ status: 409, code: "taken", detail: "Mia has this task already." }))).toBe("Mia has this task already.");
  });

  it("says that the server cannot be reached, when there was no answer", () => {
    expect(words(new ApiError({ status: 0 }))).toMatch(/^The server cannot be reached/);
  });

  it("is Russian in Russian, by its code", async () => {
    await setLocale("ru");
    expect(words(new ApiError({ status: 403, code: "forbidden", detail: "Only analysts may deploy." }), "ru")).toMatch(/не разрешено/);
    expect(words(new ApiError({ status: 422, code: "invalid", problems: [{ code: "required", severity: "error", message: "The subject is missing.", hint: "" }] }), "ru")).toMatch(/Заполните/);
    await setLocale("en");
  });

  it("never says nothing", () => {
    expect(words(new ApiError({ status: 418 }))).toMatch(/did not work/);
  });
});
