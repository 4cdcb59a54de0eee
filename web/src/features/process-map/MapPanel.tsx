import { Anchor, Button, CloseButton, UnstyledButton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { IconClockExclamation, IconRoute, IconTable, IconTriangleFilled } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useDecisions } from "~/api/decisions.ts";
import { useInstances } from "~/api/instances.ts";
import { useProcesses } from "~/api/processes.ts";
import type { Definition, ProcessMap } from "~/api/model.ts";
import { Problems } from "~/shared/diagram/Problems.tsx";
import { InstanceList } from "~/shared/instance-list/InstanceList.tsx";
import type { DiagramElements } from "~/shared/elements/words.ts";
import { EmptyState, Loaded, RowsSkeleton } from "~/shared/states/States.tsx";
import classes from "./Map.module.css";

interface Props {
  definition: Definition;
  map: UseQueryResult<ProcessMap>;
  shape: DiagramElements;
  /** The id of the decision that the chosen element asks. */
  decision?: string;
  chosen: string | null;
  onChoose: (element: string | null) => void;
}

/** Beside the map: where how many stand, in words; or, for a chosen element, who stands there. */
export function MapPanel({ definition, map, shape, decision, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const { names, kinds } = shape;
  if (chosen) return <AtElement definition={definition} element={chosen} shape={shape} decision={decision} onClose={() => onChoose(null)} />;
  return (
    <>
      <Loaded query={map} skeleton={<RowsSkeleton rows={5} />}>
        {(data) => {
          const places = Object.entries(data.elements)
            .filter(([, at]) => at.waiting + at.overdue + at.incidents > 0)
            .sort(([, a], [, b]) => b.waiting - a.waiting);
          if (places.length === 0) return <EmptyState title={t("process-map:nobody")}>{t("process-map:nobodyText")}</EmptyState>;
          return (
            <>
              <h2 className={classes.panelTitle}>{t("process-map:where")}</h2>
              <ul className={classes.places}>
                {places.map(([element, at]) => (
                  <li key={element}>
                    <UnstyledButton className={classes.place} onClick={() => onChoose(element)}>
                      <span className={classes.placeName}>{names[element] ?? element}</span>
                      {at.incidents > 0 && <span className={classes.incidents}><IconTriangleFilled size={11} aria-label={t("process-map:stuck")} /> {at.incidents}</span>}
                      {at.overdue > 0 && <span className={classes.overdue}><IconClockExclamation size={13} aria-label={t("process-map:overdue")} /> {at.overdue}</span>}
                      <span className={classes.waiting}>{at.waiting}</span>
                    </UnstyledButton>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </Loaded>
      {definition.documentation && <p className={classes.documentation}>{definition.documentation}</p>}
      {definition.warnings.length > 0 && (
        <>
          <h2 className={classes.panelTitle}>{t("process-map:warnings")}</h2>
          <Problems problems={definition.warnings} names={names} kinds={kinds} onChoose={onChoose} />
        </>
      )}
    </>
  );
}

function AtElement({ definition, element, shape, decision, onClose }: { definition: Definition; element: string; shape: DiagramElements; decision?: string; onClose: () => void }) {
  const { t } = useTranslation();
  const name = shape.names[element] ?? element;
  const kind = shape.kinds[element];
  const calls = shape.elements[element]?.calls;
  const instances = useInstances({ definition: definition.key, element, state: "active" });
  return (
    <>
      <div className={classes.panelHead}>
        <h2 className={classes.panelTitle}>
          {name}
          {kind && kind !== name && <span className={classes.kind}>{kind}</span>}
        </h2>
        <CloseButton size="sm" aria-label={t("process-map:back")} onClick={onClose} />
      </div>
      {decision && <AskedDecision id={decision} />}
      {calls && <CalledProcess id={calls} />}
      <Loaded query={instances} skeleton={<RowsSkeleton rows={5} />}>
        {(data) => {
          const rows = data.pages.flatMap((page) => page.items);
          if (rows.length === 0) return <EmptyState title={t("process-map:nobodyHere")}>{t("process-map:nobodyHereText")}</EmptyState>;
          return (
            <>
              <InstanceList rows={rows} names={shape.names} />
              {instances.hasNextPage && <Button variant="subtle" m="sm" onClick={() => instances.fetchNextPage()} loading={instances.isFetchingNextPage}>{t("list:more")}</Button>}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

/** The way from a business rule task to the decision that it asks. */
function AskedDecision({ id }: { id: string }) {
  const { t } = useTranslation();
  const decisions = useDecisions();
  const row = decisions.data?.find((one) => one.decisionId === id);
  if (!decisions.data) return null;
  return (
    <p className={classes.decision}>
      <IconTable size={15} aria-hidden />
      {row ? <Anchor component={Link} to={`/decisions/${row.latest.key}`} size="sm">{t("process-map:decision", { decision: row.name })}</Anchor> : t("process-map:noDecision", { decision: id })}
    </p>
  );
}

/** The way from a call activity to the map of the process that it calls. */
function CalledProcess({ id }: { id: string }) {
  const { t } = useTranslation();
  const processes = useProcesses();
  const row = processes.data?.find((one) => one.processId === id && !one.drawing);
  if (!processes.data) return null;
  return (
    <p className={classes.decision}>
      <IconRoute size={15} aria-hidden />
      {row ? <Anchor component={Link} to={`/processes/${row.latest.key}`} size="sm">{t("process-map:calls", { process: row.name ?? id })}</Anchor> : t("process-map:noProcess", { process: id })}
    </p>
  );
}
