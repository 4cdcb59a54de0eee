import { useTranslation } from "react-i18next";
import type { Place } from "./read.ts";

/** "Discount, rule 3, column Amount". */
export function usePlaceWords(): (place: Place) => string {
  const { t } = useTranslation();
  return ({ decisionName: decision, rule, column }) => {
    if (rule !== undefined) return column === undefined ? t("decision:place.rule", { decision, rule }) : t("decision:place.cell", { decision, rule, column });
    return column === undefined ? t("decision:place.decision", { decision }) : t("decision:place.column", { decision, column });
  };
}
