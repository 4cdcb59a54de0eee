import { Anchor, Button, Menu, Select } from "@mantine/core";
import { IconDownload, IconEdit, IconListDetails, IconPlayerPlay, IconWand } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { useDefinition, useDiagram, useProcessMap } from "~/api/processes.ts";
import { useMe } from "~/api/session.ts";
import type { Definition } from "~/api/model.ts";
import { mapBadges, mapMarks, shownCounts } from "~/shared/diagram/badges.ts";
import { calledDecisions } from "~/shared/diagram/names.ts";
import { LazyDiagram } from "~/shared/diagram/lazy.tsx";
import { Legend } from "~/shared/diagram/Legend.tsx";
import { useElements } from "~/shared/elements/words.ts";
import { PageHeader } from "~/shared/page/Page.tsx";
import { may } from "~/shared/people/may.ts";
import { CardSkeleton, FailedState, Loaded } from "~/shared/states/States.tsx";
import { When } from "~/shared/time/When.tsx";
import { MapPanel } from "./MapPanel.tsx";
import classes from "./Map.module.css";
import { DrawingPanel } from "./DrawingPanel.tsx";
import { StartDialog } from "./StartDialog.tsx";
import { download } from "~/shared/diagram/download.ts";

export function Page() {
  const { key = "" } = useParams();
  const definition = useDefinition(key);
  return <Loaded query={definition} skeleton={<CardSkeleton />}>{(data) => <MapPage key={data.key} definition={data} />}</Loaded>;
}

/** The process map: the diagram with how many stand where; a click on an element shows them beside it. */
function MapPage({ definition }: { definition: Definition }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const diagram = useDiagram(definition.key);
  const map = useProcessMap(definition.key);
  const [params] = useSearchParams();
  const [chosen, setChosen] = useState<string | null>(params.get("element"));
  const [starting, setStarting] = useState(false);
  const shape = useElements(diagram.data);
  const decisions = useMemo(() => calledDecisions(diagram.data ?? ""), [diagram.data]);
  const counts = useMemo(() => (map.data && !definition.drawing ? shownCounts(map.data, shape.elements) : null), [map.data, shape.elements, definition.drawing]);
  const marks = useMemo(() => (counts ? mapMarks(counts, chosen) : {}), [counts, chosen]);
  const badges = useMemo(() => (counts ? mapBadges(counts, t) : []), [counts, t]);
  const title = definition.name ?? definition.processId;
  const deployer = may.deploy(me.role);
  const by = definition.deployedBy?.name;

  return (
    <div className={classes.page}>
      <PageHeader
        above={<Anchor component={Link} to="/processes" inherit>{t("frame:processes")}</Anchor>}
        title={title}
        facts={[
          definition.drawing ? t("process-map:drawing") : <Versions key="versions" definition={definition} />,
          map.data && !definition.drawing && t("process-map:open", { count: map.data.open }),
          <span key="deployed">{t("process-map:deployed")} <When at={definition.deployedAt} />{by && `, ${by}`}</span>,
        ]}
        action={may.start(me.role) && !definition.drawing && definition.canStart && <Button leftSection={<IconPlayerPlay size={15} />} onClick={() => setStarting(true)}>{t("process-map:start")}</Button>}
        more={
          <>
            {!definition.drawing && <Menu.Item leftSection={<IconListDetails size={15} />} onClick={() => navigate(`/instances?process=${encodeURIComponent(definition.processId)}`)}>{t("process-map:allInstances")}</Menu.Item>}
            {deployer && <Menu.Item leftSection={definition.drawing ? <IconWand size={15} /> : <IconEdit size={15} />} onClick={() => navigate(`/processes/${definition.key}/edit`)}>{t("process-map:edit")}</Menu.Item>}
            <Menu.Item leftSection={<IconDownload size={15} />} disabled={!diagram.data} onClick={() => download(`${definition.processId}-v${definition.version}.bpmn`, diagram.data ?? "")}>{t("process-map:download")}</Menu.Item>
          </>
        }
      />
      <div className={classes.split}>
        <div className={classes.diagram}>
          {diagram.data ? (
            <>
              <LazyDiagram xml={diagram.data} label={t("process-map:label", { process: title })} marks={marks} badges={badges} onSelect={setChosen} />
              {!definition.drawing && <Legend of="map" />}
            </>
          ) : (
            diagram.error && <FailedState error={diagram.error} retry={() => diagram.refetch()} />
          )}
        </div>
        <aside className={classes.panel} aria-label={t("process-map:panel")}>
          {definition.drawing ? <DrawingPanel definition={definition} shape={shape} /> : <MapPanel definition={definition} map={map} shape={shape} decision={chosen ? decisions[chosen] : undefined} chosen={chosen} onChoose={setChosen} />}
        </aside>
      </div>
      {starting && <StartDialog definition={definition} onClose={() => setStarting(false)} />}
    </div>
  );
}

function Versions({ definition }: { definition: Definition }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  if (definition.versions.length < 2) return <>{t("process-map:version", { version: definition.version })}</>;
  const options = [...definition.versions].sort((a, b) => b.version - a.version).map((v) => ({ value: v.key, label: t("process-map:versionOpen", { version: v.version, count: v.open }) }));
  return <Select size="xs" variant="unstyled" aria-label={t("process-map:versions")} data={options} value={definition.key} allowDeselect={false} onChange={(key) => key && navigate(`/processes/${key}`)} className={classes.versions} comboboxProps={{ width: 200, position: "bottom-start" }} />;
}
