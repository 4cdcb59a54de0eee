import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { Locale } from "~/i18n/index.ts";
import { ApiError, api, unwrap } from "./client.ts";
import type { Me } from "./model.ts";
import { forgetPerson } from "./query-client.ts";

export const aboutQuery = queryOptions({
  queryKey: ["about"],
  queryFn: () => unwrap(api.GET("/api/about")),
  meta: { topics: ["clock"] },
});

/** Who is signed in; null when nobody is. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ client, queryKey }): Promise<Me | null> => {
    try {
      const me = await unwrap(api.GET("/api/session"));
      // Somebody else signed in in another tab: this one is theirs now too.
      const before = client.getQueryData<Me | null>(queryKey);
      if (before && before.key !== me.key) forgetPerson(client);
      return me;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

export const useAbout = () => useQuery(aboutQuery);

/**
 * The signed-in person, for all that is shown to one. Given by what decides that it is shown, and not looked up: in the
 * moment of a sign-out nobody is signed in any more while some of it is still there.
 */
export const MeContext = createContext<Me | null>(null);

/** The signed-in person. Only for pages behind the sign-in. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new ApiError({ status: 401 });
  return me;
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { login: string; password: string }) => unwrap(api.POST("/api/session", { body })),
    onSuccess: (me) => {
      forgetPerson(client);
      client.setQueryData(meQuery.queryKey, me);
    },
  });
}

/** Shows the sign-in page, and keeps nothing of who was signed in. */
export function signedOut(client: QueryClient) {
  client.setQueryData(meQuery.queryKey, null);
  forgetPerson(client);
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/session")),
    onSuccess: () => signedOut(client),
  });
}

export function useSetLocale() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (locale: Locale) => unwrap(api.PATCH("/api/session", { body: { locale } })),
    onSuccess: (me) => client.setQueryData(meQuery.queryKey, (old) => (old ? { ...old, ...me } : old)),
  });
}
