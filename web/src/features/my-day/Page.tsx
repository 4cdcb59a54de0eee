import { Anchor, Button } from "@mantine/core";
import { IconCoffee } from "@tabler/icons-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "~/api/session.ts";
import { useTasks } from "~/api/tasks.ts";
import type { Task } from "~/api/model.ts";
import { ListBar, ViewTabs } from "~/shared/list/Chips.tsx";
import { useListKeys } from "~/shared/list/keys.ts";
import { PageHeader } from "~/shared/page/Page.tsx";
import { may } from "~/shared/people/may.ts";
import { EmptyState, Loaded, RowsSkeleton } from "~/shared/states/States.tsx";
import { useWhen } from "~/shared/time/When.tsx";
import { longDay } from "~/shared/time/words.ts";
import classes from "./MyDay.module.css";
import { TaskRow } from "./TaskRow.tsx";
import { Today } from "./Today.tsx";

type View = "mine" | "team" | "all" | "done";

/** One's own work: tasks, overdue first, and today's calendar beside them. */
export function Page() {
  const { t } = useTranslation();
  const me = useMe();
  const when = useWhen();
  const [view, setView] = useState<View>("mine");
  const mine = useTasks({ view: "mine", state: "open" });
  const team = useTasks({ view: "team", state: "open" });
  const overseer = may.watch(me.role);
  const all = useTasks({ view: "all", state: "open" }, overseer);
  const done = useTasks({ view: "mine", state: "done" });
  const tasks = { mine, team, all, done }[view];
  const count = (query: typeof mine) => query.data?.pages[0]?.total ?? query.data?.pages.reduce((n, page) => n + page.items.length, 0);
  const late = mine.data?.pages.flatMap((page) => page.items).filter((task) => task.overdue).length ?? 0;
  const views: { value: View; label: string; count?: number }[] = [
    { value: "mine", label: t("my-day:mine"), count: count(mine) },
    { value: "team", label: t("my-day:team"), count: count(team) },
    ...(overseer ? [{ value: "all" as const, label: t("my-day:all"), count: count(all) }] : []),
    { value: "done", label: t("my-day:done") },
  ];

  return (
    <>
      <PageHeader
        title={t("my-day:greeting", { name: me.name.split(" ")[0] })}
        tab={t("frame:myDay")}
        facts={[longDay(when.now, when), count(mine) !== undefined && t("my-day:open", { count: count(mine) }), late > 0 && <b key="late" className={classes.late}>{t("my-day:late", { count: late })}</b>]}
      />
      <div className={classes.page}>
        <section aria-label={t("my-day:tasks")} className={classes.tasks}>
          <ListBar>
            <ViewTabs label={t("my-day:tasks")} views={views} value={view} onChange={setView} />
          </ListBar>
          <Loaded query={tasks} skeleton={<RowsSkeleton />}>
            {(data) => {
              const rows = data.pages.flatMap((page) => page.items);
              if (rows.length === 0) return <NoTasks view={view} onTeam={() => setView("team")} team={count(team) ?? 0} />;
              return (
                <>
                  <Tasks rows={rows} view={view} />
                  {tasks.hasNextPage && <Button variant="subtle" m="sm" onClick={() => tasks.fetchNextPage()} loading={tasks.isFetchingNextPage}>{t("list:more")}</Button>}
                </>
              );
            }}
          </Loaded>
        </section>
        <aside className={classes.today}>
          <Today />
        </aside>
      </div>
    </>
  );
}

function NoTasks({ view, team, onTeam }: { view: View; team: number; onTeam: () => void }) {
  const { t } = useTranslation();
  if (view === "done") return <EmptyState title={t("my-day:noneDone")}>{t("my-day:noneDoneText")}</EmptyState>;
  const next = view === "mine" && team > 0 ? <Button variant="default" onClick={onTeam}>{t("my-day:seeTeam", { count: team })}</Button> : <Anchor component={Link} to="/records/case" size="sm">{t("my-day:seeCases")}</Anchor>;
  return <EmptyState icon={<IconCoffee />} title={t(view === "mine" ? "my-day:noneMine" : view === "all" ? "my-day:noneAll" : "my-day:noneTeam")} action={next}>{t("my-day:noneText")}</EmptyState>;
}

/** Overdue, today, later: the heads of the list, in the order in which the tasks come. */
function Tasks({ rows, view }: { rows: Task[]; view: View }) {
  const { t } = useTranslation();
  const when = useWhen();
  const list = useRef<HTMLDivElement>(null);
  useListKeys(list);
  const groups = useMemo(() => {
    if (view === "done") return [{ name: null, rows }];
    const endOfToday = longDay(when.now, when);
    const name = (task: Task) => (task.overdue ? "overdue" : !task.due ? "someday" : longDay(Date.parse(task.due), when) === endOfToday ? "today" : "later");
    return ["overdue", "today", "later", "someday"].map((group) => ({ name: group, rows: rows.filter((task) => name(task) === group) })).filter((group) => group.rows.length > 0);
  }, [rows, view, when]);
  return (
    <div ref={list}>
      {groups.map((group) => (
        <section key={group.name ?? "all"}>
          {group.name && (
            <h2 className={classes.group} data-late={group.name === "overdue" || undefined}>
              {t(`my-day:group.${group.name}`)} <span>{group.rows.length}</span>
            </h2>
          )}
          <ul className={classes.list}>
            {group.rows.map((task) => <TaskRow key={task.key} task={task} claimable={view === "team" || view === "all"} />)}
          </ul>
        </section>
      ))}
    </div>
  );
}
