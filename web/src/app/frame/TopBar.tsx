import { ActionIcon, Kbd, Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { spotlight } from "@mantine/spotlight";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Logo } from "~/shared/brand/Logo.tsx";
import { useCreate } from "~/shared/create/create.ts";
import { useLabels } from "~/shared/fields/labels.ts";
import classes from "./Frame.module.css";
import { NotificationsBell } from "./NotificationsBell.tsx";
import { PersonMenu } from "./PersonMenu.tsx";
import { SearchPalette } from "./SearchPalette.tsx";

/** What the + creates, most used first. */
export const CREATABLE = ["case", "call", "meeting", "contact", "account", "deal"];

export function TopBar({ burger }: { burger: ReactNode }) {
  const { t } = useTranslation();
  const labels = useLabels();
  const { create } = useCreate();
  return (
    <div className={classes.top}>
      {burger}
      <Link to="/" className={classes.brand} aria-label={t("frame:home")}>
        <Logo />
        <span>Redthread</span>
      </Link>
      <UnstyledButton className={classes.search} onClick={spotlight.open} aria-label={t("frame:search")} aria-keyshortcuts="Control+K">
        <IconSearch size={15} aria-hidden />
        <span>{t("frame:search")}</span>
        <Kbd size="xs" visibleFrom="sm">Ctrl K</Kbd>
      </UnstyledButton>
      <div className={classes.spring} />
      <div className={classes.tools}>
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <Tooltip label={t("frame:create")}>
              <ActionIcon size={30} aria-label={t("frame:create")}>
                <IconPlus size={17} />
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown>
            {CREATABLE.map((kind) => (
              <Menu.Item key={kind} onClick={() => create(kind)}>{labels.newKind(kind)}</Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <NotificationsBell />
        <PersonMenu />
      </div>
      <SearchPalette />
    </div>
  );
}
