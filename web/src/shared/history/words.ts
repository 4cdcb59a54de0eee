import { useTranslation } from "react-i18next";
import type { Fields, Json, Notification, Who } from "~/api/model.ts";
import { isMadeUp } from "../elements/kinds.ts";
import { useLabels } from "../fields/labels.ts";
import { useWhen } from "../time/When.tsx";
import { exact } from "../time/words.ts";
import { nameOf, namedParams, type Names, sentenceKeys } from "./sentence.ts";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** Words for what happened: history, timeline and notifications come as a code with parameters. */
export function useHistoryWords() {
  const { t, i18n } = useTranslation();
  const labels = useLabels();
  const when = useWhen();
  const list = new Intl.ListFormat(i18n.language, { type: "conjunction" });

  /** Parameters as they may stand in a sentence: names instead of objects, times as people write them. */
  const spoken = (given: Fields, names: Names) => {
    const params = namedParams(given, names);
    const out: Record<string, string | number> = {};
    for (const [name, value] of Object.entries(params)) {
      if (Array.isArray(value)) out[name] = list.format(value.map((one: Json) => t("history:quoted", { name: nameOf(one) })));
      else {
        const text = nameOf(value);
        out[name] = INSTANT.test(text) ? exact(text, when) : text;
      }
    }
    out.element = nameOf(params.elementName ?? params.name ?? params.element);
    if (typeof params.type === "string") out.type = labels.kind(params.type);
    if (typeof params.kind === "string") out.kind = labels.kind(params.kind);
    if (typeof params.outcome === "string") out.outcome = labels.option("outcome", params.outcome);
    // What is counted has its plural forms.
    const count = params.count ?? params.total;
    if (typeof count === "number") out.count = count;
    return out;
  };

  const sentence = (code: string, params: Fields, base: "happened" | "notice", names: Names = {}) => {
    const words = spoken(params, names);
    const key = sentenceKeys(base, code, params).find((k) => i18n.exists(k, words) && typeof i18n.t(k, words) === "string");
    return key ? t(key, words) : t("history:other", { code: code.replaceAll(/[._]/g, " ") });
  };

  return {
    /** `names`: what to call elements that have no name, where the diagram is known. */
    entry: (entry: { code: string; params: Fields }, names?: Names) => sentence(entry.code, entry.params ?? {}, "happened", names),
    notification(item: Notification) {
      // What one is told of are tasks.
      const element = item.params?.element;
      const names = typeof element === "string" && isMadeUp(element) ? { [element]: t("elements:kind.userTask") } : {};
      return sentence(item.code, item.params ?? {}, "notice", names);
    },
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
