import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

/** The first of a list that may be long, and the button that shows the rest. */
export function useFirst<T>(items: T[], most: number): { shown: T[]; rest: ReactNode } {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  if (all || items.length <= most) return { shown: items, rest: null };
  return { shown: items.slice(0, most), rest: <Button variant="subtle" size="compact-xs" m={8} onClick={() => setAll(true)}>{t("list:rest", { count: items.length - most })}</Button> };
}
