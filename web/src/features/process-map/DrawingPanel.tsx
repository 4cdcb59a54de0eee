import { Button, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconWand } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMakeExecutable } from "~/api/processes.ts";
import { useMe } from "~/api/session.ts";
import type { Definition } from "~/api/model.ts";
import { Problems } from "~/shared/diagram/Problems.tsx";
import type { DiagramElements } from "~/shared/elements/words.ts";
import { may } from "~/shared/people/may.ts";
import { useErrorWords } from "~/shared/states/States.tsx";
import classes from "./Map.module.css";

/** Beside a drawing: what it lacks to become a process that runs. */
export function DrawingPanel({ definition, shape }: { definition: Definition; shape: DiagramElements }) {
  const { t } = useTranslation();
  const me = useMe();
  const words = useErrorWords();
  const missing = useMakeExecutable(definition.key);
  return (
    <>
      <Stack gap="sm" className={classes.drawing}>
        <Text size="sm" fw={600}>{t("process-map:drawing")}</Text>
        <Text size="sm" c="dimmed">{t("process-map:drawingText")}</Text>
        {may.deploy(me.role) && <Button leftSection={<IconWand size={15} />} loading={missing.isPending} onClick={() => missing.mutate()}>{t("process-map:makeExecutable")}</Button>}
        {missing.error && <Text role="alert" size="sm" c="var(--danger)">{words(missing.error)}</Text>}
      </Stack>
      {missing.data &&
        (missing.data.problems.length === 0 ? (
          <Text size="sm" px="md" role="status"><IconCircleCheck size={15} /> {t("process-map:nothingMissing")}</Text>
        ) : (
          <>
            <h2 className={classes.panelTitle}>{t("process-map:missing", { count: missing.data.problems.length })}</h2>
            <Problems problems={missing.data.problems} names={shape.names} kinds={shape.kinds} />
            <div className={classes.drawing}>
              <Button variant="default" component={Link} to={`/processes/${definition.key}/edit`}>{t("process-map:edit")}</Button>
            </div>
          </>
        ))}
    </>
  );
}
