import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, path, query, unwrap } from "./client.ts";
import { invalidateTopics } from "./query-client.ts";
import type { ActivityType, CompanyCalendar, Instant, Key, Outcome } from "./model.ts";

export function useCalendar(from: Instant, to: Instant, people: string[]) {
  return useQuery({
    queryKey: ["calendar", from, to, people],
    queryFn: () => unwrap(api.GET("/api/calendar", query({ from, to, people: people.join(",") }))),
    placeholderData: keepPreviousData,
    meta: { topics: ["calendar", "tasks"] },
  });
}

export function useCompanyCalendar() {
  return useQuery({ queryKey: ["company-calendar"], queryFn: () => unwrap(api.GET("/api/calendar/company")), staleTime: 10 * 60_000, meta: { topics: ["calendar"] } });
}

export function useStoreCompanyCalendar() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CompanyCalendar) => unwrap(api.PUT("/api/calendar/company", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["company-calendar"] }),
  });
}

export function useActivity(key: Key | null) {
  return useQuery({
    queryKey: ["activity", key],
    queryFn: () => unwrap(api.GET("/api/activities/{key}", path({ key: key ?? "" }))),
    enabled: key !== null,
    meta: { topics: ["calendar"] },
  });
}

export interface NewActivity {
  type: ActivityType;
  subject: string;
  start: Instant;
  end: Instant | null;
  owner: string;
  record: { kind: string; key: Key } | null;
  remindAt: Instant | null;
}

/** What somebody may do to an activity; each also moves the process that waits for it. */
export function useActivityActions() {
  const client = useQueryClient();
  const onSuccess = () => invalidateTopics(client, ["calendar", "tasks", "instances", "records", "notifications"]);
  return {
    plan: useMutation({ mutationFn: (body: NewActivity) => unwrap(api.POST("/api/activities", { body })), onSuccess }),
    reschedule: useMutation({
      mutationFn: ({ key, ...body }: { key: Key; start: Instant; end: Instant | null; version?: number }) => unwrap(api.PATCH("/api/activities/{key}", { ...path({ key }), body })),
      onSuccess,
    }),
    hold: useMutation({
      mutationFn: ({ key, ...body }: { key: Key; outcome: Outcome | null; note: string }) => unwrap(api.POST("/api/activities/{key}/hold", { ...path({ key }), body })),
      onSuccess,
    }),
    cancel: useMutation({
      mutationFn: ({ key, ...body }: { key: Key; reason: string }) => unwrap(api.POST("/api/activities/{key}/cancel", { ...path({ key }), body })),
      onSuccess,
    }),
  };
}
