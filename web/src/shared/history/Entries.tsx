import { Anchor } from "@mantine/core";
import { IconMessage, IconPhone, IconPlayerPlay, IconRoute, IconTable, IconTriangle, IconUser } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Fields, Instant, Who } from "~/api/model.ts";
import { pathTo } from "../fields/links.ts";
import { DecisionAsked } from "../decision/DecisionAsked.tsx";
import { InstanceLink } from "../instance-list/InstanceLink.tsx";
import { When } from "../time/When.tsx";
import classes from "./Entries.module.css";
import { useHistoryWords } from "./words.ts";

interface Entry {
  at: Instant;
  actor: Who | null;
  code: string;
  params: Fields;
}

function icon(code: string): ReactNode {
  if (code.startsWith("note") || code.startsWith("comment")) return <IconMessage size={13} />;
  if (code.startsWith("activity")) return <IconPhone size={13} />;
  if (code.startsWith("decision")) return <IconTable size={13} />;
  if (code.startsWith("incident")) return <IconTriangle size={13} />;
  if (code.startsWith("instance.started") || code.startsWith("process.started")) return <IconPlayerPlay size={13} />;
  if (code.startsWith("process") || code.startsWith("element") || code.startsWith("timer") || code.startsWith("connector")) return <IconRoute size={13} />;
  return <IconUser size={13} />;
}

/** What happened, newest first, each in a plain sentence with who did it and when. `kind`: the record whose fields are named. */
export function Entries({ entries, kind = "" }: { entries: (Entry & { id: string })[]; kind?: string }) {
  const { t } = useTranslation();
  const words = useHistoryWords();
  return (
    <ol className={classes.list}>
      {entries.map((entry) => {
        const text = typeof entry.params?.text === "string" ? entry.params.text : null;
        const note = typeof entry.params?.note === "string" ? entry.params.note : null;
        const reason = typeof entry.params?.reason === "string" ? entry.params.reason : null;
        const linked = entry.code === "record.linked" && typeof entry.params?.kind === "string" && typeof entry.params.key === "string" ? pathTo(entry.params.kind, entry.params.key) : null;
        const instance = typeof entry.params?.instance === "string" ? entry.params.instance : entry.actor?.instance;
        return (
          <li key={entry.id} className={classes.entry} data-trouble={entry.code.startsWith("incident.raised") || undefined}>
            <span className={classes.icon} aria-hidden>{icon(entry.code)}</span>
            <div className={classes.body}>
              <span>{linked ? <Anchor component={Link} to={linked} inherit>{words.entry(entry)}</Anchor> : words.entry(entry)}</span>
              {words.changes(kind, entry.params ?? {}).map((change) => (
                <span key={change.field} className={classes.change}>
                  {change.field}: <s>{change.from}</s> → <b>{change.to}</b>
                </span>
              ))}
              {text && <blockquote className={classes.text}>{text}</blockquote>}
              {note && !text && <blockquote className={classes.text}>{note}</blockquote>}
              {entry.code === "decision.evaluated" && <DecisionAsked params={entry.params} />}
              {reason && <span className={classes.change}>{t("history:reason", { reason })}</span>}
              <span className={classes.meta}>
                {entry.actor?.type === "process" && instance ? <InstanceLink instance={instance}>{words.actor(entry.actor)}</InstanceLink> : words.actor(entry.actor)}
                {entry.actor && " · "}
                <When at={entry.at} />
              </span>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
