import { Button } from "@mantine/core";
import { IconBandage } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";
import { ApiError } from "~/api/client.ts";
import { EmptyState, FailedState } from "./States.tsx";

/** What stands in place of a page that broke. A page from an older version of the program is loaded anew. */
export function PageError() {
  const error = useRouteError();
  const { t } = useTranslation();
  if (error instanceof ApiError) return <FailedState error={error} retry={() => location.reload()} />;
  const outdated = error instanceof Error && /dynamically imported module|module script/i.test(error.message);
  return (
    <EmptyState icon={<IconBandage />} title={t(outdated ? "states:outdated.title" : "states:broken.title")} action={<Button onClick={() => location.reload()}>{t("states:reload")}</Button>}>
      {t(outdated ? "states:outdated.text" : "states:broken.text")}
    </EmptyState>
  );
}
