import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRecord, useSearch } from "~/api/records.ts";
import { useLabels } from "./labels.ts";

interface Ref {
  kind: string;
  key: string;
}

const RECORDS = ["case", "account", "contact", "deal"];

/** Finds a record of any kind by what is typed. */
export function RecordPicker({ label, value, onChange }: { label: string; value: Ref | null; onChange: (value: Ref | null) => void }) {
  return value ? <Chosen label={label} value={value} onChange={onChange} /> : <Search label={label} onChange={onChange} />;
}

function Chosen({ label, value, onChange }: { label: string; value: Ref; onChange: (value: Ref | null) => void }) {
  const record = useRecord(value.kind, value.key);
  const id = `${value.kind}:${value.key}`;
  return <Select label={label} data={[{ value: id, label: record.data?.title ?? "…" }]} value={id} onChange={() => onChange(null)} clearable />;
}

function Search({ label, onChange }: { label: string; onChange: (value: Ref | null) => void }) {
  const { t } = useTranslation();
  const labels = useLabels();
  const [text, setText] = useState("");
  const [typed] = useDebouncedValue(text, 180);
  const found = useSearch(typed);
  const hits = (found.data ?? []).filter((hit) => RECORDS.includes(hit.kind));
  return (
    <Select
      label={label}
      placeholder={t("fields:typeToFind")}
      searchable
      clearable
      searchValue={text}
      onSearchChange={setText}
      data={hits.map((hit) => ({ value: `${hit.kind}:${hit.key}`, label: `${labels.kind(hit.kind)}: ${hit.title}` }))}
      filter={({ options }) => options}
      value={null}
      nothingFoundMessage={typed.trim().length >= 2 && !found.isFetching ? t("fields:nothingFound") : undefined}
      onChange={(id) => {
        const [kind, key] = id?.split(":") ?? [];
        onChange(kind && key ? { kind, key } : null);
      }}
    />
  );
}
