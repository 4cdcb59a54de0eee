import { Alert, Button, Group, Loader, Modal, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconForms } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Deployment } from "~/api/model.ts";
import { problemMarks } from "~/shared/diagram/badges.ts";
import { elementNames } from "~/shared/diagram/names.ts";
import { LazyDiagram } from "~/shared/diagram/lazy.tsx";
import { Problems } from "~/shared/diagram/Problems.tsx";
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

/** The diagram as it was uploaded, each problem on its element, the list beside it. */
function RefusedView({ refused }: { refused: Refused }) {
  const { t } = useTranslation();
  const words = useErrorWords();
  const files = Object.keys(refused.xml);
  const [file, setFile] = useState(() => refused.problems.find((p) => p.file && files.includes(p.file))?.file ?? files[0] ?? "");
  const [chosen, setChosen] = useState<string | null>(null);
  const problems = useMemo(() => refused.problems.filter((p) => !p.file || p.file === file || files.length === 1), [refused, file, files.length]);
  const { marks, badges } = useMemo(() => problemMarks(problems, chosen), [problems, chosen]);
  const names = useMemo(() => elementNames(refused.xml[file] ?? ""), [refused, file]);
  const errors = problems.filter((p) => p.severity !== "warning").length;
  if (refused.problems.length === 0) {
    return <Alert color="red" icon={<IconAlertTriangle />} role="alert">{words(refused.error)}</Alert>;
  }
  return (
    <Stack gap="sm">
      <Text size="sm" role="alert">{t("processes:refusedText", { count: errors })}</Text>
      {files.length > 1 && <SegmentedControl size="xs" data={files} value={file} onChange={(next) => (setFile(next), setChosen(null))} />}
      <div className={classes.refused}>
        <div className={classes.picture}>
          <LazyDiagram xml={refused.xml[file] ?? ""} label={t("processes:diagramOf", { file })} marks={marks} badges={badges} focus={chosen} onSelect={setChosen} />
        </div>
        <div className={classes.problems}>
          <Problems problems={problems} names={names} chosen={chosen} onChoose={setChosen} />
        </div>
      </div>
    </Stack>
  );
}
