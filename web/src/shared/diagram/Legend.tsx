import { useTranslation } from "react-i18next";
import classes from "./Legend.module.css";

/** What the colours and shapes of a map mean. */
export function Legend({ of: shown }: { of: "map" | "instance" }) {
  const { t } = useTranslation();
  const items = shown === "map" ? ["waiting", "overdue", "incident"] : ["done", "now", "never"];
  return (
    <ul className={classes.legend} aria-label={t("diagram:legend.label")}>
      {items.map((item) => (
        <li key={item}>
          <span className={classes[item]} aria-hidden />
          {t(`diagram:legend.${item}`)}
        </li>
      ))}
    </ul>
  );
}
