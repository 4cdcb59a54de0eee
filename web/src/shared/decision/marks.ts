import type { Problem } from "~/api/model.ts";
import type { Mark } from "../diagram/Diagram.tsx";
import type { RuleMark } from "./DecisionModel.tsx";
import type { Place } from "./read.ts";

/** Problems on the rules of the table that is shown, and on the decisions of the requirement graph; an error outweighs the warnings beside it. */
export function decisionMarks(problems: Problem[], places: Record<string, Place>, view: string | null): { rules: RuleMark[]; marks: Record<string, Mark[]> } {
  const rules = new Map<number, RuleMark>();
  const marks: Record<string, Mark[]> = {};
  for (const { element, severity, message } of problems) {
    const place = element ? places[element] : undefined;
    if (!place) continue;
    const error = severity !== "warning";
    marks[place.decision] = error || marks[place.decision]?.includes("trouble") ? ["trouble"] : ["warned"];
    if (place.decision !== view || place.rule === undefined) continue;
    const before = rules.get(place.rule);
    rules.set(place.rule, { rule: place.rule, kind: error || before?.kind === "trouble" ? "trouble" : "warned", title: [before?.title, message].filter(Boolean).join(" ") });
  }
  return { rules: [...rules.values()].sort((a, b) => a.rule - b.rule), marks };
}
