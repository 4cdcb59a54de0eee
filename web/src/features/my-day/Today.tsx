import { Anchor, Skeleton, UnstyledButton } from "@mantine/core";
import { IconCheckbox, IconMail, IconNote, IconPhone, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useCalendar } from "~/api/calendar.ts";
import { useMe } from "~/api/session.ts";
import type { CalendarEntry } from "~/api/model.ts";
import { ActivityDialog } from "~/shared/activities/ActivityDialog.tsx";
import { Section } from "~/shared/page/Page.tsx";
import { FailedState } from "~/shared/states/States.tsx";
import { useWhen } from "~/shared/time/When.tsx";
import { dayOf, fromWall, time } from "~/shared/time/words.ts";
import classes from "./MyDay.module.css";

const ICON = { call: IconPhone, meeting: IconUsers, email: IconMail, note: IconNote, task: IconCheckbox };

/** Today's calls and meetings in their order, with the line of now between what was and what comes. */
export function Today() {
  const { t } = useTranslation();
  const me = useMe();
  const when = useWhen();
  const navigate = useNavigate();
  const day = dayOf(when.now, when.zone);
  const from = fromWall(`${day} 00:00:00`, when.zone);
  const to = new Date(Date.parse(from) + 86_400_000).toISOString();
  const calendar = useCalendar(from, to, [me.login]);
  const [open, setOpen] = useState<string | null>(null);
  const entries = (calendar.data ?? []).filter((entry) => entry.status !== "cancelled" && dayOf(Date.parse(entry.start), when.zone) === day).sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  const nowAt = entries.findIndex((entry) => Date.parse(entry.start) > when.now);

  const show = (entry: CalendarEntry) => (entry.type === "task" ? navigate(`/tasks/${entry.key}`) : setOpen(entry.key));
  return (
    <Section title={t("my-day:today")} flush action={<Anchor component={Link} to="/calendar" size="xs">{t("my-day:toCalendar")}</Anchor>}>
      {calendar.data === undefined ? (
        calendar.error ? <FailedState error={calendar.error} retry={() => calendar.refetch()} /> : <div style={{ padding: 14 }}><Skeleton h={14} mb={12} /><Skeleton h={14} w="70%" /></div>
      ) : entries.length === 0 ? (
        <p className={classes.free}>{t("my-day:free")}</p>
      ) : (
        <ol className={classes.agenda}>
          {entries.map((entry, i) => {
            const Icon = ICON[entry.type] ?? IconNote;
            return (
              <li key={`${entry.type}-${entry.key}`}>
                {i === nowAt && <div className={classes.now} aria-hidden><span>{time(new Date(when.now).toISOString(), when)}</span></div>}
                <UnstyledButton className={classes.entry} data-done={entry.status === "held" || undefined} onClick={() => void show(entry)}>
                  <span className={classes.time}>{time(entry.start, when)}</span>
                  <Icon size={15} aria-hidden />
                  <span className={classes.what}>
                    <span>{entry.title}</span>
                    {entry.record && <span className={classes.about}>{entry.record.title}</span>}
                  </span>
                </UnstyledButton>
              </li>
            );
          })}
          {nowAt === -1 && <li><div className={classes.now} aria-hidden><span>{time(new Date(when.now).toISOString(), when)}</span></div></li>}
        </ol>
      )}
      <ActivityDialog activity={open} onClose={() => setOpen(null)} />
    </Section>
  );
}
