import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen } from "./live.ts";

/** A connection that the test plays the server for. */
class Connection extends EventTarget {
  static readonly CLOSED = 2;
  static all: Connection[] = [];
  readyState = 1;
  constructor(readonly url: string) {
    super();
    Connection.all.push(this);
  }
  close() {
    this.readyState = Connection.CLOSED;
  }
  open() {
    this.dispatchEvent(new Event("open"));
  }
  say(event: string, data: unknown = {}) {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) }));
  }
  /** The line breaks; the browser tries again by itself unless it was told to go away. */
  breaks(forGood: boolean) {
    if (forGood) this.readyState = Connection.CLOSED;
    this.dispatchEvent(new Event("error"));
  }
  static get last(): Connection {
    return Connection.all.at(-1) as Connection;
  }
  static get alive(): number {
    return Connection.all.filter((connection) => connection.readyState !== Connection.CLOSED).length;
  }
}

let visibility: DocumentVisibilityState = "visible";
const turn = (to: DocumentVisibilityState) => {
  visibility = to;
  document.dispatchEvent(new Event("visibilitychange"));
};

let client: QueryClient;
let asked: Record<string, number>;
let end: () => void;

/** A query that somebody looks at, and how often it has been asked. */
function watch(name: string, topics: ("tasks" | "calendar")[]) {
  asked[name] = 0;
  const observer = new QueryObserver(client, { queryKey: [name], queryFn: () => (asked[name] = (asked[name] ?? 0) + 1), staleTime: Number.POSITIVE_INFINITY, meta: { topics } });
  observer.subscribe(() => {});
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Connection);
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visibility);
  visibility = "visible";
  Connection.all = [];
  asked = {};
  client = new QueryClient();
  watch("tasks", ["tasks"]);
  watch("calendar", ["calendar"]);
  end = listen(client);
  Connection.last.open();
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toEqual({ tasks: 1, calendar: 1 });
});

afterEach(() => {
  end();
  client.clear();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("a page that listens", () => {
  it("asks again for what a change touches, and for nothing else", async () => {
    Connection.last.say("changed", { topics: ["tasks"] });
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toEqual({ tasks: 2, calendar: 1 });
  });

  it("asks once for the changes that one step makes", async () => {
    for (let i = 0; i < 5; i += 1) Connection.last.say("changed", { topics: ["tasks"] });
    Connection.last.say("changed", { topics: ["calendar"] });
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toEqual({ tasks: 2, calendar: 2 });
  });

  it("asks again for everything when the server says that something was missed", async () => {
    Connection.last.say("missed");
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual({ tasks: 2, calendar: 2 });
  });

  it("asks again for everything after the browser has reconnected by itself", async () => {
    Connection.last.breaks(false);
    expect(Connection.all).toHaveLength(1);
    Connection.last.open();
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual({ tasks: 2, calendar: 2 });
  });

  it("does not ask again when it connects for the first time", () => {
    expect(asked).toEqual({ tasks: 1, calendar: 1 });
  });

  it("tries again, later each time, when the server has sent it away; then catches up", async () => {
    const waits: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      const before = Connection.all.length;
      Connection.last.breaks(true);
      let waited = 0;
      while (Connection.all.length === before && waited < 60_000) {
        await vi.advanceTimersByTimeAsync(1000);
        waited += 1000;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    Connection.last.open();
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.tasks).toBe(2);
    // A connection that held begins to count anew.
    const before = Connection.all.length;
    Connection.last.breaks(true);
    await vi.advanceTimersByTimeAsync(2000);
    expect(Connection.all).toHaveLength(before + 1);
  });

  it("asks who is signed in when it was sent away: the session may have ended", async () => {
    const me = vi.fn(() => null);
    new QueryObserver(client, { queryKey: ["me"], queryFn: me, staleTime: Number.POSITIVE_INFINITY }).subscribe(() => {});
    await vi.advanceTimersByTimeAsync(1);
    Connection.last.breaks(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(me).toHaveBeenCalledTimes(2);
  });

  it("lets go while nobody looks, and catches up when somebody does", async () => {
    turn("hidden");
    expect(Connection.alive).toBe(0);
    turn("visible");
    expect(Connection.alive).toBe(1);
    Connection.last.open();
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual({ tasks: 2, calendar: 2 });
  });

  it("stays away while nobody looks, also when it was about to try again", async () => {
    Connection.last.breaks(true);
    turn("hidden");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Connection.alive).toBe(0);
  });

  it("leaves nothing behind when it ends", async () => {
    Connection.last.say("changed", { topics: ["tasks"] });
    end();
    turn("hidden");
    turn("visible");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Connection.alive).toBe(0);
    expect(asked).toEqual({ tasks: 1, calendar: 1 });
  });
});
