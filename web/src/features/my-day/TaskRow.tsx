import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "~/api/session.ts";
import { useAssignTask } from "~/api/tasks.ts";
import type { Task } from "~/api/model.ts";
import { useToast } from "~/shared/states/toast.tsx";
import { Priority, TaskHolder, useTaskName } from "~/shared/tasks/TaskParts.tsx";
import { ThreadSmall } from "~/shared/thread/Thread.tsx";
import { Due, When } from "~/shared/time/When.tsx";
import classes from "./MyDay.module.css";

/** One task: what to do, about whom, where it stands, when it is due. */
export function TaskRow({ task, claimable }: { task: Task; claimable: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const assign = useAssignTask();
  const toast = useToast();
  const name = useTaskName();
  return (
    <li className={classes.row}>
      <Link to={`/tasks/${task.key}`} className={classes.link} data-row-link>
        <span className={classes.name}>{name(task)}</span>
        <span className={classes.about}>{[task.subject?.title, task.process?.name].filter(Boolean).join(" · ")}</span>
      </Link>
      <span className={classes.thread}>{task.thread && <ThreadSmall thread={task.thread} withName={false} />}</span>
      {claimable ? (
        <span className={classes.holder}>
          {task.assignee ? (
            <TaskHolder task={task} />
          ) : (
            <Button variant="default" size="compact-xs" loading={assign.isPending} onClick={() => assign.mutate({ key: task.key, assignee: me.login }, { onSuccess: () => toast.done(t("my-day:claimed", { task: name(task) })), onError: toast.failed })}>
              {t("my-day:claim")}
            </Button>
          )}
        </span>
      ) : null}
      {!task.completed && <Priority task={task} />}
      <span className={classes.due}>{task.completed ? <When at={task.completed} /> : task.due ? <Due at={task.due} overdue={task.overdue} /> : null}</span>
    </li>
  );
}
