import { ActionIcon, Button, Group, UnstyledButton } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useCalendar } from "~/api/calendar.ts";
import type { CalendarEntry } from "~/api/model.ts";
import { useWhen } from "~/shared/time/When.tsx";
import { dayOf, fromWall, longDay, time, toWall } from "~/shared/time/words.ts";
import classes from "./Calendar.module.css";

const DAY = 86_400_000;
const iso = (at: number) => new Date(at).toISOString().slice(0, 10);
const inOrder = (entries: CalendarEntry[]) => entries.filter((entry) => entry.status !== "cancelled").sort((a, b) => Date.parse(a.start) - Date.parse(b.start));

/** How far ahead an empty day looks for what comes next. */
const AHEAD = 14;

interface Props {
  day: string;
  onDay: (day: string) => void;
  people: string[];
  entries: CalendarEntry[];
  onOpen: (entry: CalendarEntry) => void;
}

/** The phone's calendar: one day as a list, which a thumb can use. */
export function Agenda({ day, onDay, people, entries, onOpen }: Props) {
  const { t } = useTranslation();
  const when = useWhen();
  const at = Date.parse(`${day.slice(0, 10)}T12:00:00Z`);
  const step = (days: number) => onDay(iso(at + days * DAY));
  const shown = inOrder(entries.filter((entry) => dayOf(Date.parse(entry.start), when.zone) === day.slice(0, 10)));
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
      <Entries entries={shown} onOpen={onOpen} />
      {shown.length === 0 && <Next after={iso(at + DAY)} people={people} onOpen={onOpen} />}
    </section>
  );
}

/** What comes after an empty day: the entries of the first day that has some. */
function Next({ after, people, onOpen }: Pick<Props, "people" | "onOpen"> & { after: string }) {
  const { t } = useTranslation();
  const when = useWhen();
  const to = iso(Date.parse(`${after}T00:00:00Z`) + AHEAD * DAY);
  const calendar = useCalendar(fromWall(`${after} 00:00:00`, when.zone), fromWall(`${to} 00:00:00`, when.zone), people);
  const entries = inOrder((calendar.data ?? []).filter((entry) => dayOf(Date.parse(entry.start), when.zone) >= after));
  const first = entries[0];
  if (!first) return null;
  const day = dayOf(Date.parse(first.start), when.zone);
  return (
    <>
      <h3 className={classes.agendaNext}>{t("calendar:nextDay", { day: longDay(Date.parse(first.start), when) })}</h3>
      <Entries entries={entries.filter((entry) => dayOf(Date.parse(entry.start), when.zone) === day)} onOpen={onOpen} />
    </>
  );
}

function Entries({ entries, onOpen }: Pick<Props, "entries" | "onOpen">) {
  const when = useWhen();
  return (
    <ul className={classes.agendaList}>
      {entries.map((entry) => (
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
  );
}
