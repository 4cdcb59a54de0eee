import { ActionIcon, Button, Group, Indicator, Popover, ScrollArea, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useMarkRead, useNotifications } from "~/api/notifications.ts";
import { pathTo } from "~/shared/fields/links.ts";
import { useHistoryWords } from "~/shared/history/words.ts";
import { EmptyState } from "~/shared/states/States.tsx";
import { When } from "~/shared/time/When.tsx";
import classes from "./Notifications.module.css";

/** What happened that this person should know; unread ones are counted. */
export function NotificationsBell() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const notifications = useNotifications();
  const markRead = useMarkRead();
  const { notification: words } = useHistoryWords();
  const [opened, setOpened] = useState(false);
  const items = notifications.data?.items ?? [];
  const unread = notifications.data?.unread ?? 0;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={360} shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label={t("frame:notifications.title")} disabled={opened}>
          <Indicator disabled={unread === 0} label={unread > 99 ? "99+" : unread} size={15} color="ink" offset={4}>
            <ActionIcon variant="subtle" color="gray" size={30} onClick={() => setOpened((o) => !o)} aria-label={t("frame:notifications.bell", { count: unread })} aria-expanded={opened}>
              <IconBell size={18} stroke={1.7} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t("frame:notifications.title")}>
        <Group justify="space-between" px="sm" h={40} className={classes.head}>
          <Text fw={600} size="sm">{t("frame:notifications.title")}</Text>
          {unread > 0 && <Button variant="subtle" size="compact-xs" onClick={() => markRead.mutate({ all: true })}>{t("frame:notifications.readAll")}</Button>}
        </Group>
        {items.length === 0 ? (
          <EmptyState title={t("frame:notifications.none")}>{t("frame:notifications.noneText")}</EmptyState>
        ) : (
          <ScrollArea.Autosize mah={420}>
            {items.map((item) => (
              <UnstyledButton
                key={item.key}
                className={classes.item}
                data-unread={!item.read || undefined}
                onClick={() => {
                  setOpened(false);
                  if (!item.read) markRead.mutate({ keys: [item.key] });
                  if (item.link) void navigate(pathTo(item.link.kind, item.link.key));
                }}
              >
                <span className={classes.text}>{words(item)}</span>
                <span className={classes.when}><When at={item.created} /></span>
              </UnstyledButton>
            ))}
          </ScrollArea.Autosize>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
