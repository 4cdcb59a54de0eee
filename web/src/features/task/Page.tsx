import { Anchor, Button, Menu, Text } from "@mantine/core";
import { IconArrowBackUp, IconUserShare } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { useMe } from "~/api/session.ts";
import { useAssignTask, useCompleteTask, useReturnTask, useTask } from "~/api/tasks.ts";
import type { Fields, TaskDetail } from "~/api/model.ts";
import { usePageKey } from "~/shared/list/keys.ts";
import { InstanceLink } from "~/shared/instance-list/InstanceLink.tsx";
import { may } from "~/shared/people/may.ts";
import { Columns, PageHeader, Section } from "~/shared/page/Page.tsx";
import { CardSkeleton, Loaded } from "~/shared/states/States.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import { HandOverDialog, Priority, TaskHolder, USUAL_PRIORITY, useTaskName } from "~/shared/tasks/TaskParts.tsx";
import { Thread } from "~/shared/thread/Thread.tsx";
import { Due, When } from "~/shared/time/When.tsx";
import { NoteForm } from "./NoteForm.tsx";
import { SubjectCard } from "./SubjectCard.tsx";
import { TaskForm } from "./TaskForm.tsx";

export function Page() {
  const { key = "" } = useParams();
  const task = useTask(key);
  return <Loaded query={task} skeleton={<CardSkeleton />}>{(data) => <TaskPage key={data.key} task={data} />}</Loaded>;
}

/** A task: what is to be done, its form, the record that it is about, and where all this stands. */
function TaskPage({ task }: { task: TaskDetail }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const toast = useToast();
  const assign = useAssignTask();
  const complete = useCompleteTask(task.key);
  const giveBack = useReturnTask(task.key);
  const name = useTaskName()(task);
  const [handOver, setHandOver] = useState(false);
  const mine = task.mayComplete && task.assignee?.login === me.login;
  const open = task.state === "open";
  const formId = "task-form";
  const submit = () => (document.getElementById(formId) as HTMLFormElement | null)?.requestSubmit();
  usePageKey("KeyC", submit, open && mine);

  const done = (variables: Fields) =>
    complete.mutate(variables, {
      onSuccess: () => {
        toast.done(t("task:completed", { task: name }));
        void navigate("/");
      },
      onError: toast.failed,
    });
  const claim = () => assign.mutate({ key: task.key, assignee: me.login }, { onSuccess: () => toast.done(t("task:claimed")), onError: toast.failed });

  const action = !open ? null : mine ? (
    <Button form={formId} type="submit" loading={complete.isPending} aria-keyshortcuts="c">{t("task:complete")}</Button>
  ) : task.mayTake ? (
    <Button loading={assign.isPending} onClick={claim}>{t("task:claim")}</Button>
  ) : null;

  return (
    <>
      <PageHeader
        above={<Anchor component={Link} to="/" inherit>{t("frame:myDay")}</Anchor>}
        title={name}
        facts={[
          <TaskHolder key="who" task={task} />,
          open ? task.due && <span key="due">{!task.overdue && `${t("task:due")} `}<Due at={task.due} overdue={task.overdue} /></span> : <span key="done">{t(task.state === "done" ? "task:wasDone" : "task:wasCancelled")} <When at={task.completed ?? ""} /></span>,
          open && task.priority !== USUAL_PRIORITY && <Priority key="priority" task={task} />,
          task.instance && task.process ? <InstanceLink key="process" instance={task.instance}>{task.process.name ?? task.process.id}</InstanceLink> : null,
        ]}
        action={action}
        more={
          open && ((task.mayReturn && task.candidateTeams.length > 0) || task.mayAssign) ? (
            <>
              {task.mayAssign && <Menu.Item leftSection={<IconUserShare size={15} />} onClick={() => setHandOver(true)}>{t("tasks:handOver")}</Menu.Item>}
              {task.mayReturn && task.candidateTeams.length > 0 && <Menu.Item leftSection={<IconArrowBackUp size={15} />} onClick={() => giveBack.mutate(undefined, { onSuccess: () => toast.done(t("task:returned")), onError: toast.failed })}>{t("task:giveBack")}</Menu.Item>}
            </>
          ) : undefined
        }
      />
      <Columns
        aside={
          <>
            {task.subject && <SubjectCard subject={task.subject} />}
            {task.thread && (
              <Section title={t("thread:label")} action={task.instance && may.watch(me.role) && <Anchor component={Link} to={`/instances/${task.instance}`} size="xs">{t("task:openInstance")}</Anchor>}>
                <Thread thread={task.thread} />
              </Section>
            )}
          </>
        }
      >
        {task.documentation && <Text size="md" style={{ whiteSpace: "pre-wrap" }}>{task.documentation}</Text>}
        {task.state === "cancelled" ? (
          <Text size="sm" c="dimmed">{t("task:notNeeded")}</Text>
        ) : (
          <Section title={t(open ? "task:whatToDo" : "task:whatWasDone")} flush={task.form !== null}>
            {task.form ? (
              <TaskForm key={task.state} id={formId} schema={task.form} data={task.variables} readOnly={!open || !mine} onSubmit={done} />
            ) : (
              <NoteForm id={formId} readOnly={!open || !mine} written={task.note} onSubmit={done} />
            )}
          </Section>
        )}
        {open && !mine && <Text size="sm" c="dimmed">{t(task.assignee ? "task:othersHas" : task.mayTake ? "task:claimFirst" : "task:othersTake", { name: task.assignee?.name })}</Text>}
      </Columns>
      <HandOverDialog task={handOver ? task : null} onClose={() => setHandOver(false)} />
    </>
  );
}
