import { Anchor, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useErrorWords } from "./States.tsx";

/** Says what happened, at the top: the bottom right belongs to the diagrams' mark. */
export function useToast() {
  const { t } = useTranslation();
  const words = useErrorWords();
  return {
    done(message: string, undo?: () => void) {
      const id = `done-${Date.now()}`;
      notifications.show({
        id,
        icon: <IconCheck size={16} />,
        color: "moss",
        autoClose: undo ? 8000 : 4000,
        message: undo ? (
          <Group justify="space-between" wrap="nowrap">
            <span>{message}</span>
            <Anchor
              component="button"
              size="sm"
              onClick={() => {
                notifications.hide(id);
                undo();
              }}
            >
              {t("states:undo")}
            </Anchor>
          </Group>
        ) : (
          message
        ),
      });
    },
    failed(error: unknown) {
      notifications.show({ icon: <IconAlertTriangle size={16} />, color: "red", autoClose: 9000, title: t("states:notDone"), message: words(error) });
    },
  };
}
