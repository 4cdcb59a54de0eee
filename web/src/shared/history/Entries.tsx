import { Anchor } from "@mantine/core";
import { IconArrowBackUp, IconArrowsSplit2, IconArrowUpRight, IconBolt, IconBroadcast, IconClock, IconEdit, IconMail, IconMessage, IconPhone, IconPlayerPlay, IconRepeat, IconRoute, IconTable, IconTriangle, IconUser } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Fields, Instant, Who } from "~/api/model.ts";
import { useMe } from "~/api/session.ts";
import { pathTo } from "../fields/links.ts";
import { DecisionAsked } from "../decision/DecisionAsked.tsx";
import { InstanceLink } from "../instance-list/InstanceLink.tsx";
import { may } from "../people/may.ts";
import { When } from "../time/When.tsx";
import classes from "./Entries.module.css";
import type { Choice, Names } from "./sentence.ts";
import { Ways } from "./Ways.tsx";
import { useHistoryWords } from "./words.ts";

interface Entry {
  at: Instant;
  actor: Who | null;
  code: string;
  params: Fields;
}

/** By what a code begins with. What people do with tasks and records has the person's. */
const ICONS: Record<string, typeof IconUser> = {
  note: IconMessage, comment: IconMessage, activity: IconPhone, decision: IconTable, incident: IconTriangle, variable: IconEdit,
  instance: IconRoute, process: IconRoute, element: IconRoute, connector: IconRoute, listener: IconRoute, call: IconArrowUpRight, adHoc: IconUser,
  flow: IconArrowsSplit2, gateway: IconArrowsSplit2, event: IconBolt, eventSubProcess: IconBolt, condition: IconBolt, timer: IconClock, message: IconMail, signal: IconBroadcast, escalation: IconBroadcast,
  error: IconTriangle, multiInstance: IconRepeat, loop: IconRepeat, compensation: IconArrowBackUp, transaction: IconArrowBackUp,
};

function icon(code: string): ReactNode {
  const Icon = code.endsWith(".started") && !code.startsWith("call") ? IconPlayerPlay : (ICONS[code.split(".")[0] ?? ""] ?? IconUser);
  return <Icon size={13} />;
}

/** The way from a call to the instance that it began, and from that to the one that called it. */
function callLink(entry: Entry): { to: string; words: "history:called" | "history:caller" } | null {
  const { instance, calledBy } = entry.params ?? {};
  if (entry.code.startsWith("call.") && typeof instance === "string") return { to: instance, words: "history:called" };
  return typeof calledBy === "string" ? { to: calledBy, words: "history:caller" } : null;
}

/** What happened, newest first, each in a plain sentence with who did it and when. `kind`: the record whose fields are named; `names`: what to call elements without a name; `choices`: why ways were taken, by the entries' ids. */
export function Entries({ entries, kind = "", names = {}, choices }: { entries: (Entry & { id: string })[]; kind?: string; names?: Names; choices?: Map<string, Choice> }) {
  const { t } = useTranslation();
  const words = useHistoryWords();
  const { role } = useMe();
  return (
    <ol className={classes.list}>
      {entries.map((entry) => {
        const text = typeof entry.params?.text === "string" ? entry.params.text : null;
        const note = typeof entry.params?.note === "string" ? entry.params.note : null;
        const reason = typeof entry.params?.reason === "string" ? entry.params.reason : null;
        const linked = entry.code === "record.linked" && typeof entry.params?.kind === "string" && typeof entry.params.key === "string" ? pathTo(entry.params.kind, entry.params.key) : null;
        const call = callLink(entry);
        const choice = choices?.get(entry.id);
        const instance = !call && typeof entry.params?.instance === "string" ? entry.params.instance : entry.actor?.instance;
        return (
          <li key={entry.id} className={classes.entry} data-trouble={entry.code.startsWith("incident.raised") || undefined}>
            <span className={classes.icon} aria-hidden>{icon(entry.code)}</span>
            <div className={classes.body}>
              <span>{linked ? <Anchor component={Link} to={linked} inherit>{words.entry(entry, names)}</Anchor> : words.entry(entry, names)}</span>
              {words.changes(kind, entry.params ?? {}).map((change) => (
                <span key={change.field} className={classes.change}>
                  {change.field}: <s>{change.from}</s> → <b>{change.to}</b>
                </span>
              ))}
              {text && <blockquote className={classes.text}>{text}</blockquote>}
              {note && !text && <blockquote className={classes.text}>{note}</blockquote>}
              {choice && <Ways choice={choice} />}
              {call && may.watch(role) && <span className={classes.change}><InstanceLink instance={call.to}>{t(call.words)}</InstanceLink></span>}
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
