import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useHistory } from "~/api/instances.ts";
import { Entries } from "~/shared/history/Entries.tsx";
import { Loaded, RowsSkeleton } from "~/shared/states/States.tsx";

/** What happened, newest first. */
export function History({ instanceKey }: { instanceKey: string }) {
  const { t } = useTranslation();
  const history = useHistory(instanceKey);
  return (
    <Loaded query={history} skeleton={<RowsSkeleton rows={6} />}>
      {(data) => (
        <>
          <Entries entries={data.pages.flatMap((page) => page.items).map((entry) => ({ ...entry, id: entry.key }))} />
          {history.hasNextPage && <Button variant="subtle" onClick={() => history.fetchNextPage()} loading={history.isFetchingNextPage}>{t("list:more")}</Button>}
        </>
      )}
    </Loaded>
  );
}
