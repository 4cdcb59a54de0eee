import { Alert, Button, Group, Loader, Modal, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconForms, IconTable } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Deployment, Problem } from "~/api/model.ts";
import { DecisionBrowser, firstView } from "~/shared/decision/DecisionBrowser.tsx";
import { decisionMarks } from "~/shared/decision/marks.ts";
import { type DecisionFile, decisionPlaces, isDecisionFile, readDecisions } from "~/shared/decision/read.ts";
import { usePlaceWords } from "~/shared/decision/words.ts";
import { problemMarks } from "~/shared/diagram/badges.ts";
import { LazyDiagram } from "~/shared/diagram/lazy.tsx";
import { Problems } from "~/shared/diagram/Problems.tsx";
import { useElements } from "~/shared/elements/words.ts";
import { useErrorWords } from "~/shared/states/States.tsx";
import classes from "./Processes.module.css";
import type { Refused, useUpload } from "./upload.ts";

/** What became of an upload. */
export function UploadDialog({ upload }: { upload: ReturnType<typeof useUpload> }) {
  const { t } = useTranslation();
  const withDiagram = upload.refused !== null && upload.refused.problems.length > 0;
  return (
    <Modal opened={upload.names.length > 0} onClose={upload.close} size={withDiagram ? "90%" : "md"} yOffset={withDiagram ? "4vh" : "14vh"} title={t(upload.sending ? "processes:sending" : upload.deployed ? "processes:done" : "processes:refused")} closeOnClickOutside={!upload.sending}>
      {upload.sending && (
        <Group gap="sm" py="md" role="status">
          <Loader size="sm" />
          <Text size="sm">{t("processes:reading", { files: upload.names.join(", ") })}</Text>
        </Group>
      )}
      {upload.deployed && <Deployed deployment={upload.deployed} onClose={upload.close} />}
      {upload.refused && <RefusedView refused={upload.refused} />}
    </Modal>
  );
}

function Deployed({ deployment, onClose }: { deployment: Deployment; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      {deployment.deployed.map((process) => (
        <div key={process.key}>
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <IconCircleCheck size={20} className={classes.ok} aria-hidden />
            <div style={{ flex: 1, minWidth: 0 }}>
              <Text fw={600} size="sm">{process.name ?? process.processId}</Text>
              <Text size="sm" c="dimmed">{t(process.unchanged ? "processes:unchanged" : process.drawing ? "processes:keptAsDrawing" : process.version === 1 ? "processes:firstVersion" : "processes:nextVersion", { version: process.version })}</Text>
            </div>
            <Button component={Link} to={`/processes/${process.key}`} variant="default" onClick={onClose}>{t("processes:show")}</Button>
          </Group>
          {process.warnings.length > 0 && (
            <div className={classes.warnings}>
              <Problems problems={process.warnings} />
            </div>
          )}
        </div>
      ))}
      {deployment.decisions.map((decision, i) => (
        <div key={decision.key}>
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <IconTable size={20} className={classes.ok} aria-hidden />
            <div style={{ flex: 1, minWidth: 0 }}>
              <Text fw={600} size="sm">{decision.name}</Text>
              <Text size="sm" c="dimmed">{t(decision.unchanged ? "processes:unchanged" : "processes:decision", { version: decision.version })}</Text>
            </div>
            <Button component={Link} to={`/decisions/${decision.key}`} variant="default" onClick={onClose}>{t("processes:show")}</Button>
          </Group>
          {/* What is doubtful is said of the whole file: once, below its first decision. */}
          {decision.warnings.length > 0 && deployment.decisions.findIndex((other) => other.fileName === decision.fileName) === i && (
            <div className={classes.warnings}>
              <Problems problems={decision.warnings} />
            </div>
          )}
        </div>
      ))}
      {deployment.forms.map((form) => (
        <Group key={form.id} gap="sm" wrap="nowrap">
          <IconForms size={20} className={classes.ok} aria-hidden />
          <Text size="sm">{t("processes:form", { form: form.fileName })}</Text>
        </Group>
      ))}
      <Group justify="flex-end"><Button onClick={onClose} data-autofocus>{t("page:close")}</Button></Group>
    </Stack>
  );
}

