import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "./client.ts";
import type { Key } from "./model.ts";

export function useNotifications() {
  return useQuery({
    queryKey: ["notifications"],
    queryFn: () => unwrap(api.GET("/api/notifications")),
    meta: { topics: ["notifications"] },
  });
}

export function useMarkRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { keys: Key[] } | { all: true }) => unwrap(api.POST("/api/notifications/read", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["notifications"] }),
  });
}
