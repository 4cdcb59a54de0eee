import { IconTriangleFilled } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { InstanceRow } from "~/api/model.ts";
import { useMe } from "~/api/session.ts";
import { may } from "../people/may.ts";
import { ThreadSmall } from "../thread/Thread.tsx";
import { elementName, named, namedThread } from "../thread/words.ts";
import { Due, When } from "../time/When.tsx";
import classes from "./Instances.module.css";

/** What an instance is called: what it is about, else its process. */
export function instanceTitle(row: Pick<InstanceRow, "subject" | "process" | "key">): string {
  return row.subject?.title ?? `${row.process.name ?? row.process.id} ${row.key}`;
}

export function InstanceState({ row }: { row: Pick<InstanceRow, "state" | "incidents"> }) {
  const { t } = useTranslation();
  if (row.incidents > 0) {
    return (
      <span className={classes.stuck}>
        <IconTriangleFilled size={11} aria-hidden /> {t("instance-list:state.incident")}
      </span>
    );
  }
  return <span className={classes.state} data-state={row.state}>{t(`instance-list:state.${row.state}`)}</span>;
}

/** Where an instance stands, in one line. */
export function StandsAt({ row, names }: { row: InstanceRow; names?: Record<string, string> }) {
  if (row.thread) return <ThreadSmall thread={namedThread(row.thread, names)} />;
  const at = row.at[0];
  if (!at) return <InstanceState row={row} />;
  return <>{elementName(named(at, names))}</>;
}

/** Instances as short rows for asides and panels. `names`: what to call elements without a name, where their diagram is known. */
export function InstanceList({ rows, withProcess = false, names }: { rows: InstanceRow[]; withProcess?: boolean; names?: Record<string, string> }) {
  const { role } = useMe();
  return (
    <ul className={classes.list}>
      {rows.map((row) => {
        const at = row.at[0];
        const words = (
          <>
            <span className={classes.head}>
              <span className={classes.title}>{withProcess ? (row.process.name ?? row.process.id) : instanceTitle(row)}</span>
              <span className={classes.when}>{at ? <Due at={at.since} overdue={at.overdue} /> : row.ended ? <When at={row.ended} /> : null}</span>
            </span>
            <span className={classes.where}>{row.state === "active" && row.incidents === 0 ? <StandsAt row={row} names={names} /> : <InstanceState row={row} />}</span>
          </>
        );
        return <li key={row.key}>{may.watch(role) ? <Link to={`/instances/${row.key}`} className={classes.row}>{words}</Link> : <div className={classes.row}>{words}</div>}</li>;
      })}
    </ul>
  );
}
