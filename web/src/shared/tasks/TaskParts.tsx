import { Select, Stack, Textarea, Modal, Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAssignTask } from "~/api/tasks.ts";
import { usePeople } from "~/api/people.ts";
import type { Task } from "~/api/model.ts";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { isMadeUp } from "../elements/kinds.ts";
import { PersonName } from "../people/People.tsx";
import { useToast } from "../states/toast.tsx";
import classes from "./Tasks.module.css";

/** The priority of a task of which the diagram says nothing. */
export const USUAL_PRIORITY = 50;

/** What a task is called. The server says the id of one that has no name; `names` knows better where the diagram is at hand. */
export function useTaskName(names: Record<string, string> = {}): (task: Pick<Task, "name" | "element">) => string {
  const { t } = useTranslation();
  return (task) => {
    if (task.name.trim() !== "" && task.name !== task.element) return task.name;
    return names[task.element] ?? (isMadeUp(task.element) ? t("elements:kind.userTask") : task.element);
  };
}

/** Who has a task, or whose queue it stands in. */
export function TaskHolder({ task }: { task: Task }) {
  const { t } = useTranslation();
  if (task.assignee) return <PersonName person={task.assignee} />;
  const teams = task.candidateTeams.map((team) => team.title);
  return <PersonName person={null} nobody={teams.length > 0 ? t("tasks:inQueue", { team: teams.join(", ") }) : t("tasks:nobody")} />;
}

/** How urgent a task is, where that is not as usual. */
export function Priority({ task }: { task: Pick<Task, "priority"> }) {
  const { t } = useTranslation();
  if (task.priority === USUAL_PRIORITY) return null;
  const Icon = task.priority > USUAL_PRIORITY ? IconChevronUp : IconChevronDown;
  return (
    <span className={classes.priority} data-high={task.priority > USUAL_PRIORITY || undefined}>
      <Icon size={13} aria-hidden />
      {t("tasks:priority", { priority: task.priority })}
    </span>
  );
}

/** Hands a task to somebody else, with a reason that is kept. */
export function HandOverDialog({ task, onClose }: { task: Task | null; onClose: () => void }) {
  const { t } = useTranslation();
  const name = useTaskName();
  return (
    <Modal opened={task !== null} onClose={onClose} title={task ? t("tasks:handOverTitle", { task: name(task) }) : ""}>
      {task && <HandOver task={task} onClose={onClose} />}
    </Modal>
  );
}

function HandOver({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation();
  const people = usePeople();
  const assign = useAssignTask();
  const toast = useToast();
  const [to, setTo] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const options = (people.data ?? []).filter((p) => p.login !== task.assignee?.login).map((p) => ({ value: p.login, label: p.name }));
  const name = options.find((o) => o.value === to)?.label ?? "";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!to) return;
        assign.mutate(
          { key: task.key, assignee: to, reason: reason.trim() },
          {
            onSuccess: () => {
              toast.done(t("tasks:handedOver", { name }));
              onClose();
            },
            onError: toast.failed,
          },
        );
      }}
    >
      <Stack gap="md">
        <Select label={t("tasks:toWhom")} data={options} value={to} onChange={setTo} searchable required data-autofocus nothingFoundMessage={t("people:nobodyFound")} />
        <Textarea label={t("reason:label")} description={t("reason:kept")} required autosize minRows={2} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>{t("page:cancel")}</Button>
          <Button type="submit" loading={assign.isPending} disabled={!to || reason.trim() === ""}>{t("tasks:handOver")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
