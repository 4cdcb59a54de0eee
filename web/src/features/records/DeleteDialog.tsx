import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Names what is deleted before it is. */
export function DeleteDialog({ opened, title, busy, onDelete, onClose }: { opened: boolean; title: string; busy: boolean; onDelete: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t("records:deleteTitle", { title })}>
      <Stack>
        <Text size="sm">{t("records:deleteText")}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>{t("page:cancel")}</Button>
          <Button color="red.9" loading={busy} onClick={onDelete}>{t("records:deleteConfirm", { title })}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
