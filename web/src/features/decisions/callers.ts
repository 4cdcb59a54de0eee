import { useQueries } from "@tanstack/react-query";
import { diagramQuery, useProcesses } from "~/api/processes.ts";
import { calledDecisions } from "~/shared/diagram/names.ts";
import { readDiagram } from "~/shared/elements/kinds.ts";

export interface Caller {
  /** The definition's key. */
  definition: string;
  process: string;
  element: string;
  /** Null: it has none. */
  elementName: string | null;
}

/**
 * The tasks of deployed processes, in their latest versions, that ask a decision; null while their diagrams are on their
 * way. A diagram never changes, so each is fetched once. A task whose decision is an expression is known only when it runs.
 */
export function useCallers(decisionId: string): Caller[] | null {
  const processes = useProcesses();
  const rows = (processes.data ?? []).filter((row) => !row.drawing);
  const diagrams = useQueries({ queries: rows.map((row) => diagramQuery(row.latest.key)) });
  if (!processes.data || diagrams.some((diagram) => diagram.isPending)) return null;
  return rows.flatMap((row, i) => {
    const xml = diagrams[i]?.data ?? "";
    const { names } = readDiagram(xml);
    return Object.entries(calledDecisions(xml))
      .filter(([, decision]) => decision === decisionId)
      .map(([element]) => ({ definition: row.latest.key, process: row.name ?? row.processId, element, elementName: names[element] ?? null }));
  });
}
