import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAddNote, useTimeline } from "~/api/records.ts";
import { Entries } from "~/shared/history/Entries.tsx";
import { Section } from "~/shared/page/Page.tsx";
import { Loaded, RowsSkeleton } from "~/shared/states/States.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import classes from "./Records.module.css";

/** What happened with a record, newest first, and a place to write a note. */
export function Timeline({ kind, recordKey }: { kind: string; recordKey: string }) {
  const { t } = useTranslation();
  const timeline = useTimeline(kind, recordKey);
  const addNote = useAddNote(kind, recordKey);
  const toast = useToast();
  const [text, setText] = useState("");
  const send = () => addNote.mutate(text.trim(), { onSuccess: () => setText(""), onError: toast.failed });
  return (
    <Section title={t("records:timeline")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") send();
        }}
      >
        <Textarea aria-label={t("records:note")} placeholder={t("records:note")} autosize minRows={1} maxRows={10} value={text} onChange={(e) => setText(e.currentTarget.value)} onKeyDown={(e) => e.key === "Enter" && e.ctrlKey && text.trim() !== "" && send()} />
        {text.trim() !== "" && <div className={classes.noteActions}><Button type="submit" loading={addNote.isPending}>{t("records:addNote")}</Button></div>}
      </form>
      <div style={{ height: 16 }} />
      <Loaded query={timeline} skeleton={<RowsSkeleton rows={4} />}>
        {(data) => (
          <>
            <Entries kind={kind} entries={data.pages.flatMap((page) => page.items).map((entry) => ({ ...entry, id: entry.key }))} />
            {timeline.hasNextPage && <Button variant="subtle" onClick={() => timeline.fetchNextPage()} loading={timeline.isFetchingNextPage}>{t("list:more")}</Button>}
          </>
        )}
      </Loaded>
    </Section>
  );
}
