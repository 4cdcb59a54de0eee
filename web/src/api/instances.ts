import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, path, query, unwrap } from "./client.ts";
import { invalidateTopics } from "./query-client.ts";
import type { Fields, InstanceState, Key } from "./model.ts";

export interface InstanceFilter {
  definition?: Key;
  process?: string;
  element?: string;
  state?: InstanceState | "incident";
  subject?: string;
  search?: string;
}

export function useInstances(filter: InstanceFilter, enabled = true) {
  return useInfiniteQuery({
    queryKey: ["instances", filter],
    queryFn: ({ pageParam }) => unwrap(api.GET("/api/instances", query({ ...filter, limit: 50, after: pageParam }))),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    enabled,
    meta: { topics: ["instances", "clock"] },
  });
}

export function useInstance(key: Key) {
  return useQuery({ queryKey: ["instance", key], queryFn: () => unwrap(api.GET("/api/instances/{key}", path({ key }))), meta: { topics: ["instances", "tasks", "clock"] } });
}

export function useHistory(key: Key) {
  return useInfiniteQuery({
    queryKey: ["history", key],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/instances/{key}/history", { params: { path: { key }, ...query({ limit: 50, after: pageParam }).params } })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    meta: { topics: ["instances", "tasks"] },
  });
}

export function useComments(key: Key) {
  return useQuery({
    queryKey: ["comments", key],
    queryFn: () => unwrap(api.GET("/api/instances/{key}/comments", path({ key }))),
    meta: { topics: ["instances"] },
  });
}

/** What somebody may do to a running instance. Every reason is kept in its history. */
export function useInstanceActions(key: Key) {
  const client = useQueryClient();
  const onSuccess = () => invalidateTopics(client, ["instances", "tasks", "records", "calendar"]);
  return {
    comment: useMutation({ mutationFn: (text: string) => unwrap(api.POST("/api/instances/{key}/comments", { ...path({ key }), body: { text } })), onSuccess }),
    setValues: useMutation({
      mutationFn: (body: { scope?: Key; values: Fields; reason: string }) => unwrap(api.POST("/api/instances/{key}/variables", { ...path({ key }), body })),
      onSuccess,
    }),
    cancel: useMutation({ mutationFn: (reason: string) => unwrap(api.POST("/api/instances/{key}/cancel", { ...path({ key }), body: { reason } })), onSuccess }),
    /** Begins activities of an ad-hoc sub-process. */
    activate: useMutation({
      mutationFn: ({ elementInstance, elements }: { elementInstance: Key; elements: string[] }) =>
        unwrap(api.POST("/api/instances/{key}/ad-hoc/{elementInstance}", { ...path({ key, elementInstance }), body: { elements, variables: {} } })),
      onSuccess,
    }),
    retry: useMutation({
      mutationFn: ({ incident, reason }: { incident: Key; reason?: string }) => unwrap(api.POST("/api/incidents/{key}/retry", { ...path({ key: incident }), body: { reason } })),
      onSuccess,
    }),
  };
}
