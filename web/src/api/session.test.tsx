import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "./client.ts";
import { meQuery, signedOut, useSignIn, useSignOut } from "./session.ts";

const person = (key: string) => ({ key, login: key, name: key, role: "employee", locale: "en", zone: "UTC", teams: [] });
let now: ReturnType<typeof person> | null;
let client: QueryClient;

const answer = (status: number, body: object | null) => Promise.resolve(status < 300 ? { data: body, response: new Response(null, { status }) } : { error: body, response: new Response(null, { status }) });

/** The server: one session, which a sign-in replaces and a sign-out ends. */
function serve() {
  const spy = (method: "GET" | "POST" | "DELETE", reply: (options: { body: { login: string } }) => unknown) => vi.spyOn(api, method).mockImplementation(((_: string, options: { body: { login: string } }) => reply(options)) as never);
  spy("GET", () => (now ? answer(200, now) : answer(401, { code: "signInNeeded" })));
  spy("POST", ({ body }) => answer(200, (now = person(body.login))));
  spy("DELETE", () => answer(204, (now = null)));
}

beforeEach(() => {
  now = person("marta");
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  serve();
  client.setQueryData(["about"], { product: "Redthread" });
  client.setQueryData(["tasks", "mine"], ["Marta's task"]);
  client.setQueryData(["record", "case", "7"], { title: "Marta's case" });
});
afterEach(() => {
  client.clear();
  vi.restoreAllMocks();
});

const inPage = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
const remembered = () => client.getQueryCache().getAll().map((query) => String(query.queryKey[0])).sort();

describe("what a browser remembers of a person", () => {
  it("is nothing once somebody else signs in", async () => {
    client.setQueryData(meQuery.queryKey, now as never);
    const { result } = renderHook(() => useSignIn(), { wrapper: inPage });
    await act(() => result.current.mutateAsync({ login: "oleg", password: "x" }));
    expect(client.getQueryData(meQuery.queryKey)).toMatchObject({ key: "oleg" });
    expect(remembered()).toEqual(["about", "me"]);
    // What was sent has the password in it.
    expect(client.getMutationCache().getAll()).toEqual([]);
  });

  it("is nothing once one signs out", async () => {
    const { result } = renderHook(() => useSignOut(), { wrapper: inPage });
    await act(() => result.current.mutateAsync());
    expect(client.getQueryData(meQuery.queryKey)).toBeNull();
    expect(remembered()).toEqual(["about", "me"]);
  });

  it("is nothing once the session has ended elsewhere", () => {
    signedOut(client);
    expect(remembered()).toEqual(["about", "me"]);
  });

  it("is nothing when another tab signed in as somebody else", async () => {
    const { result } = renderHook(() => useQuery(meQuery), { wrapper: inPage });
    await waitFor(() => expect(result.current.data).toMatchObject({ key: "marta" }));
    client.setQueryData(["tasks", "mine"], ["Marta's task"]);
    now = person("oleg");
    await act(() => result.current.refetch());
    await waitFor(() => expect(result.current.data).toMatchObject({ key: "oleg" }));
    expect(remembered()).toEqual(["about", "me"]);
  });

  it("stays while it is the same person", async () => {
    const { result } = renderHook(() => useQuery(meQuery), { wrapper: inPage });
    await waitFor(() => expect(result.current.data).toMatchObject({ key: "marta" }));
    await act(() => result.current.refetch());
    expect(remembered()).toEqual(["about", "me", "record", "tasks"]);
  });
});
