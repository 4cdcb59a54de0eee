import { Button, Group, Modal, SegmentedControl, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useActivityActions } from "~/api/calendar.ts";
import { useMe } from "~/api/session.ts";
import { useLabels } from "../fields/labels.ts";
import { PersonSelect } from "../people/People.tsx";
import { useErrorWords } from "../states/States.tsx";
import { useToast } from "../states/toast.tsx";
import { useClock } from "../time/clock.tsx";
import { DateTimeField } from "../time/Pickers.tsx";
import { fromWall, toWall } from "../time/words.ts";
import { RecordPicker } from "../fields/RecordPicker.tsx";
import { addMinutes, nextFullHour, REMINDERS } from "./times.ts";

interface Props {
  type: "call" | "meeting";
  about: { kind: string; key: string } | null;
  /** Wall time to begin with, e.g. where the calendar was clicked. */
  start: string | null;
  onClose: () => void;
}

/** Plans a call or a meeting: what, when, who, about which record, and when to remind. */
export function CreateActivity({ type: first, about, start, onClose }: Props) {
  const { t } = useTranslation();
  const labels = useLabels();
  const me = useMe();
  const { now, zone } = useClock();
  const { plan } = useActivityActions();
  const toast = useToast();
  const words = useErrorWords();
  const [type, setType] = useState<"call" | "meeting">(first);
  const [subject, setSubject] = useState("");
  const [begin, setBegin] = useState(() => (start ?? nextFullHour(toWall(now, zone))));
  const [minutes, setMinutes] = useState(first === "call" ? "30" : "60");
  const [owner, setOwner] = useState<string | null>(me.login);
  const [record, setRecord] = useState(about);
  const [remind, setRemind] = useState<string | null>("15");
  const ready = subject.trim() !== "" && begin !== "" && owner !== null;

  const submit = () => {
    if (!ready || owner === null) return;
    const from = fromWall(begin, zone);
    plan.mutate(
      {
        type,
        subject: subject.trim(),
        start: from,
        end: addMinutes(from, Number(minutes)),
        owner,
        record,
        remindAt: remind ? addMinutes(from, -Number(remind)) : null,
      },
      {
        onSuccess: () => {
          toast.done(t("activities:planned"));
          onClose();
        },
      },
    );
  };

  return (
    <Modal opened onClose={onClose} title={labels.newKind(type)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="sm">
          <SegmentedControl size="xs" value={type} onChange={(value) => setType(value as "call" | "meeting")} data={[{ value: "call", label: labels.kind("call") }, { value: "meeting", label: labels.kind("meeting") }]} />
          <TextInput label={labels.field("activity", "subject")} required value={subject} onChange={(e) => setSubject(e.currentTarget.value)} data-autofocus maxLength={200} />
          <Group grow align="flex-start">
            <DateTimeField label={t("activities:start")} required value={begin} onChange={setBegin} />
            <Select label={t("activities:length")} data={["15", "30", "45", "60", "90", "120"].map((m) => ({ value: m, label: t("activities:minutes", { count: Number(m) }) }))} value={minutes} onChange={(v) => setMinutes(v ?? "30")} allowDeselect={false} />
          </Group>
          <RecordPicker label={t("activities:about")} value={record} onChange={setRecord} />
          <Group grow align="flex-start">
            <PersonSelect label={t("activities:who")} value={owner} onChange={setOwner} required />
            <Select label={t("activities:remind")} clearable placeholder={t("activities:noReminder")} data={REMINDERS.map((m) => ({ value: String(m), label: t("activities:before", { count: m }) }))} value={remind} onChange={setRemind} />
          </Group>
          {plan.error && <p role="alert" style={{ color: "var(--danger)", margin: 0, fontSize: "0.8125rem" }}>{words(plan.error)}</p>}
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>{t("page:cancel")}</Button>
            <Button type="submit" loading={plan.isPending} disabled={!ready}>{t("activities:plan")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
