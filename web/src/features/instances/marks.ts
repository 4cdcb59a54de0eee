import type { InstanceDetail } from "~/api/model.ts";
import type { Badge } from "~/shared/diagram/badges.ts";
import type { Mark } from "~/shared/diagram/Diagram.tsx";
import type { Element } from "~/shared/elements/kinds.ts";

/** One visit to an element, as far as the map needs it. */
type Visit = Pick<InstanceDetail["elements"][number], "element" | "elementInstance" | "scope" | "state">;
type State = Visit["state"];
/** How elements are drawn. */
type Drawn = Record<string, Pick<Element, "hiddenIn" | "open">>;

/**
 * Visits without those that only stand for others: what is done several times is visited once as a whole and, in that, once
 * for each. The whole is left out where there is one of those, or five would count as six.
 */
export function ownVisits<V extends Visit>(visits: V[]): V[] {
  const living = (visit: V) => visit.state === "active" || visit.state === "incident";
  const wholes = new Set<string>();
  const elementOf = new Map(visits.map((visit) => [visit.elementInstance, visit]));
  for (const visit of visits) {
    const around = elementOf.get(visit.scope);
    // One that still runs is counted itself while none in it does: between two that are done one after the other.
    if (around?.element === visit.element && (living(visit) || !living(around))) wholes.add(around.elementInstance);
  }
  return visits.filter((visit) => !wholes.has(visit.elementInstance));
}

/** The way an instance has gone: done elements and flows green, where it stands in madder, stuck ones red. Later states win: a loop may come by again. */
export function instanceMarks(instance: Pick<InstanceDetail, "flowsTaken" | "incidents"> & { elements: Visit[] }, drawn: Drawn = {}): Record<string, Mark[]> {
  const rank = { terminated: 0, completed: 1, active: 2, incident: 3 } as const;
  const best = new Map<string, State>();
  for (const { element, state } of instance.elements) {
    const old = best.get(element);
    if (old === undefined || rank[state] > rank[old]) best.set(element, state);
  }
  for (const { element } of instance.incidents) for (const shown of [element, drawn[element]?.hiddenIn]) if (shown) best.set(shown, "incident");
  const marks: Record<string, Mark[]> = {};
  for (const [element, state] of best) {
    if (state === "completed") marks[element] = ["done"];
    else if (state === "active") marks[element] = [drawn[element]?.open ? "around" : "now"];
    else if (state === "incident") marks[element] = ["trouble"];
    else marks[element] = ["never"];
  }
  for (const flow of instance.flowsTaken) marks[flow] = ["done"];
  return marks;
}

type Translate = (key: string, params?: Record<string, unknown>) => string;

/** How many times an element stands active, where it is more than once; and a triangle where it is stuck, on what hides it too. */
export function instanceBadges(instance: Pick<InstanceDetail, "incidents"> & { elements: Visit[] }, t: Translate, drawn: Drawn = {}): Badge[] {
  const active = new Map<string, number>();
  for (const { element, state } of ownVisits(instance.elements)) if (state === "active" || state === "incident") active.set(element, (active.get(element) ?? 0) + 1);
  const badges: Badge[] = [...active].filter(([, count]) => count > 1).map(([element, count]) => ({ element, kind: "now", text: String(count), title: t("diagram:waiting", { count }), position: { top: -13, right: 14 } }));
  const stuck = new Map<string, string[]>();
  for (const { element, message } of instance.incidents) for (const shown of [element, drawn[element]?.hiddenIn]) if (shown) stuck.set(shown, [...(stuck.get(shown) ?? []), message]);
  for (const [element, messages] of stuck) badges.push({ element, kind: "incident", text: messages.length > 1 ? String(messages.length) : "!", title: [...new Set(messages)].join(" "), position: { bottom: 13, left: -12 } });
  return badges;
}
