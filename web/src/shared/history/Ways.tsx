import { IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./Entries.module.css";
import type { Choice } from "./sentence.ts";

/** Why a way was taken: what each way asks and whether it was taken, and the values that were looked at. */
export function Ways({ choice }: { choice: Choice }) {
  const { t } = useTranslation();
  return (
    <div className={classes.ways}>
      <ul>
        {choice.ways.map((way, i) => (
          <li key={`${way.name}-${i}`} data-taken={way.taken || undefined}>
            <span className={classes.tick}>{way.taken && <IconCheck size={12} aria-label={t("history:taken")} />}</span>
            <span>
              <b>{way.name}</b>: {way.condition ? <code>{way.condition}</code> : t(way.isDefault ? "history:otherwise" : "history:always")}
            </span>
          </li>
        ))}
      </ul>
      {choice.values.length > 0 && <span className={classes.given}>{choice.values.map(({ name, value }) => `${name} = ${value}`).join(", ")}</span>}
    </div>
  );
}
