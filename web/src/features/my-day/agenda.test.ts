import { describe, expect, it } from "vitest";
import type { CalendarEntry } from "~/api/model.ts";
import { agenda } from "./agenda.ts";

const entry = (title: string, start: string, more: Partial<CalendarEntry> = {}): CalendarEntry => ({ key: title, type: "call", title, start, end: start, status: "planned", owner: null, record: null, remindAt: null, process: null, ...more });
const titles = (entries: CalendarEntry[]) => entries.map((one) => one.title);
const friday = { now: Date.parse("2026-01-09T13:00:00Z"), zone: "Europe/Berlin" };

describe("what somebody needs to see today", () => {
  it("is today's entries in their order, by the person's own midnight", () => {
    // 23:30 of Thursday in London is Friday in Berlin.
    const entries = [entry("late", "2026-01-09T16:00:00Z"), entry("early", "2026-01-08T23:30:00Z"), entry("tomorrow", "2026-01-09T23:30:00Z")];
    expect(titles(agenda(entries, friday).today)).toEqual(["early", "late"]);
  });

  it("is what was not recorded on the days before, but no task, which is in its own list", () => {
    const entries = [entry("forgotten", "2026-01-06T09:00:00Z"), entry("done", "2026-01-06T10:00:00Z", { status: "held" }), entry("gone", "2026-01-06T11:00:00Z", { status: "cancelled" }), entry("task", "2026-01-06T12:00:00Z", { type: "task", status: "open" }), entry("this morning", "2026-01-09T08:00:00Z")];
    expect(titles(agenda(entries, friday).late)).toEqual(["forgotten"]);
  });

  it("is, for a free day, all of the first day that has something", () => {
    const entries = [entry("Tuesday", "2026-01-13T09:00:00Z"), entry("Monday 2", "2026-01-12T15:00:00Z"), entry("Monday 1", "2026-01-12T09:00:00Z")];
    expect(titles(agenda(entries, friday).next)).toEqual(["Monday 1", "Monday 2"]);
    expect(agenda([], friday)).toEqual({ late: [], today: [], next: [] });
  });
});
