import { UnstyledButton } from "@mantine/core";
import { IconPlayerSkipForward } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type ClockMove, useDemoClock, useMoveClock } from "~/api/demo.ts";
import { useClock } from "~/shared/time/clock.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import { useWhen } from "~/shared/time/When.tsx";
import { exact } from "~/shared/time/words.ts";
import classes from "./Frame.module.css";

/** The demo's clock and what moves it: timers, due dates and the calendar follow; sessions do not. */
export function DemoBar() {
  const { t } = useTranslation();
  const clock = useDemoClock(true);
  const move = useMoveClock();
  const toast = useToast();
  const when = useWhen();
  const { now } = useClock();
  const go = (step: ClockMove) => move.mutate(step, { onError: toast.failed });
  const steps: [string, ClockMove][] = [
    [t("frame:demo.hour"), { advance: "PT1H" }],
    [t("frame:demo.day"), { advance: "P1D" }],
    [t("frame:demo.week"), { advance: "P7D" }],
  ];
  return (
    <section className={classes.demo} aria-label={t("frame:demo.label")}>
      <span>{t("frame:demo.time")}</span>
      <time dateTime={new Date(now).toISOString()} aria-live="polite" data-testid="demo-time">{exact(new Date(now).toISOString(), when)}</time>
      {steps.map(([label, step]) => (
        <UnstyledButton key={label} className={classes.step} disabled={move.isPending} onClick={() => go(step)}>{label}</UnstyledButton>
      ))}
      <UnstyledButton
        className={classes.step}
        disabled={move.isPending || clock.data?.next === null}
        onClick={() => go({ untilNext: true })}
        title={clock.data?.next ? t("frame:demo.nextAt", { when: exact(clock.data.next, when) }) : t("frame:demo.nothing")}
      >
        <IconPlayerSkipForward size={12} aria-hidden />
        {t("frame:demo.next")}
      </UnstyledButton>
    </section>
  );
}
