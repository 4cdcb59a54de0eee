import type { CalendarEntry } from "~/api/model.ts";
import { isLate } from "~/shared/activities/times.ts";
import { dayOf, type When } from "~/shared/time/words.ts";

interface Agenda {
  /** Past and not recorded, from days before today; tasks are in the list of tasks already. */
  late: CalendarEntry[];
  today: CalendarEntry[];
  /** What stands on the first day after today that has something. */
  next: CalendarEntry[];
}

/** What of a calendar somebody needs to see today, each part in its order. */
export function agenda(entries: CalendarEntry[], { now, zone }: Pick<When, "now" | "zone">): Agenda {
  const day = (entry: CalendarEntry) => dayOf(Date.parse(entry.start), zone);
  const shown = entries.filter((entry) => entry.status !== "cancelled").sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  const today = dayOf(now, zone);
  const first = shown.find((entry) => day(entry) > today);
  return {
    late: shown.filter((entry) => entry.type !== "task" && day(entry) < today && isLate(entry, now)),
    today: shown.filter((entry) => day(entry) === today),
    next: first ? shown.filter((entry) => day(entry) === day(first)) : [],
  };
}
