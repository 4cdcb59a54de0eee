import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAbout } from "~/api/session.ts";
import { asLocale, type Locale } from "~/i18n/index.ts";

interface Clock {
  /** Process time in milliseconds: in a demo not the browser's. */
  now: number;
  zone: string;
}
const ClockContext = createContext<Clock>({ now: Date.now(), zone: "UTC" });

/** Gives the page the server's process time, moved on by this browser's clock. */
export function ClockProvider({ zone, children }: { zone?: string; children: ReactNode }) {
  const about = useAbout();
  const [tick, setTick] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setTick(Date.now()), 20_000);
    return () => clearInterval(timer);
  }, []);
  const fetched = about.dataUpdatedAt;
  const server = about.data ? Date.parse(about.data.now) : null;
  const clock = useMemo(
    () => ({ now: server === null ? tick : server + Math.max(0, tick - fetched), zone: zone ?? about.data?.zone ?? "UTC" }),
    [server, tick, fetched, zone, about.data?.zone],
  );
  // Nothing is drawn on a wrong clock: a calendar that opens on the browser's week would jump.
  if (!about.data && !about.error) return null;
  return <ClockContext.Provider value={clock}>{children}</ClockContext.Provider>;
}

export const useClock = () => useContext(ClockContext);

export function useLocale(): Locale {
  const { i18n } = useTranslation();
  return asLocale(i18n.language);
}
