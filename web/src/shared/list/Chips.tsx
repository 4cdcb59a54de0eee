import { CloseButton, Popover, UnstyledButton } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Chips.module.css";

/** A filter as a chip: dashed while it is not set; what it is set to, with a way to clear it, when it is. */
export function FilterChip({ label, value, onClear, children }: { label: string; value: string | null; onClear: () => void; children: (close: () => void) => ReactNode }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" trapFocus withinPortal>
      <span className={classes.chip} data-set={value !== null || undefined}>
        <Popover.Target>
          <UnstyledButton className={classes.button} onClick={() => setOpened((o) => !o)}>
            {label}
            {value !== null && <b className={classes.value}>{value}</b>}
            {value === null && <IconChevronDown size={12} aria-hidden />}
          </UnstyledButton>
        </Popover.Target>
        {value !== null && <CloseButton size={18} iconSize={12} aria-label={t("list:clear", { filter: label })} onClick={onClear} />}
      </span>
      <Popover.Dropdown p={6}>{children(() => setOpened(false))}</Popover.Dropdown>
    </Popover>
  );
}

/** Views of a list as tabs with counts. */
export function ViewTabs<V extends string>({ label, views, value, onChange }: { label: string; views: { value: V; label: string; count?: number }[]; value: V; onChange: (view: V) => void }) {
  return (
    <div className={classes.tabs} role="group" aria-label={label}>
      {views.map((view) => (
        <UnstyledButton key={view.value} className={classes.tab} aria-pressed={view.value === value} onClick={() => onChange(view.value)}>
          {view.label}
          {view.count !== undefined && <span className={classes.count}>{view.count}</span>}
        </UnstyledButton>
      ))}
    </div>
  );
}

/** The row above a list that holds tabs, chips and the search. */
export function ListBar({ children }: { children: ReactNode }) {
  return <div className={classes.bar}>{children}</div>;
}
