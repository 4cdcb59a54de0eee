import type { InstanceDetail } from "~/api/model.ts";
import type { Badge } from "~/shared/diagram/badges.ts";
import type { Mark } from "~/shared/diagram/Diagram.tsx";

/** The way an instance has gone: done elements and flows green, where it stands in madder, stuck ones red. Later states win: a loop may come by again. */
export function instanceMarks(instance: Pick<InstanceDetail, "elements" | "flowsTaken" | "incidents">): Record<string, Mark[]> {
  const rank = { terminated: 0, completed: 1, active: 2, incident: 3 } as const;
  const best = new Map<string, keyof typeof rank>();
  for (const { element, state } of instance.elements) {
    const old = best.get(element);
    if (old === undefined || rank[state] > rank[old]) best.set(element, state);
  }
  for (const { element } of instance.incidents) best.set(element, "incident");
  const marks: Record<string, Mark[]> = {};
  for (const [element, state] of best) {
    if (state === "completed") marks[element] = ["done"];
    else if (state === "active") marks[element] = ["now"];
    else if (state === "incident") marks[element] = ["trouble"];
    else marks[element] = ["never"];
  }
  for (const flow of instance.flowsTaken) marks[flow] = ["done"];
  return marks;
}

type Translate = (key: string, params?: Record<string, unknown>) => string;

/** How many times an element stands active, where it is more than once; and a triangle where it is stuck. */
export function instanceBadges(instance: Pick<InstanceDetail, "elements" | "incidents">, t: Translate): Badge[] {
  const active = new Map<string, number>();
  for (const { element, state } of instance.elements) if (state === "active" || state === "incident") active.set(element, (active.get(element) ?? 0) + 1);
  const badges: Badge[] = [...active].filter(([, count]) => count > 1).map(([element, count]) => ({ element, kind: "now", text: String(count), title: t("diagram:waiting", { count }), position: { top: -13, right: 14 } }));
  for (const incident of instance.incidents) badges.push({ element: incident.element, kind: "incident", text: "!", title: incident.message, position: { bottom: 13, left: -12 } });
  return badges;
}
