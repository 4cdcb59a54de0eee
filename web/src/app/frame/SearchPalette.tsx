import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight } from "@mantine/spotlight";
import { IconArrowRight, IconPlus, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useSearch } from "~/api/records.ts";
import { useCreate } from "~/shared/create/create.ts";
import { useLabels } from "~/shared/fields/labels.ts";
import { pathTo } from "~/shared/fields/links.ts";
import { usePlaces } from "./Rail.tsx";
import { CREATABLE } from "./TopBar.tsx";

/** Ctrl K: finds records, tasks, instances and processes; goes to pages; creates. */
export function SearchPalette() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const labels = useLabels();
  const { create } = useCreate();
  const [text, setText] = useState("");
  const [typed] = useDebouncedValue(text, 160);
  const found = useSearch(typed);
  const has = (label: string) => label.toLowerCase().includes(text.trim().toLowerCase());
  const places = usePlaces().flat().filter((place) => has(place.label));
  const things = CREATABLE.filter((kind) => has(labels.newKind(kind)));
  const hits = text.trim().length >= 2 ? (found.data ?? []) : [];

  return (
    <Spotlight.Root query={text} onQueryChange={setText} shortcut={["mod + K"]} scrollable maxHeight={420} overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}>
      <Spotlight.Search placeholder={t("frame:palette.placeholder")} aria-label={t("frame:search")} leftSection={<IconSearch size={16} />} />
      <Spotlight.ActionsList>
        {hits.length > 0 && (
          <Spotlight.ActionsGroup label={t("frame:palette.found")}>
            {hits.map((hit) => (
              <Spotlight.Action key={`${hit.kind}-${hit.key}`} label={hit.title} description={[labels.kind(hit.kind), hit.subtitle].filter(Boolean).join(" · ")} onClick={() => navigate(pathTo(hit.kind, hit.key))} />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {places.length > 0 && (
          <Spotlight.ActionsGroup label={t("frame:palette.go")}>
            {places.map((place) => <Spotlight.Action key={place.to} label={place.label} leftSection={<IconArrowRight size={15} />} onClick={() => navigate(place.to)} />)}
          </Spotlight.ActionsGroup>
        )}
        {things.length > 0 && (
          <Spotlight.ActionsGroup label={t("frame:palette.create")}>
            {things.map((kind) => <Spotlight.Action key={kind} label={labels.newKind(kind)} leftSection={<IconPlus size={15} />} onClick={() => create(kind)} />)}
          </Spotlight.ActionsGroup>
        )}
        {hits.length + places.length + things.length === 0 && <Spotlight.Empty>{t(found.isFetching ? "frame:palette.searching" : "frame:palette.nothing")}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
