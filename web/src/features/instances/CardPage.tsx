import { Alert, Anchor, Menu } from "@mantine/core";
import { IconAlertTriangle, IconBan } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { useInstance, useInstanceActions } from "~/api/instances.ts";
import { useDiagram } from "~/api/processes.ts";
import { useMe } from "~/api/session.ts";
import type { InstanceDetail } from "~/api/model.ts";
import { LazyDiagram } from "~/shared/diagram/lazy.tsx";
import { Legend } from "~/shared/diagram/Legend.tsx";
import { pathTo } from "~/shared/fields/links.ts";
import { InstanceState, instanceTitle } from "~/shared/instance-list/InstanceList.tsx";
import { Columns, PageHeader, Section } from "~/shared/page/Page.tsx";
import { may } from "~/shared/people/may.ts";
import { ReasonDialog } from "~/shared/reason/ReasonDialog.tsx";
import { CardSkeleton, Loaded } from "~/shared/states/States.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import { Thread } from "~/shared/thread/Thread.tsx";
import { When } from "~/shared/time/When.tsx";
import { useElements } from "~/shared/elements/words.ts";
import { InstanceLink } from "~/shared/instance-list/InstanceLink.tsx";
import { namedThread } from "~/shared/thread/words.ts";
import { AdHoc } from "./AdHoc.tsx";
import { AtElement } from "./AtElement.tsx";
import { Calls } from "./Calls.tsx";
import { Comments } from "./Comments.tsx";
import { History } from "./History.tsx";
import { Incidents } from "./Incidents.tsx";
import classes from "./Instances.module.css";
import { instanceBadges, instanceMarks } from "./marks.ts";
import { OpenTasks } from "./OpenTasks.tsx";
import { Values } from "./Values.tsx";

export function Page() {
  const { key = "" } = useParams();
  const instance = useInstance(key);
  return <Loaded query={instance} skeleton={<CardSkeleton />}>{(data) => <Card key={data.key} instance={data} />}</Loaded>;
}

/** One run of a process: its map, its values, what happened, who has what, and the ways to step in. */
function Card({ instance }: { instance: InstanceDetail }) {
  const { t } = useTranslation();
  const me = useMe();
  const toast = useToast();
  const diagram = useDiagram(instance.process.definition);
  const { cancel } = useInstanceActions(instance.key);
  const [cancelling, setCancelling] = useState(false);
  const active = instance.state === "active";
  const stepIn = active && may.intervene(me.role);
  const process = instance.process.name ?? instance.process.id;
  const title = instanceTitle(instance);
  const diagramShape = useElements(diagram.data);
  // Called processes are named as elements are: history knows them by their ids.
  const shape = useMemo(() => ({ ...diagramShape, names: { ...Object.fromEntries(instance.calls.map((call) => [call.process.id, call.process.name])), ...diagramShape.names } }), [diagramShape, instance.calls]);
  const [chosen, setChosen] = useState<string | null>(null);
  const marks = useMemo(() => {
    const all = instanceMarks(instance, shape.elements);
    return chosen ? { ...all, [chosen]: [...(all[chosen] ?? (["never"] as const)), "chosen" as const] } : all;
  }, [instance, shape.elements, chosen]);
  const badges = useMemo(() => instanceBadges(instance, t, shape.elements), [instance, t, shape.elements]);

  return (
    <>
      <PageHeader
        above={may.watch(me.role) ? <Anchor component={Link} to={`/processes/${instance.process.definition}`} inherit>{process}</Anchor> : process}
        title={title}
        facts={[
          <InstanceState key="state" row={{ state: instance.state, incidents: instance.incidents.length }} />,
          t("process-map:version", { version: instance.process.version }),
          <span key="started">{t("instances:startedFact")} <When at={instance.started} /></span>,
          instance.ended && <span key="ended">{t("instances:endedFact")} <When at={instance.ended} /></span>,
          instance.endReason,
          instance.calledBy && <span key="caller">{t("instances:calledBy")} <InstanceLink instance={instance.calledBy.instance}>{instance.calledBy.process.name}</InstanceLink></span>,
          instance.subject && <Anchor key="subject" component={Link} to={pathTo(instance.subject.kind, instance.subject.key)} inherit>{t("instances:openSubject")}</Anchor>,
        ]}
        more={stepIn ? <Menu.Item color="red" leftSection={<IconBan size={15} />} onClick={() => setCancelling(true)}>{t("instances:cancel")}</Menu.Item> : undefined}
      />
      {instance.thread && (
        <div className={classes.thread}>
          <Thread thread={namedThread(instance.thread, shape.names)} across />
        </div>
      )}
      <Columns
        aside={
          <>
            {active && instance.canActivate.map((adHoc) => <AdHoc key={adHoc.elementInstance} instance={instance.key} adHoc={adHoc} names={shape.names} stepIn={stepIn} />)}
            <OpenTasks tasks={instance.tasks} names={shape.names} stepIn={stepIn} />
            <Calls calls={instance.calls} names={shape.names} />
            <Values instance={instance} names={shape.names} editable={stepIn} />
            <Comments instanceKey={instance.key} />
          </>
        }
      >
        {instance.setAside.length > 0 && (
          <Alert color="amber" icon={<IconAlertTriangle />} title={t("instances:setAside")}>
            {instance.setAside.map((sentence) => <p key={sentence} className={classes.setAside}>{sentence}</p>)}
          </Alert>
        )}
        {instance.incidents.length > 0 && <Incidents instance={instance} names={shape.names} stepIn={stepIn} />}
        <section className={classes.map} aria-label={t("instances:map")}>
          {diagram.data && (
            <>
              <LazyDiagram xml={diagram.data} label={t("process-map:label", { process })} marks={marks} badges={badges} greyRest onSelect={setChosen} />
              <Legend of="instance" />
            </>
          )}
        </section>
        {chosen && <AtElement instance={instance} element={chosen} shape={shape} onClose={() => setChosen(null)} />}
        <Section title={t("instances:history")}>
          <History instanceKey={instance.key} shape={shape} />
        </Section>
      </Columns>
      <ReasonDialog
        opened={cancelling}
        danger
        title={t("instances:cancelTitle")}
        confirm={t("instances:cancelConfirm", { title })}
        busy={cancel.isPending}
        onClose={() => setCancelling(false)}
        onConfirm={(reason) => cancel.mutate(reason, { onSuccess: () => (setCancelling(false), toast.done(t("instances:cancelled"))), onError: toast.failed })}
      >
        {t("instances:cancelText", { process, title, count: instance.tasks.filter((task) => !task.completed).length })}
      </ReasonDialog>
    </>
  );
}
