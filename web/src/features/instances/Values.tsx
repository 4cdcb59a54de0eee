import { ActionIcon, Button, Group, JsonInput, Modal, Stack, Text, Textarea, Tooltip } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useInstanceActions } from "~/api/instances.ts";
import type { InstanceDetail, Json, Variable } from "~/api/model.ts";
import { brief } from "~/shared/fields/values.ts";
import { useHistoryWords } from "~/shared/history/words.ts";
import { useFirst } from "~/shared/list/first.tsx";
import { Section } from "~/shared/page/Page.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import { When } from "~/shared/time/When.tsx";
import classes from "./Instances.module.css";

/** The values that an instance carries: who set each, when; changed by hand only with a reason. */
export function Values({ instance, names, editable }: { instance: InstanceDetail; names: Record<string, string>; editable: boolean }) {
  const { t } = useTranslation();
  const words = useHistoryWords();
  const [editing, setEditing] = useState<Variable | null>(null);
  // Of several for each of which the same is done, each has its number.
  const scopeWords = (variables: Variable[]) => {
    const name = variables[0]?.scopeName;
    const number = variables.find((variable) => variable.name === "loopCounter")?.value;
    const called = name ? (names[name] ?? name) : t("instances:wholeProcess");
    return typeof number === "number" ? t("instances:nth", { name: called, number }) : called;
  };
  const scopes = [...new Set(instance.variables.map((v) => v.scope))];
  const { shown, rest } = useFirst(scopes, 6);
  return (
    <Section title={t("instances:values")} count={instance.variables.length} flush>
      {instance.variables.length === 0 && <p className={classes.empty}>{t("instances:noValues")}</p>}
      {shown.map((scope) => {
        const variables = instance.variables.filter((v) => v.scope === scope);
        return (
          <div key={scope}>
            {scopes.length > 1 && <p className={classes.scope}>{scopeWords(variables)}</p>}
            <table className={classes.values}>
              <tbody>
                {variables.map((variable) => (
                  <tr key={variable.name}>
                    <th scope="row">{variable.name}</th>
                    <td>
                      <Value value={variable.value} />
                      {variable.changedAt && (
                        <span className={classes.changed}>
                          {variable.changedBy && `${words.actor(variable.changedBy)}, `}
                          <When at={variable.changedAt} />
                        </span>
                      )}
                    </td>
                    {editable && (
                      <td className={classes.pen}>
                        <ActionIcon variant="subtle" color="gray" size={24} aria-label={t("instances:changeValue", { name: variable.name })} onClick={() => setEditing(variable)}><IconPencil size={14} /></ActionIcon>
                      </td>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      })}
      {rest}
      <Modal opened={editing !== null} onClose={() => setEditing(null)} title={editing ? t("instances:changeValue", { name: editing.name }) : ""}>
        {editing && <ValueForm key={`${editing.scope}-${editing.name}`} instance={instance.key} variable={editing} onClose={() => setEditing(null)} />}
      </Modal>
    </Section>
  );
}

function Value({ value }: { value: Json }) {
  const text = brief(value);
  const complex = typeof value === "object" && value !== null;
  if (!complex && text.length <= 80) return <span className={classes.value}>{text}</span>;
  return (
    <Tooltip label={<pre className={classes.json}>{complex ? JSON.stringify(value, null, 2) : text}</pre>} multiline maw={480}>
      <span className={classes.value} tabIndex={0}>{text.length > 80 ? `${text.slice(0, 80)}…` : text}</span>
    </Tooltip>
  );
}

/** Text stays text; everything else is edited as JSON. */
function ValueForm({ instance, variable, onClose }: { instance: string; variable: Variable; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const { setValues } = useInstanceActions(instance);
  const asText = typeof variable.value === "string";
  const [text, setText] = useState(asText ? String(variable.value) : JSON.stringify(variable.value, null, 2));
  const [reason, setReason] = useState("");
  const parsed = asText ? { value: text as Json } : parse(text);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!parsed) return;
        setValues.mutate({ scope: variable.scope, values: { [variable.name]: parsed.value }, reason: reason.trim() }, { onSuccess: () => (toast.done(t("instances:valueChanged", { name: variable.name })), onClose()), onError: toast.failed });
      }}
    >
      <Stack>
        {asText ? (
          <Textarea label={variable.name} autosize minRows={1} maxRows={10} value={text} onChange={(e) => setText(e.currentTarget.value)} data-autofocus />
        ) : (
          <JsonInput label={variable.name} autosize minRows={2} maxRows={14} value={text} onChange={setText} error={parsed ? undefined : t("instances:notJson")} data-autofocus />
        )}
        <Textarea label={t("reason:label")} description={t("reason:kept")} required autosize minRows={2} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
        <Text size="xs" c="dimmed">{t("instances:valueHint")}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>{t("page:cancel")}</Button>
          <Button type="submit" loading={setValues.isPending} disabled={!parsed || reason.trim() === ""}>{t("page:save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}

function parse(text: string): { value: Json } | null {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return null;
  }
}
