import type { Fields, Json } from "~/api/model.ts";
import type { Flow } from "../elements/kinds.ts";
import { brief } from "../fields/values.ts";

/** Names of elements by id, where their diagram is known. */
export type Names = Record<string, string>;

/** Names that the server may send as text or as an object that has one. */
export function nameOf(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object" && !Array.isArray(value)) return nameOf("name" in value ? value.name : "title" in value ? value.title : "login" in value ? value.login : null);
  return brief(value);
}

/** Sentences that differ by more than their parameters: the first of these endings that has words is taken. */
const ENDINGS: Record<string, (params: Fields) => Json[]> = {
  "instance.started": ({ calledBy }) => [calledBy ? "called" : null],
  "task.created": ({ assignee }) => [assignee ? "given" : null],
  "error.caught": ({ code }) => [code ? "coded" : null],
  "escalation.thrown": ({ caughtBy, toCaller }) => [caughtBy ? "caught" : toCaller ? "toCaller" : null],
  "compensation.begun": ({ count }) => [Number(count) === 0 ? "none" : null],
  "compensation.undoing": ({ undoes }) => [undoes ? "known" : null],
  "compensation.undone": ({ undoes }) => [undoes ? "known" : null],
  "eventSubProcess.begun": ({ interrupting }) => [interrupting ? "interrupting" : null],
  "multiInstance.begun": ({ total }) => [Number(total) === 0 ? "none" : null],
  "connector.waiting": ({ listener }) => [listener ? "listener" : null],
  "connector.done": ({ listener }) => [listener ? "listener" : null],
  "connector.failed": ({ listener }) => [listener ? "listener" : null],
};

/** The keys of the sentences that fit what happened, the most exact first. */
export function sentenceKeys(base: "happened" | "notice", code: string, params: Fields): string[] {
  const endings = code.startsWith("activity.") ? [params.type, params.outcome] : (ENDINGS[code]?.(params) ?? []);
  return [...endings.filter((ending): ending is string => typeof ending === "string").map((ending) => `history:${base}.${code}_${ending}`), `history:${base}.${code}`];
}

/** Parameters in which an element or a process stands beside its name: where it has none, the server says its id there too. */
const NAMED = ["element", "caughtBy", "undoes", "process"];

/** The parameters with every element called by its name, or by what it is. */
export function namedParams(params: Fields, names: Names): Fields {
  const out: Fields = { ...params };
  for (const role of NAMED) {
    const [id, said] = [params[role], params[`${role}Name`]];
    if (typeof id === "string" && (said === undefined || said === null || said === id) && names[id]) out[`${role}Name`] = names[id];
  }
  // A way without a name is called by where it leads, which may have none either.
  if ("gateway" in params && typeof params.elementName === "string") out.elementName = names[params.elementName] ?? params.elementName;
  if (out.processName) out.process = out.processName;
  if (Array.isArray(params.elements)) out.elements = params.elements.map((one: Json) => names[nameOf(one)] ?? nameOf(one));
  return out;
}

/** One of the ways out of a gateway: what was asked there and whether it was taken. */
export interface Way {
  name: string;
  condition: string | null;
  isDefault: boolean;
  taken: boolean;
}

/** Why a way was taken: all ways that there were, and the values that their conditions look at. */
export interface Choice {
  ways: Way[];
  values: { name: string; value: string }[];
}

/**
 * The choices behind the ways that were taken, by the entries that say so. Several ways of one gateway may be taken at once:
 * the choice stands once, at the last of them. Where nothing was asked there is nothing to say.
 */
export function choicesOf<E extends { id: string; code: string; sequence?: number; params: Fields }>(entries: E[], flows: Record<string, Flow>, names: Names): Map<string, Choice> {
  const taken = new Map<string, { at: E; flows: Set<string> }>();
  for (const entry of entries) {
    const flow = typeof entry.params?.element === "string" ? entry.params.element : "";
    const source = flows[flow]?.source;
    if (entry.code !== "flow.taken" || source === undefined) continue;
    const group = `${entry.sequence}-${source}`;
    const known = taken.get(group) ?? { at: entry, flows: new Set() };
    known.flows.add(flow);
    taken.set(group, known);
  }
  const choices = new Map<string, Choice>();
  for (const { at, flows: chosen } of taken.values()) {
    const source = flows[[...chosen][0] ?? ""]?.source;
    const out = Object.entries(flows).filter(([, flow]) => flow.source === source);
    if (!out.some(([, flow]) => flow.condition !== null)) continue;
    const values = at.params.values;
    choices.set(at.id, {
      ways: out.map(([id, flow]) => ({ name: flow.name ?? names[flow.target] ?? flow.target, condition: flow.condition, isDefault: flow.isDefault, taken: chosen.has(id) })),
      values: values !== null && typeof values === "object" ? Object.entries(values).map(([name, value]) => ({ name, value: brief(value as Json) })) : [],
    });
  }
  return choices;
}
