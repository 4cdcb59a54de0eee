import { Center, Loader, MantineThemeProvider } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { MeContext, meQuery } from "~/api/session.ts";
import { asLocale, setLocale } from "~/i18n/index.ts";
import { ClockProvider } from "~/shared/time/clock.tsx";
import { FailedState } from "~/shared/states/States.tsx";

const Frame = lazy(async () => ({ default: (await import("./frame/Frame.tsx")).Frame }));
const SignIn = lazy(async () => ({ default: (await import("~/features/sign-in/Page.tsx")).Page }));

/** Who is signed in decides what is shown; the address is kept, so that a link works after the sign-in. */
export function Root() {
  const me = useQuery(meQuery);
  const locale = me.data?.locale;
  useEffect(() => {
    if (locale) void setLocale(asLocale(locale));
  }, [locale]);
  // Every dialog's close button says what it does, in the page's language.
  const { t } = useTranslation();
  const spoken = useMemo(() => ({ components: { CloseButton: { defaultProps: { "aria-label": t("page:close") } } } }), [t]);
  const waiting = <Center h="100%"><Loader size="sm" color="gray" /></Center>;
  if (me.data === undefined) return me.error ? <FailedState error={me.error} retry={() => me.refetch()} /> : waiting;
  return (
    <MantineThemeProvider theme={spoken} inherit>
      {/* A boundary each: what is hidden while the sign-in page is fetched would still ask the server. */}
      <Suspense key={me.data ? "in" : "out"} fallback={waiting}>
        <ClockProvider zone={me.data?.zone}>{me.data ? <MeContext value={me.data}><Frame /></MeContext> : <SignIn />}</ClockProvider>
      </Suspense>
    </MantineThemeProvider>
  );
}
