import { Menu, Text, Tooltip, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconKeyboard, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useMe, useSetLocale, useSignOut } from "~/api/session.ts";
import { LOCALES, setLocale } from "~/i18n/index.ts";
import { useLocale } from "~/shared/time/clock.tsx";
import { useToast } from "~/shared/states/toast.tsx";
import { initials } from "~/shared/thread/words.ts";
import classes from "./Frame.module.css";
import { openShortcuts } from "./Shortcuts.tsx";

/** Language, colours, shortcuts, sign out. */
export function PersonMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const locale = useLocale();
  const scheme = useComputedColorScheme("light");
  const { setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const storeLocale = useSetLocale();
  const toast = useToast();
  return (
    <Menu position="bottom-end" width={232}>
      <Menu.Target>
        <Tooltip label={me.name}>
          <UnstyledButton className={classes.me} aria-label={t("frame:person", { name: me.name })}>{initials(me.name)}</UnstyledButton>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--text)">{me.name}</Text>
          <Text size="xs">{[t(`people:role.${me.role}`), ...me.teams.map((team) => team.title)].join(" · ")}</Text>
        </Menu.Label>
        <Menu.Divider />
        {LOCALES.map(({ value, label }) => (
          <Menu.Item
            key={value}
            lang={value}
            rightSection={locale === value ? <IconCheck size={14} /> : null}
            onClick={() => {
              void setLocale(value);
              storeLocale.mutate(value, { onError: toast.failed });
            }}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={scheme === "dark" ? <IconSun size={15} /> : <IconMoon size={15} />} onClick={() => setColorScheme(scheme === "dark" ? "light" : "dark")}>
          {t(scheme === "dark" ? "frame:light" : "frame:dark")}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={15} />} onClick={openShortcuts}>{t("frame:shortcuts.title")}</Menu.Item>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => signOut.mutate(undefined, { onError: toast.failed })}>{t("frame:signOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
