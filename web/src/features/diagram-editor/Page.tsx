import { Anchor, Button, Group, Menu, Modal, Text } from "@mantine/core";
import { IconCircleCheck, IconDownload, IconListCheck } from "@tabler/icons-react";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useBlocker, useNavigate, useParams } from "react-router";
import { ApiError } from "~/api/client.ts";
import { useCheckDiagram, useDefinition, useDeploy, useDiagram } from "~/api/processes.ts";
import { useMe } from "~/api/session.ts";
import type { Definition, Problem } from "~/api/model.ts";
import { download } from "~/shared/diagram/download.ts";
import { problemMarks } from "~/shared/diagram/badges.ts";
import { Problems } from "~/shared/diagram/Problems.tsx";
import { useElements } from "~/shared/elements/words.ts";
import { PageHeader } from "~/shared/page/Page.tsx";
import { may } from "~/shared/people/may.ts";
import { CardSkeleton, FailedState, RowsSkeleton } from "~/shared/states/States.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import classes from "./Editor.module.css";
import type { EditorHandle } from "./Editor.tsx";

const Editor = lazy(async () => ({ default: (await import("./Editor.tsx")).Editor }));

export function Page() {
  const { key = "" } = useParams();
  const me = useMe();
  const definition = useDefinition(key);
  const diagram = useDiagram(key);
  if (!may.deploy(me.role)) return <FailedState error={new ApiError({ status: 403 })} />;
  if (definition.data && diagram.data) return <EditorPage key={key} definition={definition.data} xml={diagram.data} />;
  const error = definition.error ?? diagram.error;
  return error ? <FailedState error={error} /> : <CardSkeleton />;
}

/** The diagram in its editor. Saving deploys it as the next version; what runs stays on its own. */
function EditorPage({ definition, xml }: { definition: Definition; xml: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const toast = useToast();
  const deploy = useDeploy();
  const check = useCheckDiagram();
  const editor = useRef<EditorHandle>(null);
  const [dirty, setDirty] = useState(false);
  const [problems, setProblems] = useState<Problem[] | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  // A save leads away by itself and asks nothing.
  const leaving = useRef(false);
  const blocker = useBlocker(() => dirty && !leaving.current);
  const marks = useMemo(() => problemMarks(problems ?? [], chosen), [problems, chosen]);
  const { names, kinds } = useElements(xml);
  const title = definition.name ?? definition.processId;
  const file = definition.fileName;

  const save = async () => {
    const text = await editor.current?.xml();
    if (!text) return;
    deploy.mutate([new File([text], file, { type: "application/xml" })], {
      onSuccess: ({ deployed }) => {
        leaving.current = true;
        const next = deployed.find((d) => d.processId === definition.processId) ?? deployed[0];
        toast.done(t("diagram-editor:saved", { version: next?.version }));
        if (next) void navigate(`/processes/${next.key}`);
      },
      onError: (error) => {
        if (error.problems.length > 0) setProblems(error.problems);
        toast.failed(error);
      },
    });
  };
  const look = async () => {
    const text = await editor.current?.xml();
    if (text) check.mutate(text, { onSuccess: (answer) => setProblems(answer.problems), onError: toast.failed });
  };

  return (
    <div className={classes.page}>
      <PageHeader
        above={<Anchor component={Link} to={`/processes/${definition.key}`} inherit>{title}</Anchor>}
        title={t("diagram-editor:title")}
        tab={title}
        facts={[t("diagram-editor:from", { version: definition.version }), dirty && t("diagram-editor:dirty")]}
        action={
          <Group gap="xs" wrap="nowrap">
            <Button variant="default" leftSection={<IconListCheck size={15} />} loading={check.isPending} onClick={() => void look()}>{t("diagram-editor:check")}</Button>
            <Button loading={deploy.isPending} onClick={() => void save()}>{t("diagram-editor:save")}</Button>
          </Group>
        }
        more={<Menu.Item leftSection={<IconDownload size={15} />} onClick={() => void editor.current?.xml().then((text) => download(file, text))}>{t("process-map:download")}</Menu.Item>}
      />
      <div className={classes.editor}>
        <Suspense fallback={<RowsSkeleton />}>
          <Editor ref={editor} xml={xml} problems={marks} focus={chosen} onChange={() => setDirty(true)} />
        </Suspense>
      </div>
      {problems && (
        <div className={classes.problems}>
          {problems.length === 0 ? (
            <Text size="sm" p="sm" role="status"><IconCircleCheck size={15} /> {t("diagram-editor:fine")}</Text>
          ) : (
            <Problems problems={problems} names={names} kinds={kinds} chosen={chosen} onChoose={setChosen} />
          )}
        </div>
      )}
      <Modal opened={blocker.state === "blocked"} onClose={() => blocker.reset?.()} title={t("diagram-editor:leaveTitle")}>
        <Text size="sm" mb="md">{t("diagram-editor:leaveText")}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => blocker.proceed?.()}>{t("diagram-editor:leave")}</Button>
          <Button onClick={() => blocker.reset?.()} data-autofocus>{t("diagram-editor:stay")}</Button>
        </Group>
      </Modal>
    </div>
  );
}
