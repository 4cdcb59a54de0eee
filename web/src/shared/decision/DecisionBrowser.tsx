import { useTranslation } from "react-i18next";
import { ViewTabs } from "../list/Chips.tsx";
import type { Mark } from "../diagram/Diagram.tsx";
import classes from "./Browser.module.css";
import type { RuleMark } from "./DecisionModel.tsx";
import { LazyDecision } from "./lazy.tsx";
import type { DecisionFile } from "./read.ts";

const GRAPH = "";

interface Props {
  file: DecisionFile;
  label: string;
  view: string | null;
  onView: (view: string | null) => void;
  rules?: RuleMark[];
  marks?: Record<string, Mark[]>;
  focusRule?: number | null;
}

/** What a file shows first: the graph if it is drawn and there is more than one decision, else the only or first one. */
export function firstView(file: DecisionFile, wanted?: string): string | null {
  if (wanted !== undefined && file.decisions.some((decision) => decision.id === wanted)) return wanted;
  return file.drawn && file.decisions.length > 1 ? null : (file.decisions[0]?.id ?? null);
}

/** A decision file: its requirement graph and each of its decisions, one at a time. */
export function DecisionBrowser({ file, label, view, onView, ...shown }: Props) {
  const { t } = useTranslation();
  const tabs = [...(file.drawn ? [{ value: GRAPH, label: t("decision:graph") }] : []), ...file.decisions.map((decision) => ({ value: decision.id, label: decision.name }))];
  return (
    <div className={classes.browser}>
      {tabs.length > 1 && (
        <div className={classes.tabs}>
          <ViewTabs label={t("decision:views")} views={tabs} value={view ?? GRAPH} onChange={(next) => onView(next === GRAPH ? null : next)} />
        </div>
      )}
      <div className={classes.model}>
        <LazyDecision file={file} label={label} view={view} onView={onView} {...shown} />
      </div>
    </div>
  );
}
