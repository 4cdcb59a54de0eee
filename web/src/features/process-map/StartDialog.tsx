import { Button, Group, JsonInput, Modal, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useStartProcess } from "~/api/processes.ts";
import type { Definition, Fields } from "~/api/model.ts";
import { RecordPicker } from "~/shared/fields/RecordPicker.tsx";
import { useToast } from "~/shared/states/toast.tsx";

function parse(text: string): Fields | null {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

/** Starts an instance by hand, about a record if there is one. */
export function StartDialog({ definition, onClose }: { definition: Definition; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const toast = useToast();
  const start = useStartProcess(definition.key);
  const [subject, setSubject] = useState<{ kind: string; key: string } | null>(null);
  const [text, setText] = useState("");
  const variables = parse(text);
  return (
    <Modal opened onClose={onClose} title={t("process-map:startTitle", { process: definition.name ?? definition.processId })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!variables) return;
          start.mutate({ variables, ...(subject ? { subject } : {}) }, { onSuccess: ({ instance }) => navigate(`/instances/${instance}`), onError: toast.failed });
        }}
      >
        <Stack>
          <RecordPicker label={t("process-map:about")} value={subject} onChange={setSubject} />
          <JsonInput label={t("process-map:values")} description={t("process-map:valuesHint")} value={text} onChange={setText} autosize minRows={3} error={variables ? undefined : t("process-map:valuesWrong")} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>{t("page:cancel")}</Button>
            <Button type="submit" loading={start.isPending} disabled={!variables}>{t("process-map:start")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
