import type { ScheduleEventData, ScheduleViewLevel } from "@mantine/schedule";
import type { CalendarEntry, CompanyCalendar, Instant } from "~/api/model.ts";
import type { Locale } from "~/i18n/index.ts";
import { isLate } from "~/shared/activities/times.ts";
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

/**
 * Entries as the calendar draws them, on the wall clock of the zone. What is shorter than half an hour is drawn as half an
 * hour; what is past, and nobody has said how it went, is amber.
 */
export function toEvents(entries: CalendarEntry[], zone: string, now: number): ScheduleEventData[] {
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
        color: entry.status === "held" ? "moss" : isLate(entry, now) ? "amber" : (COLOUR[entry.type] ?? "gray"),
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
  const whole = (time: string) => (time.length === 5 ? `${time}:00` : time);
  return first && last ? [whole(first.from), whole(last.to)] : null;
}

/** The company's hours on one of its own days, on its own wall; null when nobody works. */
function companyHours(company: CompanyCalendar, day: string): Hours | null {
  if (company.holidays.some((holiday) => holiday.date === day)) return null;
  // The company's week begins on Monday.
  return span(company.week[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7]);
}

/**
 * Working hours of one day as the person's wall shows them. In another zone a working day of the company may reach over
 * midnight; the calendar can shade one stretch a day, so the longest is given.
 */
export function dayHours(company: CompanyCalendar | undefined, day: string, zone: string): Hours {
  if (!company) return ["09:00:00", "18:00:00"];
  const at = Date.parse(`${day.slice(0, 10)}T00:00:00Z`);
  const midnight = `${iso(at)} 00:00:00`;
  const nextMidnight = `${iso(at + DAY)} 00:00:00`;
  const stretches = [at - DAY, at, at + DAY].flatMap((theirs) => {
    const hours = companyHours(company, iso(theirs));
    if (!hours) return [];
    const [from, to] = hours.map((time) => toWall(fromWall(`${iso(theirs)} ${time}`, company.zone), zone)) as Hours;
    const first = from > midnight ? from : midnight;
    const last = to < nextMidnight ? to : nextMidnight;
    const stretch: Hours = [first.slice(11), last === nextMidnight ? "24:00:00" : last.slice(11)];
    return first < last ? [stretch] : [];
  });
  return stretches.sort((a, b) => seconds(b) - seconds(a))[0] ?? CLOSED;
}

const clock = (time: string) => time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
const seconds = ([from, to]: Hours) => clock(to) - clock(from);

/** Working hours of the week in which a day lies. The calendar counts a week's days from Sunday. */
export function weekHours(company: CompanyCalendar | undefined, day: string, zone: string): Record<0 | 1 | 2 | 3 | 4 | 5 | 6, Hours> {
  const at = Date.parse(`${day.slice(0, 10)}T00:00:00Z`);
  const monday = at - ((new Date(at).getUTCDay() + 6) % 7) * DAY;
  const of = (offset: number) => dayHours(company, iso(monday + offset * DAY), zone);
  return { 1: of(0), 2: of(1), 3: of(2), 4: of(3), 5: of(4), 6: company ? of(5) : CLOSED, 0: company ? of(6) : CLOSED };
}

/** The hours that a view shows: the usual ones, wider where an entry lies outside them. Full hours, for the lines. */
export function shownHours(events: ScheduleEventData[]): { startTime: string; endTime: string } {
  let first = 7;
  let last = 20;
  for (const event of events) {
    const start = String(event.start);
    const end = String(event.end);
    // What lasts whole days stands above the hours.
    if (start.endsWith("00:00:00") && end.endsWith("00:00:00")) continue;
    last = start.slice(0, 10) === end.slice(0, 10) ? Math.max(last, Math.ceil(clock(end.slice(11)) / 3600)) : 24;
    first = Math.min(first, Math.floor(clock(start.slice(11)) / 3600));
  }
  const time = (hour: number) => (hour === 24 ? "23:59:59" : `${String(hour).padStart(2, "0")}:00:00`);
  return { startTime: time(first), endTime: time(last) };
}

/** Where a dragged entry now lies. It lasts as long as it did, however high it is drawn. */
export function moved(entry: Pick<CalendarEntry, "start" | "end">, newStart: string, zone: string): { start: Instant; end: Instant } {
  const start = fromWall(newStart, zone);
  const lasts = Date.parse(entry.end) - Date.parse(entry.start);
  return { start, end: new Date(Date.parse(start) + lasts).toISOString().replace(".000Z", "Z") };
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
