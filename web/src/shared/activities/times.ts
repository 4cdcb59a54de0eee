import type { CalendarEntry, Instant } from "~/api/model.ts";

/** Minutes before the start at which one may be reminded. */
export const REMINDERS = [5, 15, 30, 60];

export function addMinutes(at: Instant, minutes: number): Instant {
  return new Date(Date.parse(at) + minutes * 60_000).toISOString().replace(".000Z", "Z");
}

/** The next full hour of a wall time "2026-01-05 09:20:00". */
export function nextFullHour(wall: string): string {
  const next = new Date(Date.parse(`${wall.slice(0, 13).replace(" ", "T")}:00:00Z`) + 3_600_000);
  return next.toISOString().slice(0, 19).replace("T", " ");
}

/** Whether it is past and nobody has said how it went; of a task, whether it is overdue. */
export function isLate(entry: Pick<CalendarEntry, "status" | "end">, now: number): boolean {
  return (entry.status === "planned" || entry.status === "open") && Date.parse(entry.end) <= now;
}
