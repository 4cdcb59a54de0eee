import { Group, Kbd, Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { isTyping } from "~/shared/list/keys.ts";
import classes from "./Frame.module.css";

const OPEN = "redthread:shortcuts";
export const openShortcuts = () => document.dispatchEvent(new Event(OPEN));

const KEYS: [string[], string][] = [
  [["Ctrl", "K"], "search"],
  [["J"], "down"],
  [["K"], "up"],
  [["Enter"], "open"],
  [["C"], "complete"],
  [["Esc"], "close"],
  [["?"], "help"],
];

/** What the keys do; `?` shows it. */
export function Shortcuts() {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    const show = () => setOpened(true);
    const onKey = (event: KeyboardEvent) => {
      // "?" in a Latin layout; Shift and the 7 key in a Russian one gives it too.
      if (event.key === "?" && !isTyping(event)) show();
    };
    document.addEventListener(OPEN, show);
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener(OPEN, show);
      document.removeEventListener("keydown", onKey);
    };
  }, []);
  return (
    <Modal opened={opened} onClose={() => setOpened(false)} title={t("frame:shortcuts.title")} size="sm">
      <dl className={classes.keys} style={{ margin: 0 }}>
        {KEYS.map(([keys, action]) => (
          <div key={action} style={{ display: "contents" }}>
            <dt>
              <Group gap={4} wrap="nowrap">{keys.map((key) => <Kbd key={key} size="sm">{key}</Kbd>)}</Group>
            </dt>
            <dd style={{ margin: 0 }}>{t(`frame:shortcuts.${action}`)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
