import { Anchor } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { Link } from "react-router";
import type { FieldDescription, Json, RecordRow } from "~/api/model.ts";
import { PersonName } from "../people/People.tsx";
import { When } from "../time/When.tsx";
import { useLocale } from "../time/clock.tsx";
import { plainDate } from "../time/words.ts";
import classes from "./Fields.module.css";
import { useLabels } from "./labels.ts";
import { pathTo } from "./links.ts";
import { isEmpty, money } from "./values.ts";

/** How each state of a record is coloured; never by colour alone, the word stands beside. */
const TONE: Record<string, string> = { new: "ink", in_progress: "ink", waiting: "amber", closed: "done", won: "done", lost: "dim", high: "amber" };

export function Status({ field, value }: { field: string; value: string }) {
  const labels = useLabels();
  return (
    <span className={classes.status} data-tone={TONE[value] ?? "dim"}>
      {labels.option(field, value)}
    </span>
  );
}

/** Where something stands has a dot; other choices are plain words. */
function Choice({ field, value }: { field: string; value: string }) {
  const labels = useLabels();
  return field === "status" || field === "stage" || value === "high" ? <Status field={field} value={value} /> : <>{labels.option(field, value)}</>;
}

/** One field of a record, read only. */
export function FieldValue({ record, field, plain = false }: { record: Pick<RecordRow, "fields" | "links">; field: FieldDescription; plain?: boolean }) {
  const locale = useLocale();
  const value: Json | undefined = record.fields[field.name];
  const link = record.links[field.name];
  if (field.type === "link") {
    if (!link) return <span className={classes.none}>—</span>;
    if (field.link === "user") return <PersonName person={link.title} />;
    return plain ? <>{link.title}</> : <Anchor component={Link} to={pathTo(link.kind ?? field.link ?? "", link.key)} size="sm">{link.title}</Anchor>;
  }
  if (isEmpty(value)) return <span className={classes.none}>—</span>;
  switch (field.type) {
    case "choice":
      return <Choice field={field.name} value={String(value)} />;
    case "money":
      return <span className="tabular">{money(value ?? null, record.fields.currency, locale)}</span>;
    case "date":
      return <span className="tabular">{plainDate(String(value), locale)}</span>;
    case "instant":
      return <When at={String(value)} />;
    case "boolean":
      return value ? <IconCheck size={15} aria-label="✓" /> : <span className={classes.none}>—</span>;
    case "email":
      return plain ? <>{String(value)}</> : <Anchor href={`mailto:${String(value)}`} size="sm">{String(value)}</Anchor>;
    case "phone":
      return plain ? <>{String(value)}</> : <Anchor href={`tel:${String(value).replace(/[^+\d]/g, "")}`} size="sm">{String(value)}</Anchor>;
    case "longText":
      return <span className={plain ? undefined : classes.long}>{String(value)}</span>;
    default:
      return <>{String(value)}</>;
  }
}
