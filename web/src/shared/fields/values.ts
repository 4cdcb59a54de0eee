import type { FieldDescription, Json } from "~/api/model.ts";
import type { Locale } from "~/i18n/index.ts";

/** "1 250,00 €"; without a currency the plain number. Money may come as a number or as decimal text. */
export function money(value: Json, currency: Json | undefined, locale: Locale): string {
  const amount = Number(value);
  if (value === null || value === "" || Number.isNaN(amount)) return "";
  const tag = locale === "ru" ? "ru-RU" : "en-GB";
  if (typeof currency === "string" && /^[A-Z]{3}$/.test(currency)) return new Intl.NumberFormat(tag, { style: "currency", currency, maximumFractionDigits: amount % 1 === 0 ? 0 : 2 }).format(amount);
  return new Intl.NumberFormat(tag, { maximumFractionDigits: 2 }).format(amount);
}

/** Whether there is anything to show. */
export function isEmpty(value: Json | undefined): boolean {
  return value === null || value === undefined || value === "";
}

/** When a record was made and changed: its head and its timeline say it better than a field among the others. */
export const BOOKKEEPING = ["created_at", "changed_at"];

/** What an edited text becomes when it is sent: nothing typed clears the field. */
export function toValue(field: FieldDescription, text: string): Json {
  const trimmed = field.type === "longText" ? text.trimEnd() : text.trim();
  if (trimmed === "") return null;
  // Money stays text: a decimal number loses cents in floating point.
  if (field.type === "money") return trimmed.replace(/\s/g, "").replace(",", ".");
  return trimmed;
}

/** A value of a process as a person may read it on one line. */
export function brief(value: Json): string {
  if (value === null) return "—";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return JSON.stringify(value);
}
