import type { ScheduleEventData } from "@mantine/schedule";
import { IconCheckbox, IconFlag, IconPhone, IconRoute, IconUsers } from "@tabler/icons-react";
import type { CalendarEntry } from "~/api/model.ts";
import classes from "./Calendar.module.css";

/** What stands in an entry: its kind as an icon, the title, whom it is about. */
export function EventBody({ event }: { event: ScheduleEventData }) {
  const entry = event.payload?.entry as CalendarEntry | undefined;
  const Icon = !entry ? IconFlag : entry.type === "call" ? IconPhone : entry.type === "meeting" ? IconUsers : IconCheckbox;
  return (
    <span className={classes.event} data-held={entry?.status === "held" || undefined}>
      <span className={classes.eventHead}>
        <Icon size={12} aria-hidden />
        <span className={classes.eventTitle}>{event.title}</span>
        {entry?.process && <IconRoute size={12} aria-hidden className={classes.eventProcess} />}
      </span>
      {entry?.record && <span className={classes.eventAbout}>{entry.record.title}</span>}
    </span>
  );
}
