import { Button } from "@mantine/core";
import { IconTriangleFilled } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useInstanceActions } from "~/api/instances.ts";
import type { InstanceDetail } from "~/api/model.ts";
import { useDiagramWords } from "~/shared/diagram/words.ts";
import { useToast } from "~/shared/states/toast.tsx";
import { When } from "~/shared/time/When.tsx";
import classes from "./Instances.module.css";

/** What is stuck, why, and the way to try again. */
export function Incidents({ instance, names, stepIn }: { instance: InstanceDetail; names: Record<string, string>; stepIn: boolean }) {
  const { t } = useTranslation();
  const toast = useToast();
  const words = useDiagramWords();
  const { retry } = useInstanceActions(instance.key);
  return (
    <section className={classes.incidents} aria-label={t("instances:incidents")}>
      {instance.incidents.map((incident) => (
        <div key={incident.key} className={classes.incident}>
          <IconTriangleFilled size={15} aria-hidden />
          <span className={classes.rowMain}>
            <b>{t("instances:stuckAt", { element: incident.elementName && incident.elementName !== incident.element ? incident.elementName : (names[incident.element] ?? incident.element) })}</b>
            <span>{words.incident(incident).title}</span>
            {words.incident(incident).detail && <span className={classes.rowFacts}>{words.incident(incident).detail}</span>}
            <span className={classes.rowFacts}><When at={incident.since} /></span>
          </span>
          {stepIn && (
            <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate({ incident: incident.key }, { onSuccess: () => toast.done(t("instances:retried")), onError: toast.failed })}>
              {t("instances:retry")}
            </Button>
          )}
        </div>
      ))}
    </section>
  );
}
