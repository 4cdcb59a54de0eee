import { Button, CloseButton, UnstyledButton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { IconClockExclamation, IconTriangleFilled } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
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
  chosen: string | null;
  onChoose: (element: string | null) => void;
}

/** Beside the map: where how many stand, in words; or, for a chosen element, who stands there. */
export function MapPanel({ definition, map, names, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  if (chosen) return <AtElement definition={definition} element={chosen} name={names[chosen] ?? chosen} onClose={() => onChoose(null)} />;
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

function AtElement({ definition, element, name, onClose }: { definition: Definition; element: string; name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const instances = useInstances({ definition: definition.key, element, state: "active" });
  return (
    <>
      <div className={classes.panelHead}>
        <h2 className={classes.panelTitle}>{name}</h2>
        <CloseButton size="sm" aria-label={t("process-map:back")} onClick={onClose} />
      </div>
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
