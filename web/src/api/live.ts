import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { invalidateTopics } from "./query-client.ts";
import { meQuery } from "./session.ts";
import type { Changed, Topic } from "./model.ts";

/** How long changes are gathered before asking again: a step often touches several topics at once. */
const GATHER_MS = 150;
/** The longest wait before another try to connect. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Listens to what changes on the server and asks again for what it touches. Only while the page is visible: a browser
 * allows six connections to a server, and many tabs would use them up. Gives back what ends the listening.
 */
export function listen(client: QueryClient): () => void {
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let flush: ReturnType<typeof setTimeout> | undefined;
  let attempts = 0;
  // What happened while nobody listened is unknown: then everything that is shown is asked for again.
  let missed = false;
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

  const disconnect = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };

  const connect = () => {
    disconnect();
    const opened = new EventSource("/api/events");
    source = opened;
    opened.addEventListener("open", () => {
      attempts = 0;
      if (missed) void client.invalidateQueries();
      missed = false;
    });
    opened.addEventListener("changed", (event) => {
      const changed = JSON.parse((event as MessageEvent<string>).data) as Changed;
      gather(changed.topics);
    });
    opened.addEventListener("missed", () => void client.invalidateQueries());
    opened.addEventListener("error", () => {
      missed = true;
      // The browser reconnects by itself unless the server answered with an error; then it gives up for good.
      if (opened.readyState !== EventSource.CLOSED) return;
      attempts += 1;
      // Perhaps the session has ended: asking who is signed in leads to the sign-in page.
      void client.invalidateQueries({ queryKey: meQuery.queryKey });
      retry = setTimeout(connect, Math.min(LONGEST_WAIT_MS, 1000 * 2 ** Math.min(attempts, 5)));
    });
  };

  const follow = () => {
    if (document.visibilityState === "hidden") {
      disconnect();
      missed = true;
    } else if (source === null) connect();
  };
  document.addEventListener("visibilitychange", follow);
  follow();
  return () => {
    document.removeEventListener("visibilitychange", follow);
    disconnect();
    clearTimeout(flush);
  };
}

/** One connection a page. */
export function useLiveChanges() {
  const client = useQueryClient();
  useEffect(() => listen(client), [client]);
}
