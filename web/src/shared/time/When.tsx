import { Tooltip } from "@mantine/core";
import { IconClockExclamation } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Instant } from "~/api/model.ts";
import classes from "./When.module.css";
import { useClock, useLocale } from "./clock.tsx";
import { exact, relative, type When as Frame } from "./words.ts";

export function useWhen(): Frame {
  const { now, zone } = useClock();
  return { now, zone, locale: useLocale() };
}

/** A time as a person says it; the exact one on hover. */
export function When({ at }: { at: Instant }) {
  const when = useWhen();
  return (
    <Tooltip label={exact(at, when)}>
      <time dateTime={at} className={classes.when}>
        {relative(at, when)}
      </time>
    </Tooltip>
  );
}

/** When something is due: amber with a clock once it is late. */
export function Due({ at, overdue }: { at: Instant; overdue: boolean }) {
  const { t } = useTranslation();
  const when = useWhen();
  if (!overdue) return <When at={at} />;
  return (
    <Tooltip label={t("time:dueWas", { when: exact(at, when) })}>
      <time dateTime={at} className={classes.overdue}>
        <IconClockExclamation size={14} aria-hidden />
        <span className="visually-hidden">{t("time:overdue")} </span>
        {relative(at, when)}
      </time>
    </Tooltip>
  );
}
