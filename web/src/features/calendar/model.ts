import type { ScheduleEventData, ScheduleViewLevel } from "@mantine/schedule";
import type { CalendarEntry, CompanyCalendar, Instant } from "~/api/model.ts";
import type { Locale } from "~/i18n/index.ts";
import { fromWall, toWall } from "~/shared/time/words.ts";

const DAY = 86_400_000;
const iso = (at: number) => new Date(at).toISOString().slice(0, 10);

/** The stretch of time that a view shows, with a week around a month for the days of its neighbours. */
export function range(day: string, view: ScheduleViewLevel, zone: string): { from: Instant; to: Instant } {
  const at = Date.parse(`${day.slice(0, 10)}T00:00:00Z`);
  // 0 Monday ... 6 Sunday.
  const weekday = (new Date(at).getUTCDay() + 6) % 7;
  let first = at;
  let days = 1;
  if (view === "week") {
    first = at - weekday * DAY;
    days = 7;
  } else if (view !== "day") {
    const month = Date.parse(`${day.slice(0, 7)}-01T00:00:00Z`);
    first = month - 7 * DAY;
    days = 46;
  }
  return { from: fromWall(`${iso(first)} 00:00:00`, zone), to: fromWall(`${iso(first + days * DAY)} 00:00:00`, zone) };
}

const COLOUR: Record<string, string> = { call: "ink", meeting: "ink", task: "gray", email: "gray", note: "gray" };
const HALF_HOUR = 30 * 60_000;

/** Entries as the calendar draws them, on the wall clock of the zone. What is shorter than half an hour is drawn as half an hour. */
export function toEvents(entries: CalendarEntry[], zone: string): ScheduleEventData[] {
  return entries
    .filter((entry) => entry.status !== "cancelled")
    .map((entry) => {
      const start = Date.parse(entry.start);
      const end = Math.max(entry.end ? Date.parse(entry.end) : 0, start + HALF_HOUR);
      return {
        id: `${entry.type}-${entry.key}`,
        title: entry.title,
        start: toWall(start, zone),
        end: toWall(end, zone),
        color: entry.status === "held" ? "moss" : (COLOUR[entry.type] ?? "gray"),
        variant: "light" as const,
        payload: { entry },
      };
    });
}

/** Holidays as all-day bands behind everything. */
export function holidayEvents(company: CompanyCalendar | undefined, from: Instant, to: Instant, zone: string): ScheduleEventData[] {
  const first = toWall(from, zone).slice(0, 10);
  const last = toWall(to, zone).slice(0, 10);
  return (company?.holidays ?? [])
    .filter((holiday) => holiday.date >= first && holiday.date < last)
    .map((holiday) => ({ id: `holiday-${holiday.date}`, title: holiday.name, start: `${holiday.date} 00:00:00`, end: `${iso(Date.parse(`${holiday.date}T00:00:00Z`) + DAY)} 00:00:00`, color: "amber", payload: {} }));
}

type Hours = [string, string];
/** A day on which nobody works: an empty range, so that all of it is shaded. */
const CLOSED: Hours = ["00:00:00", "00:00:00"];

function span(hours: { from: string; to: string }[] | undefined): Hours | null {
  const first = hours?.[0];
  const last = hours?.at(-1);
  const seconds = (time: string) => (time.length === 5 ? `${time}:00` : time);
  return first && last ? [seconds(first.from), seconds(last.to)] : null;
}

/** Working hours of one day, holidays closed. */
export function dayHours(company: CompanyCalendar | undefined, day: string): Hours {
  if (!company) return ["09:00:00", "18:00:00"];
  if (company.holidays.some((holiday) => holiday.date === day.slice(0, 10))) return CLOSED;
  const weekday = (new Date(`${day.slice(0, 10)}T00:00:00Z`).getUTCDay() + 6) % 7;
  return span(company.week[weekday]) ?? CLOSED;
}

/** Working hours of a week. The company's week begins on Monday, the calendar counts from Sunday. */
export function weekHours(company: CompanyCalendar | undefined) {
  const days = [0, 1, 2, 3, 4, 5, 6] as const;
  return Object.fromEntries(days.map((day) => [day, company ? span(company.week[(day + 6) % 7]) : day === 0 || day === 6 ? null : (["09:00:00", "18:00:00"] as Hours)])) as Record<(typeof days)[number], Hours | null>;
}

const TAG: Record<Locale, string> = { en: "en-GB", ru: "ru-RU" };

/** "Mon", "пн": as the language abbreviates it. */
export function weekdayName(day: string, locale: Locale): string {
  return new Intl.DateTimeFormat(TAG[locale], { weekday: "short", timeZone: "UTC" }).format(Date.parse(`${day.slice(0, 10)}T00:00:00Z`));
}

/** "12–18 January 2026", with what the two ends share said once. */
export function weekLabel(first: string, last: string, locale: Locale): string {
  const words = new Intl.DateTimeFormat(TAG[locale], { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  return words.formatRange(Date.parse(`${first.slice(0, 10)}T00:00:00Z`), Date.parse(`${last.slice(0, 10)}T00:00:00Z`));
}
