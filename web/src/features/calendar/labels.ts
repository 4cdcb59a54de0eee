import type { ScheduleLabelsOverride } from "@mantine/schedule";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

/** The calendar component's own words. */
export function useScheduleLabels(): ScheduleLabelsOverride {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      day: t("calendar:label.day"),
      week: t("calendar:label.week"),
      month: t("calendar:label.month"),
      allDay: t("calendar:label.allDay"),
      weekday: t("calendar:label.weekday"),
      timeSlot: t("calendar:label.timeSlot"),
      today: t("calendar:label.today"),
      next: t("calendar:label.next"),
      previous: t("calendar:label.previous"),
      more: t("calendar:label.more"),
      selectMonth: t("calendar:label.selectMonth"),
      selectYear: t("calendar:label.selectYear"),
      switchToDayView: t("calendar:label.toDay"),
      switchToWeekView: t("calendar:label.toWeek"),
      switchToMonthView: t("calendar:label.toMonth"),
      viewSelectLabel: t("calendar:label.view"),
      noEvents: t("calendar:label.noEvents"),
      moreLabel: (count: number) => t("calendar:label.moreCount", { count }),
    }),
    [t],
  );
}
