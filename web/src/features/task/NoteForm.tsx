import { Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Fields } from "~/api/model.ts";

/** A task without a form: an optional note, then complete. */
export function NoteForm({ id, readOnly, written, onSubmit }: { id: string; readOnly: boolean; written: string | null; onSubmit: (variables: Fields) => void }) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  if (readOnly) return <Text size="sm" c={written ? undefined : "dimmed"} style={{ whiteSpace: "pre-wrap" }}>{written ?? t("task:noForm")}</Text>;
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
