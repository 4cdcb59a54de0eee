import { Anchor, Skeleton, UnstyledButton } from "@mantine/core";
import { IconCheckbox, IconClockExclamation, IconMail, IconNote, IconPhone, IconUsers } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useCalendar } from "~/api/calendar.ts";
import { useMe } from "~/api/session.ts";
import type { CalendarEntry } from "~/api/model.ts";
import { ActivityDialog } from "~/shared/activities/ActivityDialog.tsx";
import { Section } from "~/shared/page/Page.tsx";
import { FailedState } from "~/shared/states/States.tsx";
import { useWhen } from "~/shared/time/When.tsx";
import { fromWall, dayOf, longDay, relative, time } from "~/shared/time/words.ts";
import { agenda } from "./agenda.ts";
import classes from "./MyDay.module.css";

const ICON = { call: IconPhone, meeting: IconUsers, email: IconMail, note: IconNote, task: IconCheckbox };
const DAY = 86_400_000;
/** How far back is looked for what nobody has recorded, and how far ahead for what comes next, in days. */
const BACK = 28;
const AHEAD = 8;

/**
 * The calendar beside the tasks: calls and meetings that are past and not recorded, then today's in their order with the
 * line of now between what was and what comes; on a free day what comes next.
 */
export function Today() {
  const { t } = useTranslation();
  const me = useMe();
  const when = useWhen();
  const navigate = useNavigate();
  const day = dayOf(when.now, when.zone);
  const midnight = Date.parse(fromWall(`${day} 00:00:00`, when.zone));
  const calendar = useCalendar(new Date(midnight - BACK * DAY).toISOString(), new Date(midnight + AHEAD * DAY).toISOString(), [me.login]);
  const [open, setOpen] = useState<string | null>(null);
  const { late, today, next } = agenda(calendar.data ?? [], when);
  const nowAt = today.findIndex((entry) => Date.parse(entry.start) > when.now);
  const show = (entry: CalendarEntry) => (entry.type === "task" ? void navigate(`/tasks/${entry.key}`) : setOpen(entry.key));
  const now = <div className={classes.now} aria-hidden><span>{time(new Date(when.now).toISOString(), when)}</span></div>;

  return (
    <>
      {late.length > 0 && (
        <Section title={t("my-day:unrecorded")} count={late.length} flush>
          <ul className={classes.agenda}>
            {late.map((entry) => (
              <li key={entry.key}>
                <Entry entry={entry} late onShow={show}>{relative(entry.start, when)}</Entry>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title={t("my-day:today")} flush action={<Anchor component={Link} to="/calendar" size="xs">{t("my-day:toCalendar")}</Anchor>}>
        {calendar.data === undefined ? (
          calendar.error ? <FailedState error={calendar.error} retry={() => calendar.refetch()} /> : <div style={{ padding: 14 }}><Skeleton h={14} mb={12} /><Skeleton h={14} w="70%" /></div>
        ) : today.length === 0 ? (
          <>
            <p className={classes.free}>{t("my-day:free")}</p>
            {next[0] && (
              <>
                <h3 className={classes.nextDay}>{longDay(Date.parse(next[0].start), when)}</h3>
                <ul className={classes.agenda}>
                  {next.map((entry) => <li key={`${entry.type}-${entry.key}`}><Entry entry={entry} onShow={show}>{time(entry.start, when)}</Entry></li>)}
                </ul>
              </>
            )}
          </>
        ) : (
          <ol className={classes.agenda}>
            {today.map((entry, i) => (
              <li key={`${entry.type}-${entry.key}`}>
                {i === nowAt && now}
                <Entry entry={entry} onShow={show}>{time(entry.start, when)}</Entry>
              </li>
            ))}
            {nowAt === -1 && <li>{now}</li>}
          </ol>
        )}
      </Section>
      <ActivityDialog activity={open} onClose={() => setOpen(null)} />
    </>
  );
}

interface EntryProps {
  entry: CalendarEntry;
  late?: boolean;
  onShow: (entry: CalendarEntry) => void;
  /** When it is. */
  children: ReactNode;
}

function Entry({ entry, late = false, onShow, children }: EntryProps) {
  const Icon = late ? IconClockExclamation : (ICON[entry.type] ?? IconNote);
  return (
    <UnstyledButton className={classes.entry} data-done={entry.status === "held" || undefined} data-late={late || undefined} onClick={() => onShow(entry)}>
      <span className={classes.time}>{children}</span>
      <Icon size={15} aria-hidden />
      <span className={classes.what}>
        <span>{entry.title}</span>
        {entry.record && <span className={classes.about}>{entry.record.title}</span>}
      </span>
    </UnstyledButton>
  );
}
