import { Button } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useHistory } from "~/api/instances.ts";
import { Entries } from "~/shared/history/Entries.tsx";
import { choicesOf } from "~/shared/history/sentence.ts";
import type { DiagramElements } from "~/shared/elements/words.ts";
import { Loaded, RowsSkeleton } from "~/shared/states/States.tsx";

/** What happened, newest first; the diagram says what elements without a name are, and what ways ask. */
export function History({ instanceKey, shape }: { instanceKey: string; shape: DiagramElements }) {
  const { t } = useTranslation();
  const history = useHistory(instanceKey);
  const entries = useMemo(() => (history.data?.pages ?? []).flatMap((page) => page.items).map((entry) => ({ ...entry, id: entry.key })), [history.data]);
  const choices = useMemo(() => choicesOf(entries, shape.flows, shape.names), [entries, shape]);
  return (
    <Loaded query={history} skeleton={<RowsSkeleton rows={6} />}>
      {() => (
        <>
          <Entries entries={entries} names={shape.names} choices={choices} />
          {history.hasNextPage && <Button variant="subtle" onClick={() => history.fetchNextPage()} loading={history.isFetchingNextPage}>{t("list:more")}</Button>}
        </>
      )}
    </Loaded>
  );
}
