import type { Instant } from "~/api/model.ts";
import type { Locale } from "~/i18n/index.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** English with a 24-hour clock and the day before the month: what a European company reads. */
const TAG: Record<Locale, string> = { en: "en-GB", ru: "ru-RU" };

export interface When {
  now: number;
  zone: string;
  locale: Locale;
}

/** The calendar day in a zone, as "2026-01-05". */
export function dayOf(at: number, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/** How many calendar days `at` lies after now (negative: before). */
export function daysFromNow(at: number, { now, zone }: When): number {
  return Math.round((Date.parse(dayOf(at, zone)) - Date.parse(dayOf(now, zone))) / DAY);
}

/** "5 minutes ago", "tomorrow at 09:00", "12 Jan": as near as a person would say it. */
export function relative(instant: Instant, when: When): string {
  const at = Date.parse(instant);
  const tag = TAG[when.locale];
  const words = new Intl.RelativeTimeFormat(tag, { numeric: "auto", style: "short" });
  const gap = at - when.now;
  const days = daysFromNow(at, when);
  if (Math.abs(gap) < MINUTE) return words.format(0, "second");
  if (Math.abs(gap) < HOUR) return words.format(Math.trunc(gap / MINUTE), "minute");
  if (days === 0) return gap < 0 && -gap < 6 * HOUR ? words.format(Math.trunc(gap / HOUR), "hour") : time(instant, when);
  if (Math.abs(days) === 1) return `${words.format(days, "day")}, ${time(instant, when)}`;
  if (Math.abs(days) < 7) return words.format(days, "day");
  return date(instant, when);
}

export function time(instant: Instant, { zone, locale }: When): string {
  return new Intl.DateTimeFormat(TAG[locale], { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(Date.parse(instant));
}

/** "12 Jan", with the year when it is not this one. */
export function date(instant: Instant, when: When): string {
  const at = Date.parse(instant);
  const sameYear = dayOf(at, when.zone).slice(0, 4) === dayOf(when.now, when.zone).slice(0, 4);
  return new Intl.DateTimeFormat(TAG[when.locale], { timeZone: when.zone, day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) }).format(at);
}

/** "Mon 5 Jan 2026, 09:00": the exact time, for hovers and the demo clock. */
export function exact(instant: Instant, { zone, locale }: When): string {
  return new Intl.DateTimeFormat(TAG[locale], { timeZone: zone, weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(Date.parse(instant));
}

/** "Monday, 5 January" as a day's headline. */
export function longDay(at: number, { zone, locale }: When): string {
  return new Intl.DateTimeFormat(TAG[locale], { timeZone: zone, weekday: "long", day: "numeric", month: "long" }).format(at);
}

/** A date without a time ("2026-01-05"): never shifted by a zone. */
export function plainDate(day: string, locale: Locale): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(at)) return day;
  return new Intl.DateTimeFormat(TAG[locale], { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" }).format(at);
}

type Translate = (key: string, params?: Record<string, unknown>) => string;

/** "since Tuesday", "for 25 minutes": how long something has stood. Russian weekdays want their case, so they are words of their own. */
export function since(instant: Instant, when: When, t: Translate): string {
  const at = Date.parse(instant);
  const gap = when.now - at;
  if (gap < MINUTE) return t("time:since.now");
  if (gap < HOUR) return t("time:since.minutes", { count: Math.floor(gap / MINUTE) });
  const days = -daysFromNow(at, when);
  if (days === 0) return t("time:since.at", { time: time(instant, when) });
  if (days === 1) return t("time:since.yesterday");
  if (days < 7) return t(`time:since.weekday.${weekday(at, when.zone)}`);
  return t("time:since.date", { date: sinceDate(instant, when) });
}

/** "12 января": after "с" Russian wants the full month in the genitive, which this format gives. */
function sinceDate(instant: Instant, when: When): string {
  if (when.locale === "en") return date(instant, when);
  return new Intl.DateTimeFormat("ru-RU", { timeZone: when.zone, day: "numeric", month: "long" }).format(Date.parse(instant));
}

/** 1 Monday ... 7 Sunday. */
function weekday(at: number, zone: string): number {
  const name = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short" }).format(at);
  return ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(name) + 1;
}

/** "2 d", "5 h": the short form for narrow places. */
export function shortSpan(from: Instant, when: When, t: Translate): string {
  const gap = Math.max(0, when.now - Date.parse(from));
  if (gap < HOUR) return t("time:span.minutes", { count: Math.floor(gap / MINUTE) });
  if (gap < DAY) return t("time:span.hours", { count: Math.floor(gap / HOUR) });
  return t("time:span.days", { count: Math.floor(gap / DAY) });
}

/** The wall clock in a zone as "2026-01-05 09:00:00", as the calendar wants it. */
export function toWall(instant: Instant | number, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" })
    .formatToParts(typeof instant === "number" ? instant : Date.parse(instant))
    .reduce<Record<string, string>>((all, part) => ({ ...all, [part.type]: part.value }), {});
  return `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}:${parts.second}`;
}

/** The instant at which the zone's wall shows this. In a DST gap: the time after it, as far as the gap is wide. */
export function fromWall(wall: string, zone: string): Instant {
  const naive = Date.parse(`${wall.replace(" ", "T")}Z`);
  let guess = naive;
  // Twice: the first guess may stand on the other side of a change of the offset.
  for (let round = 0; round < 2; round += 1) guess += naive - Date.parse(`${toWall(guess, zone).replace(" ", "T")}Z`);
  return new Date(guess).toISOString().replace(".000Z", "Z");
}
