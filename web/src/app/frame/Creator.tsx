import { lazy, Suspense } from "react";
import { useCreate } from "~/shared/create/create.ts";

const CreateRecord = lazy(async () => ({ default: (await import("~/features/records/CreateRecord.tsx")).CreateRecord }));
const CreateActivity = lazy(async () => ({ default: (await import("~/shared/activities/CreateActivity.tsx")).CreateActivity }));

/** The one place where a "create" in the address becomes a dialog. */
export function Creator() {
  const { kind, about, start, close } = useCreate();
  if (!kind) return null;
  return (
    <Suspense fallback={null}>
      {kind === "call" || kind === "meeting" ? <CreateActivity type={kind} about={about} start={start} onClose={close} /> : <CreateRecord kind={kind} about={about} onClose={close} />}
    </Suspense>
  );
}
