import { Tabs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { ApiError } from "~/api/client.ts";
import { useMe } from "~/api/session.ts";
import { PageHeader } from "~/shared/page/Page.tsx";
import { may } from "~/shared/people/may.ts";
import { FailedState } from "~/shared/states/States.tsx";
import { CalendarSettings } from "./CalendarSettings.tsx";
import { People } from "./People.tsx";
import { Teams } from "./Teams.tsx";

/** People, teams, and when the company works. */
export function Page() {
  const { t } = useTranslation();
  const me = useMe();
  const [params, setParams] = useSearchParams();
  if (!may.administer(me.role)) return <FailedState error={new ApiError({ status: 403 })} />;
  return (
    <>
      <PageHeader title={t("frame:administration")} />
      <Tabs value={params.get("tab") ?? "people"} onChange={(tab) => tab && setParams({ tab }, { replace: true })} keepMounted={false}>
        <Tabs.List px="lg">
          <Tabs.Tab value="people">{t("administration:people")}</Tabs.Tab>
          <Tabs.Tab value="teams">{t("administration:teams")}</Tabs.Tab>
          <Tabs.Tab value="calendar">{t("administration:calendar")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people"><People /></Tabs.Panel>
        <Tabs.Panel value="teams"><Teams /></Tabs.Panel>
        <Tabs.Panel value="calendar"><CalendarSettings /></Tabs.Panel>
      </Tabs>
    </>
  );
}
