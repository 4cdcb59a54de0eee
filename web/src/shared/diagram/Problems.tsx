import { UnstyledButton } from "@mantine/core";
import { IconAlertCircle, IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Problem } from "~/api/model.ts";
import classes from "./Problems.module.css";
import { useDiagramWords } from "./words.ts";

interface Props {
  problems: Problem[];
  /** What the elements are called, by id. */
  names?: Record<string, string>;
  /** What the elements are, by id: "Inclusive gateway". */
  kinds?: Record<string, string>;
  /** Where an element stands, where its id would say little. */
  places?: Record<string, string>;
  chosen?: string | null;
  onChoose?: (element: string | null) => void;
}

/** Problems of a diagram: each with its reason and what to do; a click shows its element. */
export function Problems({ problems, names, kinds, places, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const words = useDiagramWords();
  return (
    <ul className={classes.list}>
      {problems.map((problem, i) => {
        const { title, detail } = words.problem(problem, names);
        const warning = problem.severity === "warning";
        return (
          <li key={`${problem.code}-${problem.element}-${i}`}>
            <UnstyledButton className={classes.problem} aria-pressed={chosen !== undefined && problem.element === chosen} disabled={!onChoose || !problem.element} onClick={() => onChoose?.(problem.element ?? null)}>
              {warning ? <IconAlertTriangle size={16} className={classes.warning} aria-label={t("diagram:warning")} /> : <IconAlertCircle size={16} className={classes.error} aria-label={t("diagram:error")} />}
              <span className={classes.words}>
                <span>{title}</span>
                {detail && <span className={classes.hint}>{detail}</span>}
                <span className={classes.place}>
                  {[problem.element && kinds?.[problem.element], problem.element && (places?.[problem.element] ?? problem.element), problem.line ? t("diagram:line", { line: problem.line }) : null, problem.code].filter(Boolean).join(" · ")}
                </span>
              </span>
            </UnstyledButton>
          </li>
        );
      })}
    </ul>
  );
}
