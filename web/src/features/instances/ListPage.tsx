import { Stack, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconPlayerTrackNext, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { type InstanceFilter, useInstances } from "~/api/instances.ts";
import { useProcesses } from "~/api/processes.ts";
import type { InstanceRow } from "~/api/model.ts";
import { InstanceState, instanceTitle, StandsAt } from "~/shared/instance-list/InstanceList.tsx";
import { FilterChip, ListBar, ViewTabs } from "~/shared/list/Chips.tsx";
import { type Column, DataTable } from "~/shared/list/DataTable.tsx";
import { PageHeader } from "~/shared/page/Page.tsx";
import { EmptyState, Loaded, RowsSkeleton } from "~/shared/states/States.tsx";
import { Due, When } from "~/shared/time/When.tsx";
import classes from "./Instances.module.css";

type View = "active" | "incident" | "completed" | "all";
const VIEWS: View[] = ["active", "incident", "completed", "all"];

/** Every run of every process, filtered by what the address says. */
export function Page() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const set = (name: string, value: string | null) => setParams((old) => (value ? old.set(name, value) : old.delete(name), old), { replace: true });
  const view = (VIEWS.find((v) => v === params.get("state")) ?? "active") as View;
  const process = params.get("process");
  const element = params.get("element");
  const search = params.get("q") ?? "";
  const [typed, setTyped] = useState(search);
  const searchLater = useDebouncedCallback((text: string) => set("q", text), 250);
  const filter: InstanceFilter = { state: view === "all" ? undefined : view, process: process ?? undefined, element: element ?? undefined, search };
  const instances = useInstances(filter);
  const processes = useProcesses();
  const names = (processes.data ?? []).filter((p) => !p.drawing).map((p) => ({ value: p.processId, label: p.name ?? p.processId }));
  const columns = useColumns();

  return (
    <>
      <PageHeader title={t("frame:instances")} facts={[instances.data?.pages[0]?.total !== undefined && t("instances:total", { count: instances.data.pages[0].total })]} />
      <ListBar>
        <ViewTabs label={t("instances:views")} views={VIEWS.map((v) => ({ value: v, label: t(`instances:view.${v}`) }))} value={view} onChange={(v) => set("state", v === "active" ? null : v)} />
        <TextInput size="xs" w={200} leftSection={<IconSearch size={14} />} aria-label={t("list:search")} placeholder={t("instances:search")} value={typed} onChange={(e) => (setTyped(e.currentTarget.value), searchLater(e.currentTarget.value))} />
        <FilterChip label={t("instances:process")} value={process === null ? null : (names.find((n) => n.value === process)?.label ?? process)} onClear={() => set("process", null)}>
          {(close) => (
            <Stack gap={0}>
              {names.map((name) => <UnstyledButton key={name.value} className={classes.option} aria-pressed={name.value === process} onClick={() => (set("process", name.value), close())}>{name.label}</UnstyledButton>)}
            </Stack>
          )}
        </FilterChip>
        {element && <FilterChip label={t("instances:element")} value={element} onClear={() => set("element", null)}>{() => null}</FilterChip>}
      </ListBar>
      <Loaded query={instances} skeleton={<RowsSkeleton rows={12} />}>
        {(data) => {
          const rows = data.pages.flatMap((page) => page.items);
          if (rows.length === 0) return <EmptyState icon={<IconPlayerTrackNext />} title={t("instances:none")}>{t("instances:noneText")}</EmptyState>;
          return <DataTable label={t("frame:instances")} columns={columns} rows={rows} rowKey={(row) => row.key} to={(row) => `/instances/${row.key}`} more={instances} />;
        }}
      </Loaded>
    </>
  );
}

function useColumns(): Column<InstanceRow>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      { id: "subject", header: t("instances:about"), width: "28%", cell: (row) => instanceTitle(row) },
      { id: "process", header: t("instances:process"), width: "18%", wide: true, cell: (row) => `${row.process.name ?? row.process.id} v${row.process.version}` },
      { id: "at", header: t("instances:standsAt"), width: "24%", cell: (row) => (row.state === "active" ? <StandsAt row={row} /> : <InstanceState row={row} />) },
      { id: "state", header: t("instances:state"), width: "96px", wide: true, cell: (row) => <InstanceState row={row} /> },
      { id: "since", header: t("instances:since"), wide: true, cell: (row) => (row.at[0] ? <Due at={row.at[0].since} overdue={row.at[0].overdue} /> : row.ended ? <When at={row.ended} /> : null) },
      { id: "started", header: t("instances:started"), wide: true, cell: (row) => <When at={row.started} /> },
    ],
    [t],
  );
}
