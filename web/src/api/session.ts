import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Locale } from "~/i18n/index.ts";
import { ApiError, api, unwrap } from "./client.ts";
import type { Me } from "./model.ts";

export const aboutQuery = queryOptions({
  queryKey: ["about"],
  queryFn: () => unwrap(api.GET("/api/about")),
  meta: { topics: ["clock"] },
});

/** Who is signed in; null when nobody is. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async () => {
    try {
      return await unwrap(api.GET("/api/session"));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

export const useAbout = () => useQuery(aboutQuery);

/** The signed-in person. Only for pages behind the sign-in. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (!data) throw new ApiError({ status: 401 });
  return data;
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { login: string; password: string }) => unwrap(api.POST("/api/session", { body })),
    onSuccess: (me) => client.setQueryData(meQuery.queryKey, me),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/session")),
    onSuccess: () => {
      client.setQueryData(meQuery.queryKey, null);
      // Nothing of one person may stay in memory for the next. "me" itself stays: the page listens to it.
      client.removeQueries({ predicate: (q) => q.queryKey[0] !== "me" && q.queryKey[0] !== "about" });
    },
  });
}

export function useSetLocale() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (locale: Locale) => unwrap(api.PATCH("/api/session", { body: { locale } })),
    onSuccess: (me) => client.setQueryData(meQuery.queryKey, (old) => (old ? { ...old, ...me } : old)),
  });
}
