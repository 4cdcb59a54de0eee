import { useTranslation } from "react-i18next";
import type { Json } from "~/api/model.ts";
import classes from "./Explanation.module.css";

interface NamedValue {
  name: string;
  value: Json;
}

/** How the result of one decision came about. */
export interface DecisionTrace {
  id?: string | null;
  name: string;
  inputs: NamedValue[];
  tables?: { inputs: NamedValue[]; matched: { rule: number; outputs: NamedValue[]; annotations?: (string | { text: string })[] }[] }[];
  result: Json;
}

/** A value as FEEL writes it: analysts know it from the table. */
export function asFeel(value: Json | undefined): string {
  if (value === undefined || value === null) return "null";
  if (Array.isArray(value)) return `[${value.map(asFeel).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([name, part]) => `${name}: ${asFeel(part)}`).join(", ")}}`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** The rules of one decision's tables that matched, counted from 1. */
export function matchedRules(traces: DecisionTrace[], decision: string | null): number[] {
  return [...new Set(traces.filter((trace) => trace.id === decision).flatMap((trace) => (trace.tables ?? []).flatMap((table) => table.matched.map((rule) => rule.rule))))];
}

interface Props {
  traces: DecisionTrace[];
  /** Which decision is shown beside, and what shows another one. */
  chosen?: string | null;
  onChoose?: (decision: string) => void;
}

/** What was asked on the way to a result, in the order in which it was: given what, which rules matched, and what came out. */
export function Explanation({ traces, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const given = (inputs: NamedValue[]) => inputs.map(({ name, value }) => `${name} = ${asFeel(value)}`).join(", ");
  return (
    <ol className={classes.steps} aria-label={t("decision:how")}>
      {traces.map((trace, i) => {
        const tables = trace.tables ?? [];
        const inputs = tables.length === 1 ? (tables[0]?.inputs ?? []) : trace.inputs;
        return (
          <li key={i} className={classes.step} data-chosen={(chosen !== undefined && chosen === trace.id) || undefined}>
            <div className={classes.head}>
              {onChoose && trace.id ? <button type="button" className={classes.name} onClick={() => onChoose(trace.id ?? "")}>{trace.name}</button> : <span className={classes.name}>{trace.name}</span>}
              <code className={classes.result}>{asFeel(trace.result)}</code>
            </div>
            {inputs.length > 0 && <p className={classes.fact}>{t("decision:given", { values: given(inputs) })}</p>}
            {tables.map((table, j) => (
              <p key={j} className={classes.fact} data-none={table.matched.length === 0 || undefined}>
                {table.matched.length === 0 ? t("decision:noRule") : t("decision:matched", { count: table.matched.length, rules: table.matched.map((rule) => rule.rule).join(", ") })}
                {table.matched.flatMap((rule) => (rule.annotations ?? []).map((note) => (typeof note === "string" ? note : note.text)).filter(Boolean)).map((note, k) => <span key={k} className={classes.note}>{note}</span>)}
              </p>
            ))}
          </li>
        );
      })}
    </ol>
  );
}
