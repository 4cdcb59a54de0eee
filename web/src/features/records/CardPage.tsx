import { Anchor, Button, Menu } from "@mantine/core";
import { IconCheck, IconPhone, IconTrash, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { ApiError } from "~/api/client.ts";
import { useChangeRecord, useDeleteRecord, useKinds, useRecord } from "~/api/records.ts";
import type { FieldDescription, Json, KindDescription, RecordDetail } from "~/api/model.ts";
import { useCreate } from "~/shared/create/create.ts";
import { Status } from "~/shared/fields/FieldValue.tsx";
import { useLabels } from "~/shared/fields/labels.ts";
import { BOOKKEEPING } from "~/shared/fields/values.ts";
import { InstanceList } from "~/shared/instance-list/InstanceList.tsx";
import { Columns, PageHeader, Section } from "~/shared/page/Page.tsx";
import { PersonName } from "~/shared/people/People.tsx";
import { ReasonDialog } from "~/shared/reason/ReasonDialog.tsx";
import { CardSkeleton, FailedState } from "~/shared/states/States.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import { Thread } from "~/shared/thread/Thread.tsx";
import { When } from "~/shared/time/When.tsx";
import { DeleteDialog } from "./DeleteDialog.tsx";
import { EditableField, fieldValue } from "./EditableField.tsx";
import { LinkedRecords } from "./LinkedRecords.tsx";
import classes from "./Records.module.css";
import { Timeline } from "./Timeline.tsx";

export function Page() {
  const { kind = "", key = "" } = useParams();
  const kinds = useKinds();
  const record = useRecord(kind, key);
  if (record.data && kinds.data) {
    const description = kinds.data.find((k) => k.kind === kind);
    return description ? <Card key={`${kind}-${key}`} record={record.data} description={description} /> : <FailedState error={new ApiError({ status: 404 })} />;
  }
  const error = record.error ?? kinds.error;
  return error ? <FailedState error={error} retry={() => record.refetch()} /> : <CardSkeleton />;
}

/** Long texts stand below the short fields, else they tear holes into the grid. */
const longLast = (a: FieldDescription, b: FieldDescription) => Number(a.type === "longText") - Number(b.type === "longText");

/** A record's card: its fields, edited in place; what happened with it; where its processes stand. */
function Card({ record, description }: { record: RecordDetail; description: KindDescription }) {
  const { t } = useTranslation();
  const { kind, key } = record;
  const labels = useLabels();
  const navigate = useNavigate();
  const toast = useToast();
  const { create } = useCreate();
  const change = useChangeRecord(kind, key);
  const remove = useDeleteRecord(kind, key);
  const [closing, setClosing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const stateField = kind === "deal" ? "stage" : "status";
  const state = record.fields[stateField];
  const canClose = kind === "case" && state !== "closed";

  const save = (field: FieldDescription, value: Json) => {
    const before = fieldValue(record, field);
    change.mutate(
      { version: record.version, fields: { [field.name]: value } },
      {
        onSuccess: (row) => toast.done(t("records:saved", { field: labels.field(kind, field.name) }), () => change.mutate({ version: row.version, fields: { [field.name]: before } }, { onError: toast.failed })),
        onError: toast.failed,
      },
    );
  };
  const close = (resolution: string) =>
    change.mutate(
      { version: record.version, fields: { status: "closed", resolution } },
      {
        onSuccess: () => {
          setClosing(false);
          toast.done(t("records:caseClosed"));
        },
        onError: toast.failed,
      },
    );
  const openOnes = record.instances.filter((i) => i.state === "active");

  return (
    <>
      <PageHeader
        above={<Anchor component={Link} to={`/records/${kind}`} inherit>{labels.kinds(kind)}</Anchor>}
        title={record.title}
        facts={[
          typeof record.fields.number === "string" && !record.title.includes(record.fields.number) && <span key="number" className="tabular">{record.fields.number}</span>,
          typeof state === "string" && <Status key="state" field={stateField} value={state} />,
          record.links.owner && <PersonName key="owner" person={record.links.owner.title} />,
          <span key="changed">{t("records:changedFact")} <When at={record.changedAt} /></span>,
        ]}
        action={
          canClose ? (
            <Button leftSection={<IconCheck size={15} />} onClick={() => setClosing(true)}>{t("records:closeCase")}</Button>
          ) : (
            <Button variant="default" leftSection={<IconPhone size={15} />} onClick={() => create("call", { about: { kind, key } })}>{t("records:planCall")}</Button>
          )
        }
        more={
          <>
            {canClose && <Menu.Item leftSection={<IconPhone size={15} />} onClick={() => create("call", { about: { kind, key } })}>{t("records:planCall")}</Menu.Item>}
            <Menu.Item leftSection={<IconUsers size={15} />} onClick={() => create("meeting", { about: { kind, key } })}>{t("records:planMeeting")}</Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => setDeleting(true)}>{t("records:delete")}</Menu.Item>
          </>
        }
      />
      <Columns
        aside={
          <>
            {record.thread && (
              <Section title={t("thread:label")}>
                <Thread thread={record.thread} />
              </Section>
            )}
            <Section title={t("records:processes")} count={record.instances.length} flush>
              {record.instances.length === 0 ? <p className={classes.empty}>{t("records:noProcesses")}</p> : <InstanceList rows={[...openOnes, ...record.instances.filter((i) => i.state !== "active")]} withProcess />}
            </Section>
            <LinkedRecords kind={kind} recordKey={key} />
          </>
        }
      >
        <Section title={t("records:details")}>
          <dl className={classes.fields}>
            {description.fields.filter((field) => !BOOKKEEPING.includes(field.name)).sort(longLast).map((field) => <EditableField key={field.name} record={record} field={field} onSave={save} />)}
          </dl>
        </Section>
        <Timeline kind={kind} recordKey={key} />
      </Columns>
      <ReasonDialog opened={closing} title={t("records:closeCase")} confirm={t("records:closeCase")} label={t("fields:field.any.resolution")} busy={change.isPending} onConfirm={close} onClose={() => setClosing(false)}>
        {t("records:closeText", { title: record.title })}
      </ReasonDialog>
      <DeleteDialog
        opened={deleting}
        title={record.title}
        busy={remove.isPending}
        onClose={() => setDeleting(false)}
        onDelete={() => remove.mutate(record.version, { onSuccess: () => (toast.done(t("records:deleted", { title: record.title })), void navigate(`/records/${kind}`)), onError: (error) => (setDeleting(false), toast.failed(error)) })}
      />
    </>
  );
}
