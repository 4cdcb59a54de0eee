import { Tooltip, UnstyledButton } from "@mantine/core";
import {
  IconAddressBook, IconBuilding, IconCalendar, IconChevronsLeft, IconChevronsRight, IconCoins, IconListDetails, IconMailForward, IconMessage2Question, IconPlayerTrackNext, IconRoute, IconSettings, IconSun, IconTable,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { useKinds } from "~/api/records.ts";
import { useMe } from "~/api/session.ts";
import { useLabels } from "~/shared/fields/labels.ts";
import { may } from "~/shared/people/may.ts";
import classes from "./Frame.module.css";

type Icon = ComponentType<{ size?: number; stroke?: number }>;
export const KIND_ICON: Record<string, Icon> = { account: IconBuilding, contact: IconAddressBook, case: IconMessage2Question, deal: IconCoins };

interface Item {
  to: string;
  label: string;
  icon: Icon;
  end?: boolean;
}

/** The pages that this person may see, in the order of the work. */
export function usePlaces(): Item[][] {
  const { t } = useTranslation();
  const { role } = useMe();
  const kinds = useKinds();
  const labels = useLabels();
  const order = ["case", "account", "contact", "deal"];
  const shown = (kinds.data ?? []).map((k): string => k.kind).filter((k) => order.includes(k));
  return [
    [
      { to: "/", label: t("frame:myDay"), icon: IconSun, end: true },
      { to: "/calendar", label: t("frame:calendar"), icon: IconCalendar },
    ],
    order.filter((k) => shown.includes(k)).map((kind) => ({ to: `/records/${kind}`, label: labels.kinds(kind), icon: KIND_ICON[kind] ?? IconListDetails })),
    may.watch(role)
      ? [
          { to: "/processes", label: t("frame:processes"), icon: IconRoute },
          { to: "/instances", label: t("frame:instances"), icon: IconPlayerTrackNext },
          { to: "/decisions", label: t("frame:decisions"), icon: IconTable },
        ]
      : [],
    [
      ...(may.outbox(role) ? [{ to: "/outbox", label: t("frame:outbox"), icon: IconMailForward }] : []),
      ...(may.administer(role) ? [{ to: "/administration", label: t("frame:administration"), icon: IconSettings }] : []),
    ],
  ].filter((group) => group.length > 0);
}

export function Rail({ narrow, onNarrow }: { narrow: boolean; onNarrow?: () => void }) {
  const { t } = useTranslation();
  const groups = usePlaces();
  return (
    <div className={classes.nav}>
      {groups.map((group, i) => (
        <div key={group[0]?.to}>
          {i > 0 && <div className={classes.gap} />}
          {group.map(({ to, label, icon: Icon, end }) => (
            <Tooltip key={to} label={label} position="right" disabled={!narrow} openDelay={100}>
              <NavLink to={to} end={end} className={classes.item} aria-label={narrow ? label : undefined}>
                <Icon size={17} stroke={1.7} />
                {!narrow && label}
              </NavLink>
            </Tooltip>
          ))}
        </div>
      ))}
      {onNarrow && (
        <UnstyledButton className={`${classes.item} ${classes.fold}`} onClick={onNarrow} aria-label={t(narrow ? "frame:widen" : "frame:fold")}>
          {narrow ? <IconChevronsRight size={17} stroke={1.7} /> : <IconChevronsLeft size={17} stroke={1.7} />}
          {!narrow && t("frame:fold")}
        </UnstyledButton>
      )}
    </div>
  );
}
