import { Button, JsonInput, Select, TextInput } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Fields, Json } from "~/api/model.ts";
import classes from "./Decisions.module.css";
import { choices, type DecisionInput, type Kind, kindOf, read } from "./inputs.ts";

interface Props {
  inputs: DecisionInput[];
  pending: boolean;
  onAsk: (variables: Fields) => void;
}

/** A field for each input of the decision; asking has no effect on anything. */
export function TryOut({ inputs, pending, onAsk }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [asked, setAsked] = useState(false);
  const values = inputs.map((input): [string, Json | undefined] => [input.name, read(kindOf(input), typed[input.name] ?? "")]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (values.every(([, value]) => value !== undefined)) onAsk(Object.fromEntries(values.filter(([, value]) => value !== null)) as Fields);
  };
  return (
    <form className={classes.form} onSubmit={submit} data-testid="try-out" noValidate>
      {inputs.map((input, i) => (
        <Field
          key={input.name}
          input={input}
          value={typed[input.name] ?? ""}
          onChange={(value) => setTyped((old) => ({ ...old, [input.name]: value }))}
          error={asked && values[i]?.[1] === undefined ? t(`decisions:wrong.${kindOf(input)}`) : undefined}
        />
      ))}
      <div><Button type="submit" leftSection={<IconPlayerPlay size={15} />} loading={pending}>{t("decisions:ask")}</Button></div>
    </form>
  );
}

/** How a value of this kind is written, shown in the empty field. */
const EXAMPLE: Partial<Record<Kind, string>> = { date: "2026-12-31", time: "09:30", dateTime: "2026-12-31T09:30", duration: "P2D, PT4H" };

interface FieldProps {
  input: DecisionInput;
  value: string;
  onChange: (value: string) => void;
  error?: string;
}

function Field({ input, value, onChange, error }: FieldProps) {
  const { t } = useTranslation();
  const kind = kindOf(input);
  const label = { label: input.name, description: input.allowed && kind !== "choice" ? t("decisions:allowed", { values: input.allowed }) : undefined, error, size: "xs" as const };
  if (kind === "choice" || kind === "boolean") {
    const data = kind === "choice" ? (choices(input.allowed) ?? []) : [{ value: "true", label: t("decisions:yes") }, { value: "false", label: t("decisions:no") }];
    return <Select {...label} data={data} value={value || null} onChange={(next) => onChange(next ?? "")} clearable placeholder={t("decisions:nothing")} />;
  }
  if (kind === "any") return <JsonInput {...label} value={value} onChange={onChange} autosize minRows={1} placeholder={t("decisions:json")} />;
  return <TextInput {...label} value={value} onChange={(event) => onChange(event.currentTarget.value)} inputMode={kind === "number" ? "decimal" : undefined} placeholder={EXAMPLE[kind]} />;
}
