import { AppShell, Burger, Drawer } from "@mantine/core";
import { useDisclosure, useLocalStorage } from "@mantine/hooks";
import { Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useLocation } from "react-router";
import { useLiveChanges } from "~/api/live.ts";
import { useAbout } from "~/api/session.ts";
import { RowsSkeleton } from "~/shared/states/States.tsx";
import { Creator } from "./Creator.tsx";
import { DemoBar } from "./DemoBar.tsx";
import classes from "./Frame.module.css";
import { Rail } from "./Rail.tsx";
import { Shortcuts } from "./Shortcuts.tsx";
import { TopBar } from "./TopBar.tsx";

const BAR = 48;
const DEMO = 34;

/** What stands around every page: rail, top bar, in the demo its clock. */
export function Frame() {
  const { t } = useTranslation();
  const about = useAbout();
  const location = useLocation();
  const [sheet, { open, close }] = useDisclosure(false);
  const [narrow, setNarrow] = useLocalStorage({ key: "redthread-rail-narrow", defaultValue: false, getInitialValueInEffect: false });
  useLiveChanges();
  useEffect(close, [location.pathname, close]);
  const demo = about.data?.demo ?? false;
  const head = BAR + (demo ? DEMO : 0);

  return (
    <AppShell header={{ height: head }} navbar={{ width: narrow ? 57 : 212, breakpoint: "sm", collapsed: { mobile: true } }} padding={0} className={classes.shell}>
      <a href="#page" className={classes.skip}>{t("frame:skip")}</a>
      <AppShell.Header className={classes.header}>
        <TopBar burger={<Burger hiddenFrom="sm" size="sm" opened={sheet} onClick={open} aria-label={t("frame:menu")} />} />
        {demo && <DemoBar />}
      </AppShell.Header>
      <AppShell.Navbar className={classes.rail} aria-label={t("frame:pages")}>
        <Rail narrow={narrow} onNarrow={() => setNarrow((n) => !n)} />
      </AppShell.Navbar>
      <Drawer opened={sheet} onClose={close} size={264} title="Redthread" hiddenFrom="sm" classNames={{ body: classes.sheet }}>
        <nav aria-label={t("frame:pages")}>
          <Rail narrow={false} />
        </nav>
      </Drawer>
      <AppShell.Main id="page" tabIndex={-1} className={classes.main} style={{ "--sticky-top": `${head}px`, "--frame-head": `${head}px` } as React.CSSProperties}>
        <Suspense fallback={<RowsSkeleton />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
      <Creator />
      <Shortcuts />
    </AppShell>
  );
}
