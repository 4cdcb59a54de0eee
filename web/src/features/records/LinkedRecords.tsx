import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useKinds, useRecords } from "~/api/records.ts";
import { Status } from "~/shared/fields/FieldValue.tsx";
import { useLabels } from "~/shared/fields/labels.ts";
import { pathTo } from "~/shared/fields/links.ts";
import { Section } from "~/shared/page/Page.tsx";
import classes from "./Records.module.css";

/** Records of other kinds that point at this one, found through the descriptions of their fields. */
export function LinkedRecords({ kind, recordKey }: { kind: string; recordKey: string }) {
  const kinds = useKinds();
  const pointing = (kinds.data ?? []).flatMap((other) => other.fields.filter((field) => field.link === kind).slice(0, 1).map((field) => ({ kind: other.kind, field: field.name })));
  return (
    <>
      {pointing.map((link) => (
        <Linked key={link.kind} of={link} recordKey={recordKey} />
      ))}
    </>
  );
}

function Linked({ of: link, recordKey }: { of: { kind: string; field: string }; recordKey: string }) {
  const { t } = useTranslation();
  const labels = useLabels();
  const records = useRecords(link.kind, { filters: [{ field: link.field, op: "eq", value: recordKey }], limit: 6 });
  const page = records.data?.pages[0];
  if (!page || page.items.length === 0) return null;
  return (
    <Section title={labels.kinds(link.kind)} count={page.total ?? page.items.length} flush>
      <ul className={classes.linked}>
        {page.items.map((row) => {
          const field = link.kind === "deal" ? "stage" : "status";
          const state = row.fields[field];
          return (
            <li key={row.key}>
              <Link to={pathTo(link.kind, row.key)}>
                <span className={classes.title}>{row.title}</span>
                {typeof state === "string" && <Status field={field} value={state} />}
              </Link>
            </li>
          );
        })}
      </ul>
      {page.next && <p className={classes.empty}><Link to={`/records/${link.kind}?f.${link.field}=${recordKey}`}>{t("records:allLinked")}</Link></p>}
    </Section>
  );
}
