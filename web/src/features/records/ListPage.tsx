import { ActionIcon, Button, Checkbox, Popover, Stack, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { useDebouncedCallback, useLocalStorage } from "@mantine/hooks";
import { IconColumns3, IconPlus, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useKinds, useRecords } from "~/api/records.ts";
import { usePeople } from "~/api/people.ts";
import { useMe } from "~/api/session.ts";
import { ApiError } from "~/api/client.ts";
import type { KindDescription, RecordRow } from "~/api/model.ts";
import { useCreate } from "~/shared/create/create.ts";
import { FieldValue } from "~/shared/fields/FieldValue.tsx";
import { useLabels } from "~/shared/fields/labels.ts";
import { pathTo } from "~/shared/fields/links.ts";
import { FilterChip, ListBar, ViewTabs } from "~/shared/list/Chips.tsx";
import { type Column, DataTable } from "~/shared/list/DataTable.tsx";
import { PageHeader } from "~/shared/page/Page.tsx";
import { EmptyState, FailedState, Loaded, RowsSkeleton } from "~/shared/states/States.tsx";
import { ThreadSmall } from "~/shared/thread/Thread.tsx";
import { When } from "~/shared/time/When.tsx";
import classes from "./Records.module.css";
import { useListState, viewFilters, viewsOf } from "./list-state.ts";

export function Page() {
  const { kind = "" } = useParams();
  const kinds = useKinds();
  return (
    <Loaded query={kinds} skeleton={<RowsSkeleton />}>
      {(all) => {
        const description = all.find((k) => k.kind === kind);
        return description ? <List key={kind} description={description} /> : <FailedState error={new ApiError({ status: 404 })} />;
      }}
    </Loaded>
  );
}

/** What a list of this kind shows at first; the rest is one click away under "Columns". */
const FIRST: Record<string, string[]> = {
  case: ["status", "priority", "account", "owner"],
  account: ["industry", "phone", "email", "owner"],
  contact: ["account", "position", "phone", "email"],
  deal: ["account", "stage", "amount", "expected_close", "owner"],
};
/** These make up the title already. */
const IN_TITLE: Record<string, string[]> = { case: ["subject"], account: ["name"], contact: ["first_name", "last_name"], deal: ["name"] };

function List({ description }: { description: KindDescription }) {
  const { t } = useTranslation();
  const { kind, fields } = description;
  const me = useMe();
  const labels = useLabels();
  const { create } = useCreate();
  const state = useListState();
  const [typed, setTyped] = useState(state.search);
  const search = useDebouncedCallback((text: string) => state.setSearch(text), 250);
  const filters = [...viewFilters(kind, state.view, me.key, fields), ...state.chosen.map(({ field, value }) => ({ field, op: "eq" as const, value }))];
  const records = useRecords(kind, { search: state.search, filters, sort: state.sort });
  const columns = useColumns(description);
  const optional = columns.slice(1).filter((c) => c.id !== "thread");
  const [hidden, setHidden] = useLocalStorage<string[]>({ key: `redthread-columns-${kind}`, defaultValue: optional.map((c) => c.id).filter((id) => !FIRST[kind]?.includes(id)), getInitialValueInEffect: false });
  const total = records.data?.pages[0]?.total;
  const narrowed = state.search !== "" || filters.length > 0;

  return (
    <>
      <PageHeader title={labels.kinds(kind)} facts={[total !== undefined && t("records:total", { count: total })]} action={<Button leftSection={<IconPlus size={15} />} onClick={() => create(kind)}>{labels.newKind(kind)}</Button>} />
      <ListBar>
        <ViewTabs label={t("records:views")} value={state.view} onChange={state.setView} views={viewsOf(kind).map((view) => ({ value: view, label: t(`records:view.${view}`) }))} />
        <TextInput size="xs" w={200} leftSection={<IconSearch size={14} />} aria-label={t("list:search")} placeholder={t("records:search")} value={typed} onChange={(e) => (setTyped(e.currentTarget.value), search(e.currentTarget.value))} />
        <Filters description={description} chosen={state.chosen} choose={state.choose} />
        <Popover position="bottom-end" shadow="md" trapFocus>
          <Popover.Target>
            <Tooltip label={t("list:columns")}>
              <ActionIcon variant="subtle" color="gray" size={28} ml="auto" aria-label={t("list:columns")}><IconColumns3 size={16} /></ActionIcon>
            </Tooltip>
          </Popover.Target>
          <Popover.Dropdown>
            <Stack gap={8}>
              {optional.map((column) => (
                <Checkbox key={column.id} size="xs" label={column.header} checked={!hidden.includes(column.id)} onChange={(e) => { const on = e.currentTarget.checked; setHidden((old) => (on ? old.filter((id) => id !== column.id) : [...old, column.id])); }} />
              ))}
            </Stack>
          </Popover.Dropdown>
        </Popover>
      </ListBar>
      <Loaded query={records} skeleton={<RowsSkeleton rows={12} />}>
        {(data) => {
          const rows = data.pages.flatMap((page) => page.items);
          if (rows.length === 0) {
            return narrowed ? (
              <EmptyState title={t("records:noneFound")}>{t("records:noneFoundText")}</EmptyState>
            ) : (
              <EmptyState title={t("records:none")} action={<Button onClick={() => create(kind)}>{labels.newKind(kind)}</Button>}>{t("records:noneText")}</EmptyState>
            );
          }
          return <DataTable label={labels.kinds(kind)} columns={columns} rows={rows} rowKey={(row) => row.key} to={(row) => pathTo(kind, row.key)} hidden={hidden} sort={state.sort} onSort={state.setSort} more={records} />;
        }}
      </Loaded>
    </>
  );
}

/** Widths by a field's name or type; the title takes what is left. */
const WIDTH: Record<string, string> = { number: "92px", stage: "152px", choice: "118px", link: "156px", phone: "150px", email: "190px", money: "130px", date: "124px", instant: "132px", text: "150px", boolean: "80px" };

function useColumns({ kind, fields }: KindDescription): Column<RecordRow>[] {
  const { t } = useTranslation();
  const labels = useLabels();
  return useMemo(() => {
    const titleField = IN_TITLE[kind]?.at(-1) ?? "name";
    const columns: Column<RecordRow>[] = [{ id: titleField, header: labels.field(kind, titleField), cell: (row) => row.title, sortable: true }];
    for (const field of fields) {
      if (IN_TITLE[kind]?.includes(field.name) || field.type === "longText") continue;
      columns.push({
        id: field.name,
        header: labels.field(kind, field.name),
        cell: (row) => <FieldValue record={row} field={field} plain={field.type !== "link"} />,
        width: WIDTH[field.name] ?? WIDTH[field.type],
        sortable: field.type !== "link",
        align: field.type === "money" ? "end" : undefined,
        wide: field.type !== "choice" || field.name === "priority",
      });
    }
    if (!fields.some((field) => field.name === "changed_at")) columns.push({ id: "changed_at", header: t("records:changed"), cell: (row) => <When at={row.changedAt} />, sortable: true, wide: true, width: "140px" });
    columns.push({ id: "thread", header: t("records:standsAt"), cell: (row) => (row.thread ? <ThreadSmall thread={row.thread} /> : null), wide: true, width: "220px" });
    return columns;
    // The labels change with the language, and so does `t`.
  }, [kind, fields, t]);
}

/** Chips for the fields with choices, and for the owner. */
function Filters({ description: { kind, fields }, chosen, choose }: { description: KindDescription; chosen: { field: string; value: string }[]; choose: (field: string, value: string | null) => void }) {
  const labels = useLabels();
  const people = usePeople();
  const filterable = fields.filter((f) => f.type === "choice" || f.link === "user");
  return (
    <>
      {filterable.map((field) => {
        const value = chosen.find((c) => c.field === field.name)?.value ?? null;
        const options = field.type === "choice" ? (field.options ?? []).map((o) => ({ value: o, label: labels.option(field.name, o) })) : (people.data ?? []).map((p) => ({ value: p.key, label: p.name }));
        return (
          <FilterChip key={field.name} label={labels.field(kind, field.name)} value={value === null ? null : (options.find((o) => o.value === value)?.label ?? value)} onClear={() => choose(field.name, null)}>
            {(close) => (
              <Stack gap={0} mah={280} style={{ overflowY: "auto" }}>
                {options.map((option) => (
                  <UnstyledButton key={option.value} className={classes.option} aria-pressed={option.value === value} onClick={() => (choose(field.name, option.value), close())}>{option.label}</UnstyledButton>
                ))}
              </Stack>
            )}
          </FilterChip>
        );
      })}
    </>
  );
}
