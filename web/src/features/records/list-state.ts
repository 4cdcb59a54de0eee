import { useSearchParams } from "react-router";
import type { Filter } from "~/api/records.ts";
import type { FieldDescription } from "~/api/model.ts";

export type View = "all" | "mine" | "open";

/** Statuses and stages after which nothing more is to be done. */
const ENDED: Record<string, { field: string; values: string[] }> = {
  case: { field: "status", values: ["closed"] },
  deal: { field: "stage", values: ["won", "lost"] },
};

/** A view as the filters that it stands for. */
export function viewFilters(kind: string, view: View, me: string, fields: FieldDescription[]): Filter[] {
  const ended = ENDED[kind];
  if (view === "mine" && fields.some((f) => f.name === "owner")) return [{ field: "owner", op: "eq", value: me }];
  if (view === "open" && ended) {
    const options = fields.find((f) => f.name === ended.field)?.options ?? [];
    return [{ field: ended.field, op: "in", value: options.filter((o) => !ended.values.includes(o)) }];
  }
  return [];
}

export function viewsOf(kind: string): View[] {
  return kind in ENDED ? ["all", "open", "mine"] : ["all", "mine"];
}

/** The list's state stands in the address, so that it can be sent to somebody and survives Back. */
export function useListState() {
  const [params, setParams] = useSearchParams();
  const set = (name: string, value: string | null) =>
    setParams(
      (old) => {
        if (value === null || value === "") old.delete(name);
        else old.set(name, value);
        return old;
      },
      { replace: true },
    );
  const chosen = [...params.entries()].filter(([name]) => name.startsWith("f.")).map(([name, value]) => ({ field: name.slice(2), value }));
  return {
    view: (params.get("view") ?? "all") as View,
    setView: (view: View) => set("view", view === "all" ? null : view),
    search: params.get("q") ?? "",
    setSearch: (text: string) => set("q", text),
    sort: params.get("sort") ?? undefined,
    setSort: (sort: string) => set("sort", sort),
    chosen,
    choose: (field: string, value: string | null) => set(`f.${field}`, value),
  };
}
