import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "./client.ts";

/** The demo's clock; asked for only when the server runs a demo. */
export function useDemoClock(enabled: boolean) {
  return useQuery({ queryKey: ["demo-clock"], queryFn: () => unwrap(api.GET("/api/demo/clock")), enabled, meta: { topics: ["clock", "instances", "calendar"] } });
}

export type ClockMove = { advance: "PT1H" | "P1D" | "P7D" } | { untilNext: true };

export function useMoveClock() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ClockMove) => unwrap(api.POST("/api/demo/clock", { body })),
    // Time moves everything that has a date; only who one is stays.
    onSuccess: () => client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "me" }),
  });
}
