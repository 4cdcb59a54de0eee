import { ActionIcon, Group, Menu, Title } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { Fragment, type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Page.module.css";

interface HeaderProps {
  title: ReactNode;
  /** What the browser's tab says; the title itself when it is text. */
  tab?: string;
  above?: ReactNode;
  /** Two or three key facts. */
  facts?: ReactNode[];
  action?: ReactNode;
  /** Menu items for the rest. */
  more?: ReactNode;
}

/** A page's head: title, key facts, the one primary action, the rest behind "more". */
export function PageHeader({ title, tab, above, facts = [], action, more }: HeaderProps) {
  const { t } = useTranslation();
  const shown = facts.filter(Boolean);
  const tabTitle = tab ?? (typeof title === "string" ? title : undefined);
  useEffect(() => {
    document.title = tabTitle ? `${tabTitle} · Redthread` : "Redthread";
  }, [tabTitle]);
  return (
    <header className={classes.header}>
      <div className={classes.titles}>
        {above && <div className={classes.above}>{above}</div>}
        <Title order={1} className={classes.title}>{title}</Title>
        {shown.length > 0 && (
          <div className={classes.facts}>
            {shown.map((fact, i) => (
              <Fragment key={i}>
                {i > 0 && <span aria-hidden>·</span>}
                <span>{fact}</span>
              </Fragment>
            ))}
          </div>
        )}
      </div>
      <Group gap="xs" wrap="nowrap" className={classes.actions}>
        {action}
        {more && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="default" size={30} aria-label={t("page:more")}>
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>{more}</Menu.Dropdown>
          </Menu>
        )}
      </Group>
    </header>
  );
}

/** Main column about two thirds, aside one third; the aside follows on narrow screens. */
export function Columns({ children, aside }: { children: ReactNode; aside: ReactNode }) {
  return (
    <div className={classes.columns}>
      <div className={classes.main}>{children}</div>
      <aside className={classes.aside}>{aside}</aside>
    </div>
  );
}

/** A titled block of a card. */
export function Section({ title, count, action, children, flush = false }: { title: string; count?: number; action?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <section className={classes.section}>
      <div className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>
          {title}
          {count !== undefined && <span className={classes.count}>{count}</span>}
        </h2>
        {action}
      </div>
      <div className={flush ? undefined : classes.sectionBody}>{children}</div>
    </section>
  );
}
