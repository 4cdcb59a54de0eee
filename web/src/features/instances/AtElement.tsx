import { CloseButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { InstanceDetail } from "~/api/model.ts";
import type { DiagramElements } from "~/shared/elements/words.ts";
import { CallRows } from "./Calls.tsx";
import classes from "./Instances.module.css";
import { ownVisits } from "./marks.ts";

const STATES = ["active", "incident", "completed", "terminated"] as const;

/** Below the map: what the element is that was clicked, how often it was visited, and what it called. */
export function AtElement({ instance, element, shape, onClose }: { instance: InstanceDetail; element: string; shape: DiagramElements; onClose: () => void }) {
  const { t } = useTranslation();
  const name = shape.names[element] ?? element;
  const kind = shape.kinds[element];
  const repeats = shape.elements[element]?.repeats;
  const visits = ownVisits(instance.elements.filter((visit) => visit.element === element));
  const calls = instance.calls.filter((call) => call.element === element);
  const counts = STATES.map((state) => ({ state, count: visits.filter((visit) => visit.state === state).length })).filter(({ count }) => count > 0);
  return (
    <div className={classes.at} role="status">
      <div className={classes.atHead}>
        <span className={classes.rowMain}>
          <b>{name}</b>
          <span className={classes.rowFacts}>
            {[kind !== name && kind, repeats && t(`elements:repeats.${repeats}`)].filter(Boolean).join(", ")}
            {counts.length === 0 ? <span>{t("instances:notVisited")}</span> : counts.map(({ state, count }) => <span key={state}>{t(`instances:visits.${state}`, { count })}</span>)}
          </span>
        </span>
        <CloseButton size="sm" aria-label={t("page:close")} onClick={onClose} />
      </div>
      {calls.length > 0 && <CallRows calls={calls} />}
    </div>
  );
}
