import { ActionIcon, Button, Group, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCompanyCalendar, useStoreCompanyCalendar } from "~/api/calendar.ts";
import type { CompanyCalendar } from "~/api/model.ts";
import { Loaded, useErrorWords } from "~/shared/states/States.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import { useLocale } from "~/shared/time/clock.tsx";
import { DateField, TimeField } from "~/shared/time/Pickers.tsx";
import classes from "./Administration.module.css";

/** When the company works: what due dates and planned calls are moved by. */
export function CalendarSettings() {
  const company = useCompanyCalendar();
  return <div className={classes.panel}><Loaded query={company}>{(data) => <Form calendar={data} />}</Loaded></div>;
}

function Form({ calendar }: { calendar: CompanyCalendar }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const toast = useToast();
  const words = useErrorWords();
  const store = useStoreCompanyCalendar();
  const [draft, setDraft] = useState(calendar);
  // 5 January 2026 was a Monday.
  const dayName = (day: number) => new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }).format(Date.UTC(2026, 0, 5 + day));
  const setDay = (day: number, hours: { from: string; to: string }[]) => setDraft((old) => ({ ...old, week: old.week.map((h, i) => (i === day ? hours : h)) }));
  const setHoliday = (i: number, change: Partial<{ date: string; name: string }>) => setDraft((old) => ({ ...old, holidays: old.holidays.map((h, j) => (j === i ? { ...h, ...change } : h)) }));
  const short = (time: string) => time.slice(0, 5);

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const holidays = draft.holidays.filter((h) => h.date !== "").sort((a, b) => a.date.localeCompare(b.date));
        store.mutate({ ...draft, holidays }, { onSuccess: () => toast.done(t("administration:savedCalendar")) });
      }}
    >
      <div className={classes.settings}>
        <section>
          <h2>{t("administration:hours")}</h2>
          <TextInput label={t("administration:zone")} value={draft.zone} onChange={(e) => { const zone = e.currentTarget.value; setDraft((old) => ({ ...old, zone })); }} mb="sm" maw={260} />
          {draft.week.map((hours, day) => (
            <div key={day} className={classes.day}>
              <span>{dayName(day)}</span>
              {hours.length === 0 ? <Text size="sm" c="dimmed">{t("administration:closed")}</Text> : null}
              <span className={classes.spans}>
                {hours.map((span, i) => (
                  <Group key={i} gap={4} wrap="nowrap">
                    <TimeField ariaLabel={t("administration:from", { day: dayName(day) })} value={short(span.from)} onChange={(from) => setDay(day, hours.map((h, j) => (j === i ? { ...h, from } : h)))} />
                    –
                    <TimeField ariaLabel={t("administration:to", { day: dayName(day) })} value={short(span.to)} onChange={(to) => setDay(day, hours.map((h, j) => (j === i ? { ...h, to } : h)))} />
                    <ActionIcon variant="subtle" color="gray" aria-label={t("administration:removeHours", { day: dayName(day) })} onClick={() => setDay(day, hours.filter((_, j) => j !== i))}><IconTrash size={14} /></ActionIcon>
                  </Group>
                ))}
              </span>
              <ActionIcon variant="subtle" color="gray" aria-label={t("administration:addHours", { day: dayName(day) })} onClick={() => setDay(day, [...hours, hours.length === 0 ? { from: "09:00", to: "18:00" } : { from: short(hours.at(-1)?.to ?? "13:00"), to: "19:00" }])}><IconPlus size={15} /></ActionIcon>
            </div>
          ))}
        </section>
        <section>
          <h2>{t("administration:holidays")}</h2>
          {draft.holidays.map((holiday, i) => (
            <Group key={i} gap="xs" mb={6} wrap="nowrap">
              <DateField ariaLabel={t("administration:date")} value={holiday.date} onChange={(date) => setHoliday(i, { date })} />
              <TextInput aria-label={t("administration:holiday")} value={holiday.name} onChange={(e) => setHoliday(i, { name: e.currentTarget.value })} style={{ flex: 1 }} />
              <ActionIcon variant="subtle" color="gray" aria-label={t("administration:removeHoliday", { name: holiday.name })} onClick={() => setDraft((old) => ({ ...old, holidays: old.holidays.filter((_, j) => j !== i) }))}><IconTrash size={14} /></ActionIcon>
            </Group>
          ))}
          <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => setDraft((old) => ({ ...old, holidays: [...old.holidays, { date: "", name: "" }] }))}>{t("administration:addHoliday")}</Button>
        </section>
      </div>
      {store.error && <Text role="alert" size="sm" c="var(--danger)" mt="sm">{words(store.error)}</Text>}
      <Group mt="lg"><Button type="submit" loading={store.isPending}>{t("page:save")}</Button></Group>
    </form>
  );
}
