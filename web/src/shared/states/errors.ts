import type { ApiError } from "~/api/client.ts";

type Translate = (key: string, params?: Record<string, unknown>) => string;
type Exists = (key: string) => boolean;

/**
 * What went wrong as one or two plain sentences. Codes that the UI knows are worded in the person's language;
 * of the rest the server's own sentence is the best there is.
 */
export function errorWords(error: ApiError, t: Translate, exists: Exists): string {
  if (exists(`states:code.${error.code}`)) return t(`states:code.${error.code}`);
  const first = error.problems[0];
  if (first) return [first.message, first.hint].filter(Boolean).join(" ");
  if (error.message) return error.message;
  if (exists(`states:status.${error.status}`)) return t(`states:status.${error.status}`);
  return t("states:status.other");
}
