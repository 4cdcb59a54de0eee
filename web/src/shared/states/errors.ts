import type { ApiError } from "~/api/client.ts";
import type { Problem } from "~/api/model.ts";
import type { Locale } from "~/i18n/index.ts";

type Translate = (key: string, params?: Record<string, unknown>) => string;
type Exists = (key: string) => boolean;

/** One problem of a form as a sentence. The server speaks English; other languages go by the code, if it is known. */
export function problemWords(problem: Problem, t: Translate, exists: Exists, locale: Locale): string {
  const key = `states:problem.${problem.code}`;
  if (locale !== "en" && exists(key)) return t(key);
  return [problem.message, problem.hint].filter(Boolean).join(" ");
}

/**
 * What went wrong as one or two plain sentences. In English the server's own sentence is the most exact; in other
 * languages its code is worded, and its sentence is what is left where the code is not known.
 */
export function errorWords(error: ApiError, t: Translate, exists: Exists, locale: Locale): string {
  const byCode = `states:code.${error.code}`;
  if (error.code === "stale") return t("states:code.stale");
  const first = error.problems[0];
  if (first) return problemWords(first, t, exists, locale);
  if (locale === "en" && error.message) return error.message;
  if (exists(byCode)) return t(byCode);
  if (error.message) return error.message;
  if (exists(`states:status.${error.status}`)) return t(`states:status.${error.status}`);
  return t("states:status.other");
}
