import { useTranslation } from "react-i18next";
import type { Fields, Json, Notification, Who } from "~/api/model.ts";
import { useLabels } from "../fields/labels.ts";
import { brief } from "../fields/values.ts";
import { useWhen } from "../time/When.tsx";
import { exact } from "../time/words.ts";

/** Names that the server may send as text or as an object that has one. */
function nameOf(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object" && !Array.isArray(value)) return nameOf("name" in value ? value.name : "title" in value ? value.title : "login" in value ? value.login : null);
  return brief(value);
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** Words for what happened: history, timeline and notifications come as a code with parameters. */
export function useHistoryWords() {
  const { t, i18n } = useTranslation();
  const labels = useLabels();
  const when = useWhen();

  /** Parameters as they may stand in a sentence: names instead of objects, times as people write them. */
  const spoken = (params: Fields) => {
    const out: Record<string, string> = {};
    for (const [name, value] of Object.entries(params)) {
      const text = nameOf(value);
      out[name] = INSTANT.test(text) ? exact(text, when) : text;
    }
    out.element = nameOf(params.elementName ?? params.name ?? params.element);
    if (typeof params.type === "string") out.type = labels.kind(params.type);
    if (typeof params.kind === "string") out.kind = labels.kind(params.kind);
    if (typeof params.outcome === "string") out.outcome = labels.option("outcome", params.outcome);
    return out;
  };

  const sentence = (code: string, params: Fields, base: "happened" | "notice") => {
    const words = spoken(params);
    // "activity.held" may have its own words for each type and outcome; the plain one is the fallback.
    const variants = (code.startsWith("activity.") ? [params.type, params.outcome] : []).filter((v): v is string => typeof v === "string").map((v) => `history:${base}.${code}_${v}`);
    const key = [...variants, `history:${base}.${code}`].find((k) => i18n.exists(k, words) && typeof i18n.t(k, words) === "string");
    return key ? t(key, words) : t("history:other", { code: code.replaceAll(/[._]/g, " ") });
  };

  return {
    entry: (entry: { code: string; params: Fields }) => sentence(entry.code, entry.params ?? {}, "happened"),
    notification: (item: Notification) => sentence(item.code, item.params ?? {}, "notice"),
    /** Field by field what a record change did. */
    changes(kind: string, params: Fields): { field: string; from: string; to: string }[] {
      const changes = Array.isArray(params.changes) ? params.changes : [];
      return changes.flatMap((change) => {
        if (change === null || typeof change !== "object" || Array.isArray(change)) return [];
        const field = String(change.field ?? "");
        const say = (value: Json | undefined) => {
          const text = nameOf(value);
          if (text === "") return "—";
          return INSTANT.test(text) ? exact(text, when) : i18n.exists(`fields:option.${field}.${text}`) ? labels.option(field, text) : text;
        };
        return [{ field: labels.field(kind, field), from: say(change.old), to: say(change.new) }];
      });
    },
    actor(actor: Who | null): string {
      if (!actor) return "";
      if (actor.type === "user") return actor.name ?? actor.login ?? "";
      return actor.type === "process" ? t("history:byProcess", { name: actor.name ?? "" }) : t("history:bySystem");
    },
  };
}
