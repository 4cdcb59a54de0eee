import { Skeleton } from "@mantine/core";
import { type ComponentProps, lazy, Suspense } from "react";

const Viewer = lazy(async () => ({ default: (await import("./DecisionModel.tsx")).DecisionModel }));

/** The decision, its viewer fetched when one is first shown. */
export function LazyDecision(props: ComponentProps<typeof Viewer>) {
  return (
    <Suspense fallback={<Skeleton h="100%" radius={0} />}>
      <Viewer {...props} />
    </Suspense>
  );
}
