import type { ComponentType } from "react";
import { createBrowserRouter, type RouteObject } from "react-router";
import { PageError } from "~/shared/states/ErrorBoundary.tsx";
import { EmptyState } from "~/shared/states/States.tsx";
import { NotFound } from "./NotFound.tsx";
import { Root } from "./Root.tsx";

/** A page is its own chunk, fetched when it is first opened. */
const page = (path: string, load: () => Promise<{ Page: ComponentType }>): RouteObject => ({
  path,
  lazy: async () => ({ Component: (await load()).Page }),
  errorElement: <PageError />,
});

export const router = createBrowserRouter([
  {
    path: "/",
    element: <Root />,
    errorElement: <PageError />,
    hydrateFallbackElement: <EmptyState title="" />,
    children: [
      { index: true, lazy: async () => ({ Component: (await import("~/features/my-day/Page.tsx")).Page }), errorElement: <PageError /> },
      page("tasks/:key", () => import("~/features/task/Page.tsx")),
      page("calendar", () => import("~/features/calendar/Page.tsx")),
      page("records/:kind", () => import("~/features/records/ListPage.tsx")),
      page("records/:kind/:key", () => import("~/features/records/CardPage.tsx")),
      page("processes", () => import("~/features/processes/Page.tsx")),
      page("processes/:key", () => import("~/features/process-map/Page.tsx")),
      page("processes/:key/edit", () => import("~/features/diagram-editor/Page.tsx")),
      page("instances", () => import("~/features/instances/ListPage.tsx")),
      page("instances/:key", () => import("~/features/instances/CardPage.tsx")),
      page("decisions", () => import("~/features/decisions/ListPage.tsx")),
      page("decisions/:key", () => import("~/features/decisions/Page.tsx")),
      page("outbox", () => import("~/features/outbox/Page.tsx")),
      page("administration", () => import("~/features/administration/Page.tsx")),
      { path: "*", element: <NotFound /> },
    ],
  },
]);
