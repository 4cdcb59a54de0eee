import { Button, Group, UnstyledButton } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDescription, Json, RecordDetail } from "~/api/model.ts";
import { FieldInput } from "~/shared/fields/FieldInput.tsx";
import { FieldValue } from "~/shared/fields/FieldValue.tsx";
import { useLabels } from "~/shared/fields/labels.ts";
import { toValue } from "~/shared/fields/values.ts";
import classes from "./Records.module.css";

interface Props {
  record: RecordDetail;
  field: FieldDescription;
  onSave: (field: FieldDescription, value: Json) => void;
}

/** What a field's value is as the API takes it: a link is its key. */
export function fieldValue(record: Pick<RecordDetail, "fields" | "links">, field: FieldDescription): Json {
  return field.type === "link" ? (record.links[field.name]?.key ?? null) : (record.fields[field.name] ?? null);
}

/** A field that turns into its input when clicked: Enter or leaving saves, Esc leaves it as it was. */
export function EditableField({ record, field, onSave }: Props) {
  const labels = useLabels();
  const [editing, setEditing] = useState(false);
  const label = labels.field(record.kind, field.name);
  return (
    <div className={classes.field} data-long={field.type === "longText" || undefined}>
      <dt>{label}</dt>
      <dd>
        {!field.writable ? (
          <div className={classes.fixed}><FieldValue record={record} field={field} /></div>
        ) : editing ? (
          <Editor record={record} field={field} onSave={onSave} onClose={() => setEditing(false)} />
        ) : (
          <div
            className={classes.value}
            onClick={(event) => {
              // A link inside the value is followed; beside it one edits.
              if (!(event.target as Element).closest("a, button")) setEditing(true);
            }}
          >
            <FieldValue record={record} field={field} />
            <Pen label={label} onClick={() => setEditing(true)} />
          </div>
        )}
      </dd>
    </div>
  );
}

function Pen({ label, onClick }: { label: string; onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <UnstyledButton className={classes.pen} onClick={onClick} aria-label={t("records:edit", { field: label })}>
      <IconPencil size={13} />
    </UnstyledButton>
  );
}

function Editor({ record, field, onSave, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation();
  const before = fieldValue(record, field);
  const [value, setValue] = useState<Json>(before);
  const immediate = field.type === "choice" || field.type === "link" || field.type === "boolean";
  const save = (next: Json) => {
    const sent = typeof next === "string" ? toValue(field, next) : next;
    if (sent !== before && !(field.required && sent === null)) onSave(field, sent);
    onClose();
  };
  return (
    <div
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.stopPropagation();
          onClose();
        }
        if (event.key === "Enter" && !immediate && (field.type !== "longText" || event.ctrlKey)) save(value);
      }}
      onBlur={(event) => {
        // Leaving saves, as does Enter; moving between the input and its buttons is not leaving.
        if (event.currentTarget.contains(event.relatedTarget)) return;
        if (immediate) onClose();
        else if (field.type !== "longText") save(value);
      }}
    >
      <FieldInput kind={record.kind} field={field} value={value} linkTitle={record.links[field.name]?.title} onChange={(next) => (immediate ? save(next) : setValue(next))} autoFocus bare />
      {field.type === "longText" && (
        <Group gap="xs" mt={6} justify="flex-end">
          <Button variant="default" onClick={onClose}>{t("page:cancel")}</Button>
          <Button onClick={() => save(value)}>{t("page:save")}</Button>
        </Group>
      )}
    </div>
  );
}
