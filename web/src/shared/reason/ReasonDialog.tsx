import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  opened: boolean;
  title: string;
  /** What will happen, naming what is destroyed. */
  children?: ReactNode;
  confirm: string;
  danger?: boolean;
  required?: boolean;
  label?: string;
  busy?: boolean;
  disabled?: boolean;
  onConfirm: (reason: string) => void;
  onClose: () => void;
}

/** Asks for the reason of a step that is kept in the history. */
export function ReasonDialog(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title}>
      {props.opened && <ReasonForm {...props} />}
    </Modal>
  );
}

function ReasonForm({ children, confirm, danger, required = true, label, busy, disabled, onConfirm, onClose }: Props) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const ready = !disabled && (!required || reason.trim() !== "");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onConfirm(reason.trim());
      }}
    >
      <Stack gap="md">
        {children && <Text size="sm" component="div">{children}</Text>}
        <Textarea label={label ?? t("reason:label")} description={t("reason:kept")} required={required} autosize minRows={2} maxRows={6} value={reason} onChange={(e) => setReason(e.currentTarget.value)} data-autofocus maxLength={2000} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>{t("page:cancel")}</Button>
          <Button type="submit" color={danger ? "red.9" : undefined} loading={busy} disabled={!ready}>{confirm}</Button>
        </Group>
      </Stack>
    </form>
  );
}
