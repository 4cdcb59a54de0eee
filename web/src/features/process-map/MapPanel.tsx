import { Anchor, Button, CloseButton, UnstyledButton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { IconClockExclamation, IconTable, IconTriangleFilled } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useDecisions } from "~/api/decisions.ts";
import { useInstances } from "~/api/instances.ts";
import type { Definition, ProcessMap } from "~/api/model.ts";
import { Problems } from "~/shared/diagram/Problems.tsx";
import { InstanceList } from "~/shared/instance-list/InstanceList.tsx";
import { EmptyState, Loaded, RowsSkeleton } from "~/shared/states/States.tsx";
import classes from "./Map.module.css";

interface Props {
  definition: Definition;
  map: UseQueryResult<ProcessMap>;
  names: Record<string, string>;
  /** The id of the decision that the chosen element asks. */
  decision?: string;
  chosen: string | null;
  onChoose: (element: string | null) => void;
}

/** Beside the map: where how many stand, in words; or, for a chosen element, who stands there. */
export function MapPanel({ definition, map, names, decision, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  if (chosen) return <AtElement definition={definition} element={chosen} name={names[chosen] ?? chosen} decision={decision} onClose={() => onChoose(null)} />;
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
          <Problems problems={definition.warnings} names={names} onChoose={onChoose} />
        </>
      )}
    </>
  );
}

function AtElement({ definition, element, name, decision, onClose }: { definition: Definition; element: string; name: string; decision?: string; onClose: () => void }) {
  const { t } = useTranslation();
  const instances = useInstances({ definition: definition.key, element, state: "active" });
  return (
    <>
      <div className={classes.panelHead}>
        <h2 className={classes.panelTitle}>{name}</h2>
        <CloseButton size="sm" aria-label={t("process-map:back")} onClick={onClose} />
      </div>
      {decision && <AskedDecision id={decision} />}
      <Loaded query={instances} skeleton={<RowsSkeleton rows={5} />}>
        {(data) => {
          const rows = data.pages.flatMap((page) => page.items);
          if (rows.length === 0) return <EmptyState title={t("process-map:nobodyHere")}>{t("process-map:nobodyHereText")}</EmptyState>;
          return (
            <>
              <InstanceList rows={rows} />
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
