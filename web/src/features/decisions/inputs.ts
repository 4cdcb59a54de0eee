import type { Json } from "~/api/model.ts";

/** What can be typed for an input of a decision. */
export type Kind = "string" | "number" | "boolean" | "date" | "time" | "dateTime" | "duration" | "choice" | "any";

export interface DecisionInput {
  name: string;
  /** As FEEL names it; nothing when the file does not say. */
  type?: string | null;
  /** Which values are allowed, as unary tests. */
  allowed?: string | null;
}

const KINDS: Record<string, Kind> = {
  string: "string",
  number: "number",
  boolean: "boolean",
  date: "date",
  time: "time",
  "date and time": "dateTime",
  "days and time duration": "duration",
  "years and months duration": "duration",
};

/** The texts of a list like `"a", "b"`; nothing when it is anything else. */
export function choices(allowed: string | null | undefined): string[] | null {
  if (!allowed || !/^\s*"(?:[^"\\]|\\.)*"(?:\s*,\s*"(?:[^"\\]|\\.)*")*\s*$/.test(allowed)) return null;
  return (allowed.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((text) => JSON.parse(text) as string);
}

export function kindOf({ type, allowed }: DecisionInput): Kind {
  const kind = KINDS[(type ?? "").trim()] ?? "any";
  return kind === "string" && choices(allowed) ? "choice" : kind;
}

const DURATION = /^-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/;
const TIME = /^\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d|@\S+)?$/;
const DATE = /^-?\d{4,}-\d\d-\d\d$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What was typed as a value for the server; undefined when it cannot be one. An empty field gives nothing: null. */
export function read(kind: Kind, typed: string): Json | undefined {
  const text = typed.trim();
  if (kind === "string" || kind === "choice") return typed === "" ? null : typed;
  if (text === "") return null;
  switch (kind) {
    case "number": {
      const plain = text.replace(",", ".");
      return NUMBER.test(plain) ? Number(plain) : undefined;
    }
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "date":
      return DATE.test(text) ? text : undefined;
    case "time":
      return TIME.test(text) ? text : undefined;
    case "dateTime": {
      const [day = "", time = ""] = text.replace(" ", "T").split("T");
      return DATE.test(day) && TIME.test(time) ? `${day}T${time}` : undefined;
    }
    case "duration":
      return DURATION.test(text) ? text : undefined;
    default:
      try {
        return JSON.parse(text) as Json;
      } catch {
        // A word without quotation marks is meant as a text.
        return /^[[{"]/.test(text) ? undefined : text;
      }
  }
}
