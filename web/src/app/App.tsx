import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "react-router";
import { whenSignedOut } from "~/api/client.ts";
import { queryClient } from "~/api/query-client.ts";
import { signedOut } from "~/api/session.ts";
import { cssVariables, theme } from "~/theme/theme.ts";
import { router } from "./router.tsx";

/** The same place that `theme.js` reads before the first paint. */
const colourScheme = localStorageColorSchemeManager({ key: "redthread-colour-scheme" });

// A session that ended elsewhere leads to the sign-in page, wherever one is.
whenSignedOut(() => signedOut(queryClient));

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} colorSchemeManager={colourScheme} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Notifications position="top-right" limit={3} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
