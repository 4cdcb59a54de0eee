import { Tooltip } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Thread as ThreadData } from "~/api/model.ts";
import { useWhen } from "../time/When.tsx";
import { exact, relative, shortSpan, since } from "../time/words.ts";
import classes from "./Thread.module.css";
import { elementName, initials, position, standing, standingName, threadSentence } from "./words.ts";

/**
 * Where something stands in its process: the last steps done, the step now, what may come next.
 * Vertical in an aside, `across` over a page's width. The sentence carries the same for screen readers.
 */
export function Thread({ thread, across = false }: { thread: ThreadData; across?: boolean }) {
  const { t } = useTranslation();
  const when = useWhen();
  const line = useRef<HTMLElement>(null);
  // On a narrow page the line is wider than what is seen of it: what counts is where it stands now.
  useEffect(() => {
    const holder = line.current;
    const now = holder?.querySelector<HTMLElement>("[data-now]");
    if (across && holder && now) holder.scrollLeft = now.offsetLeft - (holder.clientWidth - now.offsetWidth) / 2;
  }, [across]);
  const pos = thread.now.length > 0 ? position(thread, t) : null;
  return (
    <section ref={line} className={across ? classes.across : classes.down} aria-label={t("thread:label")} tabIndex={across ? 0 : undefined}>
      <p className="visually-hidden">{threadSentence(thread, when, t)}</p>
      <ol className={classes.line} aria-hidden>
        {thread.done.map((step, i) => (
          <Tooltip key={`${step.element}-${step.at}-${i}`} label={`${step.by ? `${step.by.name}, ` : ""}${exact(step.at, when)}`}>
            <li className={classes.done}>
              <span className={classes.knot} />
              <span className={classes.name}>{elementName(step)}</span>
              <span className={classes.fact}>{[step.by?.name, relative(step.at, when)].filter(Boolean).join(", ")}</span>
            </li>
          </Tooltip>
        ))}
        {standing(thread).map((step) => (
          <li key={step.element} className={classes.now} data-now data-overdue={step.overdue || undefined}>
            <span className={classes.ring}>{step.who ? initials(step.who.name) : ""}</span>
            <span className={classes.name}>{standingName(step)}</span>
            <span className={classes.fact}>
              {step.who ? t("thread:has", { who: step.who.name, since: since(step.since, when, t) }) : since(step.since, when, t)}
              {step.overdue && <b className={classes.late}> {t("thread:overdue")}</b>}
            </span>
          </li>
        ))}
        {thread.now.length > 0 &&
          thread.next.map((step) => (
            <li key={step.element} className={step.certain ? classes.next : classes.perhaps}>
              <span className={classes.knot} />
              <span className={classes.name}>{elementName(step)}</span>
              {!step.certain && <span className={classes.fact}>{t("thread:depends")}</span>}
            </li>
          ))}
      </ol>
      {pos && <p className={classes.position} aria-hidden>{t("thread:step", { position: pos })}</p>}
    </section>
  );
}

/** The thread in a list row: knots, the step now, and how long it waits. */
export function ThreadSmall({ thread, withName = true }: { thread: ThreadData; withName?: boolean }) {
  const { t } = useTranslation();
  const when = useWhen();
  const places = standing(thread);
  const now = places[0];
  const sentence = threadSentence(thread, when, t);
  return (
    <Tooltip label={sentence} multiline maw={340}>
      <span className={classes.small}>
        <span className="visually-hidden">{sentence}</span>
        <span className={classes.beads} aria-hidden>
          {thread.done.slice(-3).map((step, i) => <i key={`${step.element}-${i}`} className={classes.beadDone} />)}
          {now ? <i className={classes.beadNow} data-overdue={now.overdue || undefined} /> : null}
          {now && thread.next.slice(0, 2).map((step) => <i key={step.element} className={step.certain ? classes.beadNext : classes.beadPerhaps} />)}
        </span>
        {withName && (
          <span className={classes.smallText} aria-hidden>
            {now ? `${standingName(now)} · ${shortSpan(now.since, when, t)}` : t("thread:ended")}
            {places.length > 1 && ` +${places.length - 1}`}
          </span>
        )}
      </span>
    </Tooltip>
  );
}
