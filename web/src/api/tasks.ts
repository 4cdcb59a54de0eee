import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, path, query, unwrap } from "./client.ts";
import { invalidateTopics } from "./query-client.ts";
import type { Fields, Key, Page, Task, TaskDetail } from "./types.ts";

export interface TaskFilter {
  view: "mine" | "team" | "all";
  state?: "open" | "done";
  search?: string;
  instance?: Key;
}

export function useTasks(filter: TaskFilter) {
  return useInfiniteQuery({
    queryKey: ["tasks", filter],
    queryFn: ({ pageParam }) => unwrap<Page<Task>>(api.GET("/api/tasks", query({ ...filter, limit: 50, after: pageParam }))),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    meta: { topics: ["tasks", "clock"] },
  });
}

export function useTask(key: Key) {
  return useQuery({
    queryKey: ["task", key],
    queryFn: () => unwrap<TaskDetail>(api.GET("/api/tasks/{key}", path({ key }))),
    meta: { topics: ["tasks", "clock"] },
  });
}

export function useCompleteTask(key: Key) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (variables: Fields) => unwrap<unknown>(api.POST("/api/tasks/{key}/complete", { ...path({ key }), body: { variables } })),
    onSuccess: () => invalidateTopics(client, ["tasks", "instances", "records", "calendar"]),
  });
}

/** Hands a task to somebody, claims it (assignee: oneself), or gives it back to its team (null). */
export function useAssignTask() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, ...body }: { key: Key; assignee: string | null; reason?: string }) =>
      unwrap<unknown>(api.POST("/api/tasks/{key}/assign", { ...path({ key }), body })),
    onSuccess: () => invalidateTopics(client, ["tasks", "instances"]),
  });
}
