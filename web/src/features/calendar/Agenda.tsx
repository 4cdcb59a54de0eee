import { ActionIcon, Button, Group, UnstyledButton } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { CalendarEntry } from "~/api/model.ts";
import { useWhen } from "~/shared/time/When.tsx";
import { dayOf, longDay, time, toWall } from "~/shared/time/words.ts";
import classes from "./Calendar.module.css";

const DAY = 86_400_000;

/** The phone's calendar: one day as a list, which a thumb can use. */
export function Agenda({ day, onDay, entries, onOpen }: { day: string; onDay: (day: string) => void; entries: CalendarEntry[]; onOpen: (entry: CalendarEntry) => void }) {
  const { t } = useTranslation();
  const when = useWhen();
  const at = Date.parse(`${day.slice(0, 10)}T12:00:00Z`);
  const step = (days: number) => onDay(new Date(at + days * DAY).toISOString().slice(0, 10));
  const shown = entries.filter((entry) => entry.status !== "cancelled" && dayOf(Date.parse(entry.start), when.zone) === day.slice(0, 10)).sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  return (
    <section className={classes.agenda}>
      <Group justify="space-between" wrap="nowrap" mb="sm">
        <h2 className={classes.agendaDay}>{longDay(at, { ...when, zone: "UTC" })}</h2>
        <Group gap={4} wrap="nowrap">
          <ActionIcon variant="default" size={34} aria-label={t("calendar:label.previous")} onClick={() => step(-1)}><IconChevronLeft size={16} /></ActionIcon>
          <Button variant="default" h={34} onClick={() => onDay(toWall(when.now, when.zone).slice(0, 10))}>{t("calendar:label.today")}</Button>
          <ActionIcon variant="default" size={34} aria-label={t("calendar:label.next")} onClick={() => step(1)}><IconChevronRight size={16} /></ActionIcon>
        </Group>
      </Group>
      {shown.length === 0 && <p className={classes.agendaFree}>{t("calendar:free")}</p>}
      <ul className={classes.agendaList}>
        {shown.map((entry) => (
          <li key={`${entry.type}-${entry.key}`}>
            <UnstyledButton className={classes.agendaEntry} data-held={entry.status === "held" || undefined} onClick={() => onOpen(entry)}>
              <span className={classes.agendaTime}>{time(entry.start, when)}</span>
              <span>
                <span className={classes.eventTitle}>{entry.title}</span>
                {entry.record && <span className={classes.eventAbout}>{entry.record.title}</span>}
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
