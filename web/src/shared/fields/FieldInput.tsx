import { Checkbox, Select, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useRecords } from "~/api/records.ts";
import { useKinds } from "~/api/records.ts";
import { usePeople } from "~/api/people.ts";
import type { FieldDescription, Json } from "~/api/model.ts";
import { DateField } from "../time/Pickers.tsx";
import { useLabels } from "./labels.ts";

interface Props {
  kind: string;
  field: FieldDescription;
  value: Json;
  /** The title of what a link leads to now. */
  linkTitle?: string;
  onChange: (value: Json) => void;
  error?: string;
  autoFocus?: boolean;
  bare?: boolean;
}

/** The input that fits a field's type. `bare`: without a visible label, for editing in place. */
export function FieldInput({ kind, field, value, linkTitle, onChange, error, autoFocus, bare }: Props) {
  const labels = useLabels();
  const label = labels.field(kind, field.name);
  const common = { ...(bare ? { "aria-label": label } : { label, required: field.required, withAsterisk: field.required }), error, "data-autofocus": autoFocus || undefined, autoFocus };
  const text = value === null ? "" : String(value);
  switch (field.type) {
    case "longText":
      return <Textarea {...common} value={text} autosize minRows={3} maxRows={12} onChange={(e) => onChange(e.currentTarget.value)} />;
    case "choice":
      return <Select {...common} data={(field.options ?? []).map((o) => ({ value: o, label: labels.option(field.name, o) }))} value={text || null} onChange={onChange} clearable={!field.required && !bare} allowDeselect={!field.required} defaultDropdownOpened={bare && autoFocus} />;
    case "boolean":
      return <Checkbox {...(bare ? { "aria-label": label } : { label })} checked={value === true} onChange={(e) => onChange(e.currentTarget.checked)} autoFocus={autoFocus} />;
    case "money":
      return <TextInput {...common} value={text} inputMode="decimal" onChange={(e) => onChange(e.currentTarget.value)} />;
    case "date":
      return <DateField label={bare ? undefined : label} ariaLabel={bare ? label : undefined} required={field.required} error={error} autoFocus={autoFocus} value={text} onChange={onChange} />;
    case "link":
      return field.link === "user" ? <UserInput {...{ common, text, onChange }} /> : <LinkInput {...{ common, text, onChange, linkTitle }} kind={field.link ?? ""} />;
    default:
      return <TextInput {...common} type={field.type === "email" ? "email" : field.type === "phone" ? "tel" : "text"} value={text} onChange={(e) => onChange(e.currentTarget.value)} />;
  }
}

type Common = Record<string, unknown>;

function UserInput({ common, text, onChange }: { common: Common; text: string; onChange: (value: Json) => void }) {
  const people = usePeople();
  return <Select {...common} data={(people.data ?? []).map((p) => ({ value: p.key, label: p.name }))} value={text || null} onChange={onChange} searchable clearable />;
}

/** Searches records of one kind by what is typed. */
function LinkInput({ common, text, onChange, linkTitle, kind }: { common: Common; text: string; onChange: (value: Json) => void; linkTitle?: string; kind: string }) {
  const [search, setSearch] = useState(linkTitle ?? "");
  const [typed] = useDebouncedValue(search, 200);
  const kinds = useKinds();
  const known = kinds.data?.some((k) => k.kind === kind) ?? true;
  const found = useRecords(known ? kind : "account", { search: typed === linkTitle ? "" : typed, limit: 20 });
  const options = (found.data?.pages ?? []).flatMap((p) => p.items).map((r) => ({ value: r.key, label: r.title }));
  // What is chosen stays among the options, or the input would show nothing.
  if (text && linkTitle && !options.some((o) => o.value === text)) options.unshift({ value: text, label: linkTitle });
  return <Select {...common} data={options} value={text || null} onChange={onChange} searchValue={search} onSearchChange={setSearch} searchable clearable filter={({ options: all }) => all} />;
}
