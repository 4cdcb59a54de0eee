import { Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Fields } from "~/api/types.ts";

/** A task without a form: an optional note, then complete. */
export function NoteForm({ id, readOnly, onSubmit }: { id: string; readOnly: boolean; onSubmit: (variables: Fields) => void }) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  if (readOnly) return <Text size="sm" c="dimmed">{t("task:noForm")}</Text>;
  return (
    <form
      id={id}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(note.trim() === "" ? {} : { note: note.trim() });
      }}
    >
      <Textarea label={t("task:note")} description={t("task:noteHint")} autosize minRows={3} maxRows={14} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
    </form>
  );
}
