import { useInfiniteQuery } from "@tanstack/react-query";
import { api, query, unwrap } from "./client.ts";

export function useOutbox() {
  return useInfiniteQuery({
    queryKey: ["outbox"],
    queryFn: ({ pageParam }) => unwrap(api.GET("/api/outbox", query({ limit: 50, after: pageParam }))),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    meta: { topics: ["outbox", "notifications"] },
  });
}
