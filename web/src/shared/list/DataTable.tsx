import { Button, Loader } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { columnVisibilityFeature, tableFeatures, useTable } from "@tanstack/react-table";
import { type ReactNode, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import classes from "./DataTable.module.css";
import { useListKeys } from "./keys.ts";

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  sortable?: boolean;
  /** A CSS width; without it the column shares what is left. */
  width?: string;
  align?: "end";
  /** Left out on a phone. */
  wide?: boolean;
}

interface Props<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** Where Enter, or a click on the row, leads. */
  to: (row: Row) => string;
  hidden?: string[];
  /** "field" or "-field". */
  sort?: string;
  onSort?: (sort: string) => void;
  more?: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
  /** Whether J/K move in this list: one list a page. */
  keys?: boolean;
}

const features = tableFeatures({ columnVisibilityFeature });

/** A full-width list: 36 px rows, sticky head, J/K and Enter, more on demand. The first cell is the row's link. */
export function DataTable<Row>({ label, columns, rows, rowKey, to, hidden = [], sort, onSort, more, keys = true }: Props<Row>) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const body = useRef<HTMLTableSectionElement>(null);
  useListKeys(body, keys);
  const defs = useMemo(() => columns.map((column) => ({ id: column.id, header: column.header })), [columns]);
  const visibility = useMemo(() => Object.fromEntries(hidden.map((id) => [id, false])), [hidden]);
  const table = useTable({ features, columns: defs, data: rows as object[], getRowId: (row) => rowKey(row as Row), state: { columnVisibility: visibility } });
  const visible = table.getVisibleLeafColumns().flatMap((leaf) => columns.find((column) => column.id === leaf.id) ?? []);
  const direction = (id: string) => (sort === id ? "ascending" : sort === `-${id}` ? "descending" : undefined);

  return (
    <div className={classes.wrap}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            {visible.map((column) => (
              <th key={column.id} scope="col" style={{ width: column.width, textAlign: column.align }} data-wide={column.wide || undefined} aria-sort={direction(column.id)}>
                {column.sortable && onSort ? (
                  <button type="button" className={classes.sort} onClick={() => onSort(sort === column.id ? `-${column.id}` : column.id)}>
                    {column.header}
                    {direction(column.id) === "ascending" && <IconArrowUp size={12} aria-hidden />}
                    {direction(column.id) === "descending" && <IconArrowDown size={12} aria-hidden />}
                  </button>
                ) : (
                  column.header
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {table.getRowModel().rows.map((tableRow) => {
            const row = tableRow.original as Row;
            return (
              <tr
                key={tableRow.id}
                onClick={(event) => {
                  // A click on a link or button inside the row is that link's or button's own.
                  if ((event.target as Element).closest("a, button, input")) return;
                  if (window.getSelection()?.toString()) return;
                  void navigate(to(row));
                }}
              >
                {visible.map((column, i) => (
                  <td key={column.id} style={{ textAlign: column.align }} data-wide={column.wide || undefined}>
                    {i === 0 ? (
                      <Link to={to(row)} className={classes.link} data-row-link>
                        {column.cell(row)}
                      </Link>
                    ) : (
                      column.cell(row)
                    )}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      {more?.hasNextPage && (
        <div className={classes.more}>
          <Button variant="subtle" onClick={() => more.fetchNextPage()} leftSection={more.isFetchingNextPage ? <Loader size={12} /> : undefined}>
            {t("list:more")}
          </Button>
        </div>
      )}
    </div>
  );
}
