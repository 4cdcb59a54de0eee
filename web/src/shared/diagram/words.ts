import { useTranslation } from "react-i18next";
import type { Incident, Problem } from "~/api/model.ts";
import { asLocale } from "~/i18n/index.ts";

/** What to read first, and what stands small below it. */
export interface InDetail {
  title: string;
  detail: string | null;
}

/**
 * Words for what is wrong with a diagram or what is stuck. The server's own sentence is the most exact, and English; in
 * other languages the code is worded and the sentence stays as the detail.
 */
export function useDiagramWords() {
  const { t, i18n } = useTranslation();
  const byCode = (key: string, element: string | undefined, said: string, spoken: string): InDetail => {
    if (asLocale(i18n.language) === "en" || !i18n.exists(key)) return { title: said, detail: null };
    const words = t(key);
    return { title: element ? t("diagram:at", { element, words }) : words, detail: t("diagram:inDetail", { words: spoken }) };
  };
  return {
    problem(problem: Problem, names: Record<string, string> = {}): InDetail {
      const element = problem.element ? (names[problem.element] ?? problem.element) : undefined;
      const own = byCode(`diagram:problem.${problem.code}`, element, problem.message, [problem.message, problem.hint].filter(Boolean).join(" "));
      return { ...own, detail: own.detail ?? problem.hint ?? null };
    },
    /** Which element is stuck is said by the head above it. */
    incident: (incident: Pick<Incident, "code" | "message">) => byCode(`diagram:incident.${incident.code}`, undefined, incident.message, incident.message),
  };
}
