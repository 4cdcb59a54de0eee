import { Button, TextInput } from "@mantine/core";
import { IconSearch, IconTable } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { useDecisions } from "~/api/decisions.ts";
import { useMe } from "~/api/session.ts";
import type { DecisionRow } from "~/api/model.ts";
import { ListBar } from "~/shared/list/Chips.tsx";
import { type Column, DataTable } from "~/shared/list/DataTable.tsx";
import { PageHeader } from "~/shared/page/Page.tsx";
import { may } from "~/shared/people/may.ts";
import { PersonName } from "~/shared/people/People.tsx";
import { EmptyState, Loaded, RowsSkeleton } from "~/shared/states/States.tsx";
import { When } from "~/shared/time/When.tsx";
import classes from "./Decisions.module.css";

/** All decisions that processes can ask, in their latest versions. They are uploaded where processes are. */
export function Page() {
  const { t } = useTranslation();
  const me = useMe();
  const decisions = useDecisions();
  const [params, setParams] = useSearchParams();
  const search = params.get("q") ?? "";
  const columns = useColumns();
  const deployer = may.deploy(me.role);
  const has = (text: string | null | undefined) => (text ?? "").toLowerCase().includes(search.trim().toLowerCase());
  const toProcesses = deployer && <Button component={Link} to="/processes" variant="default">{t("decisions:toUpload")}</Button>;

  return (
    <>
      <PageHeader title={t("frame:decisions")} facts={[decisions.data && t("decisions:count", { count: decisions.data.length })]} />
      <Loaded query={decisions} skeleton={<RowsSkeleton />}>
        {(data) => {
          if (data.length === 0) {
            return <EmptyState icon={<IconTable />} title={t("decisions:none")} action={toProcesses}>{t(deployer ? "decisions:noneText" : "decisions:noneWatch")}</EmptyState>;
          }
          const rows = data.filter((row) => has(row.name) || has(row.decisionId));
          return (
            <>
              <ListBar>
                <TextInput size="xs" w={220} leftSection={<IconSearch size={14} />} aria-label={t("list:search")} placeholder={t("decisions:search")} value={search} onChange={({ currentTarget: { value } }) => setParams((old) => (value ? old.set("q", value) : old.delete("q"), old), { replace: true })} />
              </ListBar>
              {rows.length === 0 ? <EmptyState icon={<IconSearch />} title={t("decisions:notFound")}>{t("decisions:notFoundText")}</EmptyState> : <DataTable label={t("frame:decisions")} columns={columns} rows={rows} rowKey={(row) => row.latest.key} to={(row) => `/decisions/${row.latest.key}`} />}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function useColumns(): Column<DecisionRow>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      { id: "name", header: t("decisions:name"), cell: (row) => row.name },
      { id: "id", header: t("decisions:id"), wide: true, cell: (row) => <span className={classes.id}>{row.decisionId}</span> },
      { id: "version", header: t("decisions:version"), align: "end", width: "90px", cell: (row) => <span className="tabular">{row.latest.version}</span> },
      { id: "deployed", header: t("decisions:deployed"), width: "160px", wide: true, cell: (row) => <When at={row.latest.deployedAt} /> },
      { id: "by", header: t("decisions:by"), width: "200px", wide: true, cell: (row) => <PersonName person={row.latest.deployedBy} /> },
    ],
    [t],
  );
}
