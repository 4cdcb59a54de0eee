import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { invalidateTopics } from "./query-client.ts";
import type { Changed, Topic } from "./model.ts";

/** How long changes are gathered before asking again: a step often touches several topics at once. */
const GATHER_MS = 150;

/** Listens to what changes on the server and asks again for what it touches. One connection a page. */
export function useLiveChanges() {
  const client = useQueryClient();
  useEffect(() => {
    let source: EventSource | null = null;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let flush: ReturnType<typeof setTimeout> | undefined;
    let attempts = 0;
    const waiting = new Set<Topic>();

    const gather = (topics: Topic[]) => {
      for (const topic of topics) waiting.add(topic);
      flush ??= setTimeout(() => {
        flush = undefined;
        const topics = [...waiting];
        waiting.clear();
        void invalidateTopics(client, topics);
      }, GATHER_MS);
    };

    const connect = () => {
      source = new EventSource("/api/events");
      source.addEventListener("open", () => {
        // What happened while nobody listened is unknown: ask for everything that is shown.
        if (attempts > 0) void client.invalidateQueries();
        attempts = 0;
      });
      source.addEventListener("changed", (event) => {
        const changed = JSON.parse((event as MessageEvent<string>).data) as Changed;
        gather(changed.topics);
      });
      source.addEventListener("error", () => {
        // The browser reconnects by itself unless the server answered with an error; then it gives up for good.
        attempts += 1;
        if (source?.readyState !== EventSource.CLOSED) return;
        retry = setTimeout(connect, Math.min(30_000, 1000 * 2 ** Math.min(attempts, 5)));
      });
    };
    connect();
    return () => {
      source?.close();
      clearTimeout(retry);
      clearTimeout(flush);
    };
  }, [client]);
}
