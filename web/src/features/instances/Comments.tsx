import { Button, Group, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useComments, useInstanceActions } from "~/api/instances.ts";
import { Section } from "~/shared/page/Page.tsx";
import { PersonName } from "~/shared/people/People.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import { When } from "~/shared/time/When.tsx";
import classes from "./Instances.module.css";

/** What people said about this instance. */
export function Comments({ instanceKey }: { instanceKey: string }) {
  const { t } = useTranslation();
  const toast = useToast();
  const comments = useComments(instanceKey);
  const { comment } = useInstanceActions(instanceKey);
  const [text, setText] = useState("");
  const list = comments.data ?? [];
  return (
    <Section title={t("instances:comments")} count={list.length}>
      {list.map((one) => (
        <div key={one.key} className={classes.comment}>
          <span className={classes.rowFacts}>
            <PersonName person={one.author} />
            <When at={one.at} />
          </span>
          <p>{one.text}</p>
        </div>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") comment.mutate(text.trim(), { onSuccess: () => setText(""), onError: toast.failed });
        }}
      >
        <Textarea aria-label={t("instances:comment")} placeholder={t("instances:comment")} autosize minRows={1} maxRows={8} value={text} onChange={(e) => setText(e.currentTarget.value)} />
        {text.trim() !== "" && (
          <Group justify="flex-end" mt="xs">
            <Button type="submit" loading={comment.isPending}>{t("instances:send")}</Button>
          </Group>
        )}
      </form>
    </Section>
  );
}
