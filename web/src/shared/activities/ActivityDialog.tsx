import { Anchor, Button, Group, Modal, SegmentedControl, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useActivity, useActivityActions } from "~/api/calendar.ts";
import type { Activity, Outcome } from "~/api/model.ts";
import { useLabels } from "../fields/labels.ts";
import { pathTo } from "../fields/links.ts";
import { InstanceLink } from "../instance-list/InstanceLink.tsx";
import { PersonName } from "../people/People.tsx";
import { Loaded } from "../states/States.tsx";
import { useToast } from "../states/toast.tsx";
import { useWhen } from "../time/When.tsx";
import { useClock } from "../time/clock.tsx";
import { DateTimeField } from "../time/Pickers.tsx";
import { exact, fromWall, time, toWall } from "../time/words.ts";
import classes from "./Activity.module.css";

/** A call or meeting opened: its facts, and what one may do with it: hold, reschedule, cancel. */
export function ActivityDialog({ activity: key, onClose }: { activity: string | null; onClose: () => void }) {
  const activity = useActivity(key);
  return (
    <Modal opened={key !== null} onClose={onClose} title={activity.data?.subject ?? ""} size="md">
      {key !== null && <Loaded query={activity}>{(data) => <Body key={data.key} activity={data} onClose={onClose} />}</Loaded>}
    </Modal>
  );
}

type Step = "look" | "hold" | "move" | "cancel";

function Body({ activity, onClose }: { activity: Activity; onClose: () => void }) {
  const { t } = useTranslation();
  const labels = useLabels();
  const when = useWhen();
  const planned = activity.status === "planned";
  const [step, setStep] = useState<Step>("look");
  return (
    <Stack gap="md">
      <dl className={classes.facts}>
        <dt>{t("activities:when")}</dt>
        <dd className="tabular">{activity.start ? `${exact(activity.start, when)}${activity.end ? `–${time(activity.end, when)}` : ""}` : "—"}</dd>
        <dt>{t("activities:who")}</dt>
        <dd><PersonName person={activity.owner} /></dd>
        {activity.record && (
          <>
            <dt>{t("activities:about")}</dt>
            <dd><Anchor component={Link} to={pathTo(activity.record.kind, activity.record.key)} size="sm" onClick={onClose}>{activity.record.title}</Anchor></dd>
          </>
        )}
        {activity.process && (
          <>
            <dt>{t("activities:process")}</dt>
            <dd><InstanceLink instance={activity.process.instance} onClick={onClose}>{activity.process.name}</InstanceLink></dd>
          </>
        )}
        <dt>{labels.field("activity", "status")}</dt>
        <dd>
          {labels.option("status", activity.status)}
          {activity.outcome && `: ${labels.option("outcome", activity.outcome)}`}
        </dd>
      </dl>
      {activity.description && <Text size="sm" style={{ whiteSpace: "pre-wrap" }}>{activity.description}</Text>}
      {activity.note && <blockquote className={classes.note}>{activity.note}</blockquote>}
      {planned && step === "look" && (
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => setStep("cancel")}>{t("activities:cancel")}</Button>
          <Button variant="default" onClick={() => setStep("move")}>{t("activities:reschedule")}</Button>
          <Button onClick={() => setStep("hold")} data-autofocus>{t(activity.type === "call" ? "activities:holdCall" : "activities:hold")}</Button>
        </Group>
      )}
      {step === "hold" && <Hold activity={activity} onBack={() => setStep("look")} onDone={onClose} />}
      {step === "move" && <Move activity={activity} onBack={() => setStep("look")} onDone={onClose} />}
      {step === "cancel" && <Cancel activity={activity} onBack={() => setStep("look")} onDone={onClose} />}
    </Stack>
  );
}

interface StepProps {
  activity: Activity;
  onBack: () => void;
  onDone: () => void;
}

function Hold({ activity, onBack, onDone }: StepProps) {
  const { t } = useTranslation();
  const labels = useLabels();
  const { hold } = useActivityActions();
  const toast = useToast();
  const [outcome, setOutcome] = useState<Outcome>("fine");
  const [note, setNote] = useState("");
  const outcomes: Outcome[] = activity.type === "call" ? ["fine", "problem", "no_answer"] : ["fine", "problem"];
  return (
    <form
      className={classes.step}
      onSubmit={(event) => {
        event.preventDefault();
        hold.mutate({ key: activity.key, outcome, note: note.trim() }, { onSuccess: () => (toast.done(t("activities:held")), onDone()), onError: toast.failed });
      }}
    >
      <Text size="sm" fw={600}>{t("activities:howWasIt")}</Text>
      <SegmentedControl fullWidth size="sm" aria-label={t("activities:howWasIt")} value={outcome} onChange={(value) => setOutcome(value as Outcome)} data={outcomes.map((o) => ({ value: o, label: labels.option("outcome", o) }))} />
      <Textarea label={t("activities:note")} autosize minRows={2} value={note} onChange={(e) => setNote(e.currentTarget.value)} autoFocus />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onBack}>{t("page:back")}</Button>
        <Button type="submit" loading={hold.isPending}>{t("activities:record")}</Button>
      </Group>
    </form>
  );
}

function Move({ activity, onBack, onDone }: StepProps) {
  const { t } = useTranslation();
  const { zone } = useClock();
  const { reschedule } = useActivityActions();
  const toast = useToast();
  const [start, setStart] = useState(() => (activity.start ? toWall(activity.start, zone) : ""));
  return (
    <form
      className={classes.step}
      onSubmit={(event) => {
        event.preventDefault();
        if (!activity.start) return;
        const from = fromWall(start, zone);
        // What it lasts stays as it was.
        const end = activity.end ? new Date(Date.parse(from) + Date.parse(activity.end) - Date.parse(activity.start)).toISOString() : null;
        reschedule.mutate({ key: activity.key, version: activity.version, start: from, end }, { onSuccess: () => (toast.done(t("activities:moved")), onDone()), onError: toast.failed });
      }}
    >
      <DateTimeField label={t("activities:newTime")} required value={start} onChange={setStart} autoFocus />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onBack}>{t("page:back")}</Button>
        <Button type="submit" loading={reschedule.isPending} disabled={start === ""}>{t("activities:reschedule")}</Button>
      </Group>
    </form>
  );
}

function Cancel({ activity, onBack, onDone }: StepProps) {
  const { t } = useTranslation();
  const { cancel } = useActivityActions();
  const toast = useToast();
  const [reason, setReason] = useState("");
  return (
    <form
      className={classes.step}
      onSubmit={(event) => {
        event.preventDefault();
        cancel.mutate({ key: activity.key, reason: reason.trim() }, { onSuccess: () => (toast.done(t("activities:cancelled")), onDone()), onError: toast.failed });
      }}
    >
      <Textarea label={t("reason:label")} description={activity.process ? t("activities:processGoesOn") : undefined} required autosize minRows={2} value={reason} onChange={(e) => setReason(e.currentTarget.value)} autoFocus />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onBack}>{t("page:back")}</Button>
        <Button type="submit" color="red.9" loading={cancel.isPending} disabled={reason.trim() === ""}>{t("activities:cancelIt", { subject: activity.subject })}</Button>
      </Group>
    </form>
  );
}
