import "@mantine/schedule/styles.css";
import "dayjs/locale/ru";
import { Button, MultiSelect } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type ScheduleEventData, Schedule, type ScheduleViewLevel } from "@mantine/schedule";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { useActivityActions, useCalendar, useCompanyCalendar } from "~/api/calendar.ts";
import { usePeople } from "~/api/people.ts";
import { useMe } from "~/api/session.ts";
import type { CalendarEntry } from "~/api/model.ts";
import { ActivityDialog } from "~/shared/activities/ActivityDialog.tsx";
import { useCreate } from "~/shared/create/create.ts";
import { PageHeader } from "~/shared/page/Page.tsx";
import { FailedState } from "~/shared/states/States.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import { useClock, useLocale } from "~/shared/time/clock.tsx";
import { exact, toWall } from "~/shared/time/words.ts";
import { Agenda } from "./Agenda.tsx";
import classes from "./Calendar.module.css";
import { EventBody } from "./EventBody.tsx";
import { useScheduleLabels } from "./labels.ts";
import { dayHours, holidayEvents, moved, range, shownHours, toEvents, weekdayName, weekHours, weekLabel } from "./model.ts";

/** Calls, meetings and due tasks of one or several people, in the person's own zone. */
export function Page() {
  const { t } = useTranslation();
  const me = useMe();
  const { now, zone } = useClock();
  const locale = useLocale();
  const navigate = useNavigate();
  const toast = useToast();
  const { create } = useCreate();
  const [params, setParams] = useSearchParams();
  const phone = useMediaQuery("(max-width: 700px)", false, { getInitialValueInEffect: false });
  const [view, setView] = useState<ScheduleViewLevel>(phone ? "day" : "week");
  const [day, setDay] = useState(() => params.get("day") ?? toWall(now, zone).slice(0, 10));
  const [people, setPeople] = useState([me.login]);
  const everybody = usePeople();
  const company = useCompanyCalendar();
  const { from, to } = range(day, view, zone);
  const whose = people.length > 0 ? people : [me.login];
  const calendar = useCalendar(from, to, whose);
  const { reschedule } = useActivityActions();
  const labels = useScheduleLabels();
  const open = params.get("activity");
  const today = toWall(now, zone).slice(0, 10);
  // The component's own "today" is the browser's day; a demo has another.
  const todayControlProps = { onClick: () => setDay(today) };

  const events = useMemo(() => [...toEvents(calendar.data ?? [], zone, now), ...holidayEvents(company.data, from, to, zone)], [calendar.data, company.data, zone, from, to, now]);
  const hours = useMemo(() => shownHours(events), [events]);
  const show = (entry: CalendarEntry) =>
    entry.type === "task" ? void navigate(`/tasks/${entry.key}`) : setParams((old) => (old.set("activity", entry.key), old));
  const entryOf = (event: ScheduleEventData) => event.payload?.entry as CalendarEntry | undefined;

  const move = ({ event, newStart }: { event: ScheduleEventData; newStart: string }) => {
    const entry = entryOf(event);
    if (!entry) return;
    const back = { key: entry.key, start: entry.start, end: entry.end };
    const { start, end } = moved(entry, newStart, zone);
    reschedule.mutate(
      { key: entry.key, start, end },
      { onSuccess: () => toast.done(t("calendar:movedTo", { title: entry.title, when: exact(start, { now, zone, locale }) }), () => reschedule.mutate(back, { onError: toast.failed })), onError: toast.failed },
    );
  };

  return (
    <div className={classes.page} aria-busy={calendar.isPending || calendar.isPlaceholderData}>
      <PageHeader
        title={t("frame:calendar")}
        facts={[t("calendar:zone", { zone })]}
        action={<Button leftSection={<IconPlus size={15} />} onClick={() => create("call")}>{t("calendar:new")}</Button>}
      />
      <div className={classes.people}>
        <MultiSelect
          size="xs"
          aria-label={t("calendar:whose")}
          data={(everybody.data ?? [{ login: me.login, name: me.name }]).map((p) => ({ value: p.login, label: p.name }))}
          value={people}
          onChange={setPeople}
          searchable
          hidePickedOptions
          placeholder={people.length === 0 ? me.name : undefined}
          maxValues={8}
        />
      </div>
      {calendar.error && !calendar.data ? (
        <FailedState error={calendar.error} retry={() => calendar.refetch()} />
      ) : phone && view !== "month" ? (
        <Agenda day={day} onDay={setDay} people={whose} entries={calendar.data ?? []} onOpen={show} />
      ) : (
        <Schedule
          className={classes.schedule}
          locale={locale}
          labels={labels}
          date={day}
          onDateChange={setDay}
          view={view}
          onViewChange={(next) => next !== "year" && setView(next)}
          events={events}
          renderEventBody={(event) => <EventBody event={event} />}
          onEventClick={(event) => {
            const entry = entryOf(event);
            if (entry) show(entry);
          }}
          onTimeSlotClick={({ slotStart }) => create("call", { start: slotStart })}
          onDayClick={(date) => {
            setDay(date);
            setView("day");
          }}
          withEventsDragAndDrop
          canDragEvent={(event) => entryOf(event)?.type !== "task" && entryOf(event)?.status === "planned"}
          onEventDrop={move}
          dayViewProps={{ ...times, ...hours, businessHours: dayHours(company.data, day, zone), getCurrentTime: () => toWall(now, zone), viewSelectProps: VIEWS, todayControlProps }}
          weekViewProps={{ ...times, ...hours, firstDayOfWeek: 1, highlightToday: false, withWeekNumber: false, businessHours: weekHours(company.data, day, zone), getCurrentTime: () => toWall(now, zone), weekdayFormat: (day) => weekdayName(day, locale), renderWeekLabel: ({ weekStart, weekEnd }) => weekLabel(weekStart, weekEnd, locale), viewSelectProps: VIEWS, todayControlProps }}
          monthViewProps={{ firstDayOfWeek: 1, maxEventsPerDay: 3, weekdayFormat: (day) => weekdayName(day, locale), highlightToday: false, getDayProps: (date) => (date === today ? { "data-now": true, "aria-current": "date" } : {}), viewSelectProps: VIEWS, todayControlProps }}
        />
      )}
      <ActivityDialog activity={open} onClose={() => setParams((old) => (old.delete("activity"), old), { replace: true })} />
    </div>
  );
}

const VIEWS = { views: ["day", "week", "month"] as ScheduleViewLevel[] };
const times = { intervalMinutes: 30, slotHeight: 46, highlightBusinessHours: true, withCurrentTimeBubble: false, startScrollTime: "08:00:00", headerFormat: "D MMMM YYYY" } as const;
