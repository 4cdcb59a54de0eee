import { useTranslation } from "react-i18next";
import type { Call } from "~/api/model.ts";
import { InstanceLink } from "~/shared/instance-list/InstanceLink.tsx";
import { InstanceState } from "~/shared/instance-list/InstanceList.tsx";
import { useFirst } from "~/shared/list/first.tsx";
import { Section } from "~/shared/page/Page.tsx";
import classes from "./Instances.module.css";

/** The processes that were called, each with the way to its instance. */
export function Calls({ calls, names }: { calls: Call[]; names: Record<string, string> }) {
  const { t } = useTranslation();
  if (calls.length === 0) return null;
  return (
    <Section title={t("instances:calls")} count={calls.length} flush>
      <CallRows calls={calls} names={names} />
    </Section>
  );
}

/** `names`: what to call the elements that called; without it they are known already. */
export function CallRows({ calls, names }: { calls: Call[]; names?: Record<string, string> }) {
  const { shown, rest } = useFirst(calls, 8);
  return (
    <>
      <ul className={classes.rows}>
        {shown.map((call) => (
          <li key={call.instance} className={classes.row}>
            <span className={classes.rowMain}>
              <InstanceLink instance={call.instance}>{call.process.name}</InstanceLink>
              {names && <span className={classes.rowFacts}>{call.elementName !== call.element ? call.elementName : (names[call.element] ?? call.element)}</span>}
            </span>
            <span className={classes.rowFacts}><InstanceState row={{ state: call.state, incidents: 0 }} /></span>
          </li>
        ))}
      </ul>
      {rest}
    </>
  );
}
