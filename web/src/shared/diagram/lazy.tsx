import { Skeleton } from "@mantine/core";
import { type ComponentProps, lazy, Suspense } from "react";

const Viewer = lazy(async () => ({ default: (await import("./Diagram.tsx")).Diagram }));

/** The diagram, its viewer fetched when one is first shown. */
export function LazyDiagram(props: ComponentProps<typeof Viewer>) {
  return (
    <Suspense fallback={<Skeleton h="100%" radius={0} />}>
      <Viewer {...props} />
    </Suspense>
  );
}
