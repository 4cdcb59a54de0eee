import { beforeAll, describe, expect, it } from "vitest";
import i18next from "i18next";
import { setLocale, startI18n } from "~/i18n/index.ts";
import { exact, fromWall, relative, since, shortSpan, toWall, type When } from "./words.ts";

const NOW = Date.parse("2026-01-09T13:00:00Z"); // a Friday, 14:00 in Berlin
const at = (locale: "en" | "ru"): When => ({ now: NOW, zone: "Europe/Berlin", locale });
const t = (key: string, params?: Record<string, unknown>) => i18next.t(key, params ?? {});
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

beforeAll(() => startI18n("en"));

describe("how long something has stood", () => {
  it("is said in minutes, then by the clock, then by the day", async () => {
    await setLocale("en");
    expect(since(ago(0), at("en"), t)).toBe("just now");
    expect(since(ago(1), at("en"), t)).toBe("for 1 minute");
    expect(since(ago(25), at("en"), t)).toBe("for 25 minutes");
    expect(since(ago(3 * 60), at("en"), t)).toBe("since 11:00");
    expect(since(ago(24 * 60), at("en"), t)).toBe("since yesterday");
    expect(since(ago(3 * 24 * 60), at("en"), t)).toBe("since Tuesday");
    expect(since(ago(30 * 24 * 60), at("en"), t)).toBe("since 10 Dec 2025");
  });

  it("takes the right case and plural in Russian", async () => {
    await setLocale("ru");
    expect(since(ago(1), at("ru"), t)).toBe("уже 1 минуту");
    expect(since(ago(2), at("ru"), t)).toBe("уже 2 минуты");
    expect(since(ago(5), at("ru"), t)).toBe("уже 5 минут");
    expect(since(ago(21), at("ru"), t)).toBe("уже 21 минуту");
    expect(since(ago(3 * 24 * 60), at("ru"), t)).toBe("со вторника");
    expect(since(ago(5 * 24 * 60), at("ru"), t)).toBe("с воскресенья");
    expect(since(ago(30 * 24 * 60), at("ru"), t)).toBe("с 10 декабря");
    expect(shortSpan(ago(3 * 24 * 60), at("ru"), t)).toBe("3 дн.");
  });
});

describe("a time near now", () => {
  it("is said relative to the process time, in the person's zone", () => {
    expect(relative(ago(30), at("en"))).toBe("30 min ago");
    expect(relative("2026-01-10T08:00:00Z", at("en"))).toBe("tomorrow, 09:00");
    expect(relative("2026-01-09T16:30:00Z", at("en"))).toBe("17:30");
    expect(relative("2026-01-12T08:00:00Z", at("ru"))).toBe("через 3 дн.");
    expect(relative("2026-03-01T08:00:00Z", at("en"))).toBe("1 Mar");
  });

  it("changes the day at the zone's midnight, not at Greenwich's", () => {
    const late = { now: Date.parse("2026-01-09T23:30:00Z"), zone: "Europe/Berlin", locale: "en" as const };
    expect(relative("2026-01-10T08:00:00Z", late)).toBe("09:00");
  });

  it("is exact on hover", () => {
    expect(exact("2026-01-05T08:00:00Z", at("en"))).toBe("Mon, 5 Jan 2026, 09:00");
  });
});

describe("the wall clock", () => {
  it("goes to an instant and back in summer and winter", () => {
    for (const wall of ["2026-01-05 09:00:00", "2026-07-05 09:00:00", "2026-03-29 04:00:00", "2026-10-25 01:30:00"]) {
      expect(toWall(fromWall(wall, "Europe/Berlin"), "Europe/Berlin")).toBe(wall);
    }
    expect(fromWall("2026-07-05 09:00:00", "Europe/Berlin")).toBe("2026-07-05T07:00:00Z");
    expect(fromWall("2026-01-05 09:00:00", "America/New_York")).toBe("2026-01-05T14:00:00Z");
  });
});
