import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, path, query, unwrap } from "./client.ts";
import { invalidateTopics } from "./query-client.ts";
import type { Fields, Json, Key, RecordDetail, RecordKind } from "./model.ts";

export interface Filter {
  field: string;
  op: "eq" | "ne" | "lt" | "lte" | "gt" | "gte" | "contains" | "in" | "empty";
  value: Json;
}
export interface RecordQuery {
  search?: string;
  filters?: Filter[];
  sort?: string;
  limit?: number;
}

/** A kind from an address may be any text: the server answers 404 for what it does not know. */
const known = (kind: string) => kind as RecordKind;

export function useKinds() {
  return useQuery({ queryKey: ["kinds"], queryFn: () => unwrap(api.GET("/api/kinds")), staleTime: Number.POSITIVE_INFINITY });
}

export function useRecords(kind: string, q: RecordQuery) {
  return useInfiniteQuery({
    queryKey: ["records", kind, q],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/records/{kind}", {
          params: {
            path: { kind: known(kind) },
            ...query({ search: q.search, sort: q.sort, limit: q.limit ?? 50, after: pageParam, filter: q.filters?.length ? JSON.stringify(q.filters) : undefined }).params,
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    meta: { topics: ["records", "instances"] },
  });
}

export function useRecord(kind: string, key: Key) {
  return useQuery({
    queryKey: ["record", kind, key],
    queryFn: () => unwrap(api.GET("/api/records/{kind}/{key}", path({ kind: known(kind), key }))),
    enabled: key !== "",
    meta: { topics: ["records", "instances", "tasks"] },
  });
}

export function useCreateRecord(kind: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (fields: Fields) => unwrap(api.POST("/api/records/{kind}", { ...path({ kind: known(kind) }), body: { fields } })),
    onSuccess: () => invalidateTopics(client, ["records", "instances"]),
  });
}

export function useChangeRecord(kind: string, key: Key) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { version: number; fields: Fields }) => unwrap(api.PATCH("/api/records/{kind}/{key}", { ...path({ kind: known(kind), key }), body })),
    onSuccess: (row) => {
      client.setQueryData<RecordDetail>(["record", kind, key], (old) => (old ? { ...old, ...row } : old));
      return invalidateTopics(client, ["records", "instances", "tasks", "calendar"]);
    },
    // A stale version means that our copy is old: the person sees the newer one beside the message.
    onError: () => invalidateTopics(client, ["records"]),
  });
}

export function useDeleteRecord(kind: string, key: Key) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (version: number) => unwrap(api.DELETE("/api/records/{kind}/{key}", { params: { path: { kind: known(kind), key }, query: { version } } })),
    onSuccess: () => {
      client.removeQueries({ queryKey: ["record", kind, key] });
      return invalidateTopics(client, ["records"]);
    },
  });
}

export function useTimeline(kind: string, key: Key) {
  return useInfiniteQuery({
    queryKey: ["timeline", kind, key],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/records/{kind}/{key}/timeline", { params: { path: { kind: known(kind), key }, ...query({ limit: 30, after: pageParam }).params } })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    meta: { topics: ["records", "calendar", "instances"] },
  });
}

export function useAddNote(kind: string, key: Key) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) => unwrap(api.POST("/api/records/{kind}/{key}/notes", { ...path({ kind: known(kind), key }), body: { text } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["timeline", kind, key] }),
  });
}

export function useSearch(text: string) {
  return useQuery({
    queryKey: ["search", text],
    queryFn: () => unwrap(api.GET("/api/search", query({ q: text }))),
    enabled: text.trim().length >= 2,
    placeholderData: keepPreviousData,
  });
}
