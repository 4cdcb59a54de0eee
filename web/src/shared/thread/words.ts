import type { Thread } from "~/api/model.ts";
import { since, type When } from "../time/words.ts";

type Translate = (key: string, params?: Record<string, unknown>) => string;

/** What an element is called: its name, else its id, for a diagram need not name everything. */
export function elementName(step: { name?: string | null; element: string }): string {
  return step.name?.trim() || step.element;
}

/** Where something stands, each place once: several that stand at one element are counted there. */
export interface Standing {
  element: string;
  name: string;
  since: string;
  who: Thread["now"][number]["who"];
  overdue: boolean;
  count: number;
}

/** The places where it stands. Of several at one place the first to come says since when; who has it, where it is one person. */
export function standing(thread: Thread): Standing[] {
  const places = new Map<string, Standing>();
  for (const { element, name, since, who, overdue } of thread.now) {
    const place = places.get(element);
    if (!place) places.set(element, { element, name, since, who, overdue, count: 1 });
    else places.set(element, { ...place, since: since < place.since ? since : place.since, who: place.who?.login === who?.login ? place.who : null, overdue: place.overdue || overdue, count: place.count + 1 });
  }
  return [...places.values()];
}

/** "Ask a colleague ×3". */
export function standingName(place: Standing): string {
  return place.count > 1 ? `${elementName(place)} ×${place.count}` : elementName(place);
}

type Names = Record<string, string> | undefined;

/** A step that has no name of its own is called by what it is, where its diagram is known: the server says its id then. */
export function named<T extends { name: string; element: string }>(step: T, names: Names): T {
  const own = step.name.trim();
  return own !== "" && own !== step.element ? step : { ...step, name: names?.[step.element] ?? step.name };
}

/** A thread whose steps all have names. */
export function namedThread(thread: Thread, names: Names): Thread {
  return { ...thread, done: thread.done.map((step) => named(step, names)), now: thread.now.map((step) => named(step, names)), next: thread.next.map((step) => named(step, names)) };
}

/** "AK" for Anna Keller. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return [words[0]?.[0], words.length > 1 ? words.at(-1)?.[0] : undefined].filter(Boolean).join("").toUpperCase();
}

/** "3 of about 6"; nothing when the graph cannot say. */
export function position(thread: Thread, t: Translate): string | null {
  const about = thread.about;
  return about && about.total > 0 ? t("thread:position", { position: about.position, total: about.total }) : null;
}

/** Where it stands, as one sentence for those who do not see the line: "3 of about 6: waiting for Anna: Call the client, since Tuesday". */
export function threadSentence(thread: Thread, when: When, t: Translate): string {
  const steps = standing(thread).map((step) => {
    const params = { step: standingName(step), who: step.who?.name, since: since(step.since, when, t) };
    const words = t(step.who ? "thread:waitsFor" : "thread:waits", params);
    return step.overdue ? t("thread:late", { words }) : words;
  });
  const where = steps.length > 0 ? steps.join("; ") : t(thread.done.length > 0 ? "thread:ended" : "thread:notStarted");
  const pos = thread.now.length > 0 ? position(thread, t) : null;
  const next = thread.now.length > 0 && thread.next.length > 0 ? t("thread:then", { steps: thread.next.map((s) => (s.certain ? elementName(s) : t("thread:perhaps", { step: elementName(s) }))).join(", ") }) : null;
  return [pos ? `${pos}: ${where}` : where, next].filter(Boolean).join(". ");
}
