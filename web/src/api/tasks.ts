import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, path, query, unwrap } from "./client.ts";
import { invalidateTopics } from "./query-client.ts";
import type { Fields, Key } from "./model.ts";

export interface TaskFilter {
  view: "mine" | "team" | "all";
  state?: "open" | "done";
  search?: string;
  instance?: Key;
}

export function useTasks(filter: TaskFilter, enabled = true) {
  return useInfiniteQuery({
    queryKey: ["tasks", filter],
    queryFn: ({ pageParam }) => unwrap(api.GET("/api/tasks", query({ ...filter, limit: 50, after: pageParam }))),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    enabled,
    meta: { topics: ["tasks", "clock"] },
  });
}

export function useTask(key: Key) {
  return useQuery({
    queryKey: ["task", key],
    queryFn: () => unwrap(api.GET("/api/tasks/{key}", path({ key }))),
    meta: { topics: ["tasks", "clock"] },
  });
}

export function useCompleteTask(key: Key) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (variables: Fields) => unwrap(api.POST("/api/tasks/{key}/complete", { ...path({ key }), body: { variables } })),
    onSuccess: () => invalidateTopics(client, ["tasks", "instances", "records", "calendar"]),
  });
}

/** Gives a task back to its team. */
export function useReturnTask(key: Key) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (reason?: string) => unwrap(api.POST("/api/tasks/{key}/return", { ...path({ key }), body: { reason } })),
    onSuccess: () => invalidateTopics(client, ["tasks", "instances"]),
  });
}

/** Hands a task to somebody, or claims it (assignee: oneself). */
export function useAssignTask() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, ...body }: { key: Key; assignee: string | null; reason?: string }) =>
      unwrap(api.POST("/api/tasks/{key}/assign", { ...path({ key }), body })),
    onSuccess: () => invalidateTopics(client, ["tasks", "instances"]),
  });
}
