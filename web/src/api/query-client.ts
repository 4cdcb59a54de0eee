import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./client.ts";
import type { Topic } from "./model.ts";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: ApiError;
    queryMeta: { topics?: Topic[] };
  }
}

/** A refusal will not become an acceptance by asking again; a lost connection may come back. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (count, error) => (error instanceof ApiError && error.status > 0 && error.status < 500 ? false : count < 2),
    },
  },
});

/** Asks again for everything that the topics touch. A query says in its `meta` which topics change it. */
export function invalidateTopics(client: QueryClient, topics: Topic[]) {
  return client.invalidateQueries({ predicate: (q) => (q.meta?.topics ?? []).some((topic) => topics.includes(topic)) });
}

/** What belongs to nobody: it may stay when another person comes. "me" is listened to by the page itself. */
const NOBODYS = ["me", "about"];

/** Nothing of one person may stay in memory for the next. */
export function forgetPerson(client: QueryClient) {
  client.removeQueries({ predicate: (q) => !NOBODYS.includes(String(q.queryKey[0])) });
  client.getMutationCache().clear();
}
