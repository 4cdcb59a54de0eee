import { ApiError } from "~/api/client.ts";
import { FailedState } from "~/shared/states/States.tsx";

export function NotFound() {
  return <FailedState error={new ApiError({ status: 404 })} />;
}
