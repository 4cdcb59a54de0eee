import { Button } from "@mantine/core";
import { IconRoute, IconTriangleFilled, IconUpload } from "@tabler/icons-react";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useProcesses } from "~/api/processes.ts";
import { useMe } from "~/api/session.ts";
import type { ProcessRow } from "~/api/model.ts";
import { type Column, DataTable } from "~/shared/list/DataTable.tsx";
import { PageHeader } from "~/shared/page/Page.tsx";
import { may } from "~/shared/people/may.ts";
import { PersonName } from "~/shared/people/People.tsx";
import { EmptyState, Loaded, RowsSkeleton } from "~/shared/states/States.tsx";
import { When } from "~/shared/time/When.tsx";
import classes from "./Processes.module.css";
import { useUpload } from "./upload.ts";
import { UploadDialog } from "./UploadDialog.tsx";
import { useDropAnywhere } from "./drop.ts";

/** All processes and drawings; a .bpmn file dropped anywhere on the page is deployed. */
export function Page() {
  const { t } = useTranslation();
  const me = useMe();
  const processes = useProcesses();
  const deployer = may.deploy(me.role);
  const upload = useUpload();
  const picker = useRef<HTMLInputElement>(null);
  const over = useDropAnywhere(deployer, upload.send);
  const columns = useColumns();
  const rows = processes.data ?? [];
  const running = rows.filter((row) => !row.drawing);

  return (
    <>
      <PageHeader
        title={t("frame:processes")}
        facts={processes.data && [t("processes:count", { count: running.length }), t("processes:open", { count: running.reduce((n, row) => n + row.open, 0) })]}
        action={deployer && <Button leftSection={<IconUpload size={15} />} onClick={() => picker.current?.click()}>{t("processes:upload")}</Button>}
      />
      <input
        ref={picker}
        type="file"
        accept=".bpmn,.dmn,.xml,.form,.json"
        multiple
        hidden
        data-testid="upload"
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = "";
          if (files.length > 0) upload.send(files);
        }}
      />
      <Loaded query={processes} skeleton={<RowsSkeleton />}>
        {(data) =>
          data.length === 0 ? (
            <EmptyState icon={<IconRoute />} title={t("processes:none")} action={deployer && <Button onClick={() => picker.current?.click()}>{t("processes:upload")}</Button>}>{t(deployer ? "processes:noneText" : "processes:noneWatch")}</EmptyState>
          ) : (
            <>
              <DataTable label={t("frame:processes")} columns={columns} rows={data} rowKey={(row) => row.latest.key} to={(row) => `/processes/${row.latest.key}`} />
              {deployer && <p className={classes.hint}>{t("processes:dropHint")}</p>}
            </>
          )
        }
      </Loaded>
      {over && (
        <div className={classes.drop} aria-hidden>
          <div>
            <IconUpload size={26} />
            <b>{t("processes:drop")}</b>
            <span>{t("processes:dropText")}</span>
          </div>
        </div>
      )}
      <UploadDialog upload={upload} />
    </>
  );
}

function useColumns(): Column<ProcessRow>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      { id: "name", header: t("processes:name"), cell: (row) => row.name ?? row.processId },
      { id: "open", header: t("processes:running"), align: "end", width: "110px", cell: (row) => (row.drawing ? <span className={classes.dim}>{t("processes:drawing")}</span> : <span className="tabular">{row.open}</span>) },
      { id: "overdue", header: t("processes:overdue"), align: "end", wide: true, width: "110px", cell: (row) => <span className={row.overdue > 0 ? classes.overdue : classes.dim}>{row.drawing ? "" : row.overdue}</span> },
      {
        id: "incidents",
        header: t("processes:stuck"),
        align: "end",
        wide: true,
        width: "110px",
        cell: (row) => (row.incidents > 0 ? <span className={classes.stuck}><IconTriangleFilled size={11} aria-hidden /> {row.incidents}</span> : <span className={classes.dim}>{row.drawing ? "" : 0}</span>),
      },
      { id: "version", header: t("processes:version"), align: "end", wide: true, width: "90px", cell: (row) => <span className="tabular">{row.latest.version}</span> },
      { id: "deployed", header: t("processes:deployed"), width: "160px", wide: true, cell: (row) => <When at={row.latest.deployedAt} /> },
      { id: "by", header: t("processes:by"), wide: true, width: "200px", cell: (row) => <PersonName person={row.latest.deployedBy} /> },
    ],
    [t],
  );
}
