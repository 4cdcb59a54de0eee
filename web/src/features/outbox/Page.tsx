import { Button, Modal, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconMailForward } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOutbox } from "~/api/outbox.ts";
import type { OutboxMail } from "~/api/model.ts";
import { useListKeys } from "~/shared/list/keys.ts";
import { PageHeader } from "~/shared/page/Page.tsx";
import { EmptyState, Loaded, RowsSkeleton } from "~/shared/states/States.tsx";
import { When } from "~/shared/time/When.tsx";
import classes from "./Outbox.module.css";

/** Mail that processes and reminders wrote: sent, waiting, or kept because no mail server is set. */
export function Page() {
  const { t } = useTranslation();
  const outbox = useOutbox();
  const [open, setOpen] = useState<OutboxMail | null>(null);
  const list = useRef<HTMLUListElement>(null);
  useListKeys(list, open === null);
  return (
    <>
      <PageHeader title={t("frame:outbox")} facts={[t("outbox:what")]} />
      <Loaded query={outbox} skeleton={<RowsSkeleton />}>
        {(data) => {
          const mails = data.pages.flatMap((page) => page.items);
          if (mails.length === 0) return <EmptyState icon={<IconMailForward />} title={t("outbox:none")}>{t("outbox:noneText")}</EmptyState>;
          return (
            <>
              <ul ref={list} className={classes.list}>
                {mails.map((mail) => (
                  <li key={mail.key}>
                    <UnstyledButton className={classes.row} onClick={() => setOpen(mail)} data-row-link>
                      <span className={classes.to}>{mail.to}</span>
                      <span className={classes.subject}>{mail.subject}</span>
                      <span className={classes.status} data-status={mail.status}>{t(`outbox:status.${mail.status}`)}</span>
                      <span className={classes.when}><When at={mail.sentAt ?? mail.created} /></span>
                    </UnstyledButton>
                  </li>
                ))}
              </ul>
              {outbox.hasNextPage && <Button variant="subtle" m="sm" onClick={() => outbox.fetchNextPage()} loading={outbox.isFetchingNextPage}>{t("list:more")}</Button>}
            </>
          );
        }}
      </Loaded>
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={open?.subject} size="lg">
        {open && (
          <Stack gap="xs">
            <Text size="sm" c="dimmed">{t("outbox:to", { to: open.to })} · {t(`outbox:status.${open.status}`)} · <When at={open.sentAt ?? open.created} /></Text>
            {open.error && <Text size="sm" c="var(--danger)">{open.error}</Text>}
            {open.status === "kept" && <Text size="sm" c="dimmed">{t("outbox:keptText")}</Text>}
            <pre className={classes.body}>{open.body}</pre>
          </Stack>
        )}
      </Modal>
    </>
  );
}
