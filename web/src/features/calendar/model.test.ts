import { describe, expect, it } from "vitest";
import type { CalendarEntry, CompanyCalendar } from "~/api/model.ts";
import { dayHours, moved, range, shownHours, toEvents, weekdayName, weekHours, weekLabel } from "./model.ts";

const company: CompanyCalendar = { zone: "Europe/Berlin", week: [...[0, 1, 2, 3].map(() => [{ from: "09:00", to: "18:00" }]), [{ from: "09:00", to: "12:00" }, { from: "13:00", to: "16:00" }], [], []], holidays: [{ date: "2026-01-06", name: "Epiphany" }] };
const NOW = Date.parse("2026-01-05T00:00:00Z");
const call: CalendarEntry = { key: "1", type: "call", title: "Call", start: "2026-01-05T08:00:00Z", end: "2026-01-05T08:10:00Z", status: "planned", owner: null, record: null, remindAt: null, process: null };

describe("what a view shows", () => {
  it("is Monday to Sunday of the week, in the person's zone", () => {
    expect(range("2026-01-08", "week", "Europe/Berlin")).toEqual({ from: "2026-01-04T23:00:00Z", to: "2026-01-11T23:00:00Z" });
  });

  it("has 23 hours on the day on which summer time begins", () => {
    expect(range("2026-03-29", "day", "Europe/Berlin")).toEqual({ from: "2026-03-28T23:00:00Z", to: "2026-03-29T22:00:00Z" });
  });
});

describe("entries", () => {
  it("stand on the wall clock, at least half an hour high", () => {
    expect(toEvents([call], "Europe/Berlin", NOW)[0]).toMatchObject({ start: "2026-01-05 09:00:00", end: "2026-01-05 09:30:00" });
  });

  it("keep how long they last when they are dragged", () => {
    expect(moved(call, "2026-01-05 11:00:00", "Europe/Berlin")).toEqual({ start: "2026-01-05T10:00:00Z", end: "2026-01-05T10:10:00Z" });
  });

  it("widen the hours that are shown, early and late", () => {
    const at = (start: string) => ({ ...call, start, end: start });
    expect(shownHours(toEvents([call], "Europe/Berlin", NOW))).toEqual({ startTime: "07:00:00", endTime: "20:00:00" });
    expect(shownHours(toEvents([at("2026-01-05T04:30:00Z"), at("2026-01-05T20:15:00Z")], "Europe/Berlin", NOW))).toEqual({ startTime: "05:00:00", endTime: "22:00:00" });
    expect(shownHours(toEvents([at("2026-01-05T22:45:00Z")], "Europe/Berlin", NOW))).toEqual({ startTime: "07:00:00", endTime: "23:59:59" });
  });

  it("are amber once they are past and nobody has said how they went", () => {
    const colour = (entry: CalendarEntry, now: string) => toEvents([entry], "UTC", Date.parse(now))[0]?.color;
    expect(colour(call, "2026-01-05T08:09:00Z")).toBe("ink");
    expect(colour(call, "2026-01-05T08:10:00Z")).toBe("amber");
    expect(colour({ ...call, status: "held" }, "2026-01-05T08:10:00Z")).toBe("moss");
    expect(colour({ ...call, type: "task", status: "open" }, "2026-01-06T08:10:00Z")).toBe("amber");
  });

  it("leave out what was cancelled", () => {
    expect(toEvents([{ ...call, status: "cancelled" }], "UTC", NOW)).toEqual([]);
  });
});

describe("a week", () => {
  it("is named as the language does", () => {
    expect(weekLabel("2026-01-12", "2026-01-18", "en")).toMatch(/^12\s?–\s?18 January 2026$/);
    expect(weekLabel("2026-01-12", "2026-01-18", "ru")).toMatch(/12\s?–\s?18 января 2026/);
    expect(weekdayName("2026-01-12", "ru")).toBe("пн");
  });
});

describe("working hours", () => {
  it("span a day's parts, are closed on holidays and weekends", () => {
    expect(dayHours(company, "2026-01-09", "Europe/Berlin")).toEqual(["09:00:00", "16:00:00"]);
    expect(dayHours(company, "2026-01-06", "Europe/Berlin")).toEqual(["00:00:00", "00:00:00"]);
    expect(dayHours(company, "2026-01-10", "Europe/Berlin")).toEqual(["00:00:00", "00:00:00"]);
  });

  it("count the week's days from Sunday for the calendar", () => {
    const week = weekHours(company, "2026-01-14", "Europe/Berlin");
    expect(week[0]).toEqual(["00:00:00", "00:00:00"]);
    expect(week[1]).toEqual(["09:00:00", "18:00:00"]);
    expect(week[5]).toEqual(["09:00:00", "16:00:00"]);
  });

  it("are the company's, on the wall of who looks from another zone", () => {
    expect(dayHours(company, "2026-01-12", "Europe/Moscow")).toEqual(["11:00:00", "20:00:00"]);
    // Friday afternoon in Berlin is Friday evening in Tokyo, and ends on Saturday.
    expect(dayHours(company, "2026-01-16", "Asia/Tokyo")).toEqual(["17:00:00", "24:00:00"]);
  });
});
