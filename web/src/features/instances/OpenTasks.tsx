import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Task } from "~/api/model.ts";
import { useFirst } from "~/shared/list/first.tsx";
import { Section } from "~/shared/page/Page.tsx";
import { HandOverDialog, Priority, TaskHolder, useTaskName } from "~/shared/tasks/TaskParts.tsx";
import { Due } from "~/shared/time/When.tsx";
import classes from "./Instances.module.css";

/** The tasks that stand now, and who has them. */
export function OpenTasks({ tasks, names, stepIn }: { tasks: Task[]; names: Record<string, string>; stepIn: boolean }) {
  const { t } = useTranslation();
  const name = useTaskName(names);
  const [handOver, setHandOver] = useState<Task | null>(null);
  const open = tasks.filter((task) => !task.completed);
  const { shown, rest } = useFirst(open, 8);
  return (
    <Section title={t("instances:tasks")} count={open.length} flush>
      {open.length === 0 ? (
        <p className={classes.empty}>{t("instances:noTasks")}</p>
      ) : (
        <ul className={classes.rows}>
          {shown.map((task) => (
            <li key={task.key} className={classes.row}>
              <span className={classes.rowMain}>
                <Link to={`/tasks/${task.key}`} className={classes.rowTitle}>{name(task)}</Link>
                <span className={classes.rowFacts}>
                  <TaskHolder task={task} />
                  {task.due && <Due at={task.due} overdue={task.overdue} />}
                  <Priority task={task} />
                </span>
              </span>
              {stepIn && <Button variant="default" size="compact-xs" onClick={() => setHandOver(task)}>{t("tasks:handOver")}</Button>}
            </li>
          ))}
        </ul>
      )}
      {rest}
      <HandOverDialog task={handOver} onClose={() => setHandOver(null)} />
    </Section>
  );
}