/** Each file as it was uploaded, every problem where it is, the list beside it. */
function RefusedView({ refused }: { refused: Refused }) {
  const { t } = useTranslation();
  const words = useErrorWords();
  const files = Object.keys(refused.xml);
  const [file, setFile] = useState(() => refused.problems.find((p) => p.file && files.includes(p.file))?.file ?? files[0] ?? "");
  const [chosen, setChosen] = useState<string | null>(null);
  const problems = useMemo(() => refused.problems.filter((p) => !p.file || p.file === file || files.length === 1), [refused, file, files.length]);
  const text = refused.xml[file] ?? "";
  const decisions = useMemo(() => (isDecisionFile(file, text) ? readDecisions(text) : null), [file, text]);
  const errors = problems.filter((p) => p.severity !== "warning").length;
  if (refused.problems.length === 0) {
    return <Alert color="red" icon={<IconAlertTriangle />} role="alert">{words(refused.error)}</Alert>;
  }
  return (
    <Stack gap="sm">
      <Text size="sm" role="alert">{t("processes:refusedText", { count: errors })}</Text>
      {files.length > 1 && <SegmentedControl size="xs" data={files} value={file} onChange={(next) => (setFile(next), setChosen(null))} />}
      <div className={classes.refused}>
        {decisions ? (
          <RefusedDecisions key={file} file={decisions} name={file} problems={problems} chosen={chosen} onChoose={setChosen} />
        ) : (
          <RefusedDiagram xml={text} name={file} problems={problems} chosen={chosen} onChoose={setChosen} />
        )}
      </div>
    </Stack>
  );
}

interface RefusedFile {
  name: string;
  problems: Problem[];
  chosen: string | null;
  onChoose: (element: string | null) => void;
}

function RefusedDiagram({ xml, name, problems, chosen, onChoose }: RefusedFile & { xml: string }) {
  const { t } = useTranslation();
  const { marks, badges } = useMemo(() => problemMarks(problems, chosen), [problems, chosen]);
  const { names, kinds } = useElements(xml);
  return (
    <>
      <div className={classes.picture}>
        <LazyDiagram xml={xml} label={t("processes:diagramOf", { file: name })} marks={marks} badges={badges} focus={chosen} onSelect={onChoose} />
      </div>
      <div className={classes.problems}>
        <Problems problems={problems} names={names} kinds={kinds} chosen={chosen} onChoose={onChoose} />
      </div>
    </>
  );
}

function RefusedDecisions({ file, name, problems, chosen, onChoose }: RefusedFile & { file: DecisionFile }) {
  const { t } = useTranslation();
  const words = usePlaceWords();
  const places = useMemo(() => decisionPlaces(file), [file]);
  const [view, setView] = useState(() => firstView(file, places[problems.find((problem) => problem.element && places[problem.element])?.element ?? ""]?.decision));
  const where = useMemo(() => Object.fromEntries(problems.flatMap(({ element }) => (element && places[element] ? [[element, words(places[element])]] : []))), [problems, places, words]);
  const { rules, marks } = useMemo(() => decisionMarks(problems, places, view), [problems, places, view]);
  const place = chosen ? places[chosen] : undefined;
  return (
    <>
      <div className={classes.picture}>
        <DecisionBrowser file={file} label={t("processes:diagramOf", { file: name })} view={view} onView={setView} rules={rules} marks={marks} focusRule={place?.decision === view ? (place?.rule ?? null) : null} />
      </div>
      <div className={classes.problems}>
        <Problems
          problems={problems}
          names={where}
          places={where}
          chosen={chosen}
          onChoose={(element) => {
            onChoose(element);
            const at = element ? places[element] : undefined;
            if (at) setView(at.decision);
          }}
        />
      </div>
    </>
  );
}
