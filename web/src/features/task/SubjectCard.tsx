import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useKinds, useRecord } from "~/api/records.ts";
import type { RecordRef } from "~/api/model.ts";
import { FieldValue } from "~/shared/fields/FieldValue.tsx";
import { useLabels } from "~/shared/fields/labels.ts";
import { pathTo } from "~/shared/fields/links.ts";
import { BOOKKEEPING, isEmpty } from "~/shared/fields/values.ts";
import { Section } from "~/shared/page/Page.tsx";
import { Loaded, RowsSkeleton } from "~/shared/states/States.tsx";
import classes from "./SubjectCard.module.css";

/** The record that a task is about: what is filled in, to read beside the form. */
export function SubjectCard({ subject }: { subject: RecordRef }) {
  const { t } = useTranslation();
  const labels = useLabels();
  const kinds = useKinds();
  const record = useRecord(subject.kind, subject.key);
  const fields = kinds.data?.find((kind) => kind.kind === subject.kind)?.fields ?? [];
  return (
    <Section title={labels.kind(subject.kind)} action={<Anchor component={Link} to={pathTo(subject.kind, subject.key)} size="xs">{t("task:openRecord")}</Anchor>}>
      <p className={classes.title}>{subject.title}</p>
      <Loaded query={record} skeleton={<RowsSkeleton rows={4} />}>
        {(data) => (
          <dl className={classes.facts}>
            {fields
              .filter((field) => (field.type === "link" ? data.links[field.name] : !isEmpty(data.fields[field.name])))
              .filter((field) => !BOOKKEEPING.includes(field.name))
              .sort((a, b) => Number(a.type === "longText") - Number(b.type === "longText"))
              .map((field) => (
                <div key={field.name} className={classes.fact} data-long={field.type === "longText" || undefined}>
                  <dt>{labels.field(subject.kind, field.name)}</dt>
                  <dd><FieldValue record={data} field={field} /></dd>
                </div>
              ))}
          </dl>
        )}
      </Loaded>
    </Section>
  );
}
