import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Fields } from "~/api/model.ts";
import classes from "./Explanation.module.css";
import { type DecisionTrace, Explanation, matchedRules } from "./Explanation.tsx";

/** What an instance asked a decision: which rules matched and what came out, and the way to the table with those rules marked. */
export function DecisionAsked({ params }: { params: Fields }) {
  const { t } = useTranslation();
  const traces = (params.explanation as { decisions?: DecisionTrace[] } | undefined)?.decisions ?? [];
  const rules = matchedRules(traces, String(params.decision ?? ""));
  const leftOut = Number(params.leftOut ?? 0);
  return (
    <div className={classes.asked}>
      {traces.length > 0 && <Explanation traces={traces} />}
      {leftOut > 0 && <p className={classes.left}>{t("decision:leftOut", { count: leftOut })}</p>}
      {typeof params.decisionKey === "string" && (
        <Anchor component={Link} to={`/decisions/${params.decisionKey}${rules.length > 0 ? `?rules=${rules.join(",")}` : ""}`} size="xs" className={classes.to}>
          {t("decision:open", { version: Number(params.version) })}
        </Anchor>
      )}
    </div>
  );
}
