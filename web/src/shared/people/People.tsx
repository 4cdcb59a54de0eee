import { Select, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { usePeople } from "~/api/people.ts";
import type { PersonRef } from "~/api/model.ts";
import { initials } from "../thread/words.ts";
import classes from "./People.module.css";

export function Initials({ name }: { name: string }) {
  return <span className={classes.initials} aria-hidden>{initials(name)}</span>;
}

/** Somebody's initials and name; "nobody" is dim. */
export function PersonName({ person, nobody, short = false }: { person: PersonRef | string | null | undefined; nobody?: string; short?: boolean }) {
  if (!person) return <span className={classes.nobody}>{nobody ?? "—"}</span>;
  const name = typeof person === "string" ? person : person.name;
  if (short) {
    return (
      <Tooltip label={name}>
        <span className={classes.person}>
          <Initials name={name} />
          <span className="visually-hidden">{name}</span>
        </span>
      </Tooltip>
    );
  }
  return (
    <span className={classes.person}>
      <Initials name={name} />
      <span className={classes.name}>{name}</span>
    </span>
  );
}

/** Choose a person by name; the value is the login. */
export function PersonSelect({ value, onChange, label, required, autoFocus }: { value: string | null; onChange: (login: string | null) => void; label: string; required?: boolean; autoFocus?: boolean }) {
  const { t } = useTranslation();
  const people = usePeople();
  const options = (people.data ?? []).map((p) => ({ value: p.login, label: p.name }));
  return <Select label={label} data={options} value={value} onChange={onChange} searchable clearable={!required} required={required} nothingFoundMessage={t("people:nobodyFound")} data-autofocus={autoFocus || undefined} comboboxProps={{ withinPortal: true }} />;
}
