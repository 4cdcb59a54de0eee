import { Button, Group, Modal, SimpleGrid, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useCreateRecord, useKinds, useRecord } from "~/api/records.ts";
import { useMe } from "~/api/session.ts";
import type { FieldDescription, Fields, KindDescription } from "~/api/model.ts";
import { FieldInput } from "~/shared/fields/FieldInput.tsx";
import { useLabels } from "~/shared/fields/labels.ts";
import { pathTo } from "~/shared/fields/links.ts";
import { toValue } from "~/shared/fields/values.ts";
import { Loaded, useErrorWords, useFieldProblem } from "~/shared/states/States.tsx";
import { useToast } from "~/shared/states/toast.tsx";

interface Props {
  kind: string;
  about: { kind: string; key: string } | null;
  onClose: () => void;
}

/** A new record of any kind, its form made from the kind's description. */
export function CreateRecord({ kind, about, onClose }: Props) {
  const labels = useLabels();
  const kinds = useKinds();
  const me = useMe();
  return (
    <Modal opened onClose={onClose} title={labels.newKind(kind)} size="lg">
      <Loaded query={kinds}>
        {(all) => {
          const description = all.find((k) => k.kind === kind);
          return description && <CreateForm description={description} about={about} me={me.key} myName={me.name} onClose={onClose} />;
        }}
      </Loaded>
    </Modal>
  );
}

/** Set by the system or at the end of the record's life. */
const LATER = ["resolution", "closed_at", "opened_at", "number"];

/** What a new record begins with: the first of each required choice, oneself as the owner, what it is about. */
function firstValues(fields: FieldDescription[], about: Props["about"], me: string): Fields {
  const values: Fields = {};
  for (const field of fields) {
    if (field.type === "choice" && field.required) values[field.name] = field.options?.includes("normal") ? "normal" : (field.options?.[0] ?? null);
    if (field.name === "owner") values.owner = me;
    if (about && field.link === about.kind) values[field.name] = about.key;
  }
  return values;
}

function CreateForm({ description, about, me, myName, onClose }: { description: KindDescription; about: Props["about"]; me: string; myName: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { kind } = description;
  const navigate = useNavigate();
  const labels = useLabels();
  const toast = useToast();
  const words = useErrorWords();
  const create = useCreateRecord(kind);
  const fields = description.fields.filter((f) => f.writable && !LATER.includes(f.name));
  const [values, setValues] = useState<Fields>(() => firstValues(fields, about, me));
  const problem = useFieldProblem();
  const unplaced = create.error && create.error.problems.every((p) => !fields.some((f) => f.name === p.field));
  const missing = fields.some((f) => f.required && (values[f.name] ?? "") === "");
  const aboutRecord = useRecord(about?.kind ?? kind, about?.key ?? "");

  const submit = () =>
    create.mutate(Object.fromEntries(fields.map((f) => [f.name, typeof values[f.name] === "string" ? toValue(f, String(values[f.name])) : (values[f.name] ?? null)]).filter(([, v]) => v !== null)), {
      onSuccess: (row) => {
        toast.done(t("records:created", { title: row.title }));
        void navigate(pathTo(kind, row.key));
      },
    });
  const input = (field: FieldDescription, first: boolean) => (
    <FieldInput key={field.name} kind={kind} field={field} value={values[field.name] ?? null} linkTitle={field.name === "owner" ? myName : field.link === about?.kind ? aboutRecord.data?.title : undefined} onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))} error={problem(create.error, field.name)} autoFocus={first} />
  );
  const short = fields.filter((f) => f.type !== "longText" && f.name !== "subject" && f.name !== "name");
  const head = fields.filter((f) => f.name === "subject" || f.name === "name");

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!missing) submit();
      }}
    >
      <Stack gap="sm">
        {head.map((field, i) => input(field, i === 0))}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          {short.map((field, i) => input(field, head.length === 0 && i === 0))}
        </SimpleGrid>
        {fields.filter((f) => f.type === "longText").map((field) => input(field, false))}
        {unplaced && <Text role="alert" size="sm" c="var(--danger)">{words(create.error)}</Text>}
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={onClose}>{t("page:cancel")}</Button>
          <Button type="submit" loading={create.isPending} disabled={missing}>{t("records:create", { kind: labels.kind(kind).toLowerCase() })}</Button>
        </Group>
      </Stack>
    </form>
  );
}
