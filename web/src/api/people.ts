import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Locale } from "~/i18n/index.ts";
import { api, path, query, unwrap } from "./client.ts";
import type { Key, Role } from "./model.ts";
import { invalidateTopics } from "./query-client.ts";

export function usePeople(search = "") {
  return useQuery({
    queryKey: ["people", search],
    queryFn: () => unwrap(api.GET("/api/people", query({ search }))),
    staleTime: 5 * 60_000,
    placeholderData: keepPreviousData,
    meta: { topics: ["people"] },
  });
}

export function useUsers() {
  return useQuery({ queryKey: ["users"], queryFn: () => unwrap(api.GET("/api/users")), meta: { topics: ["people"] } });
}

export interface UserFields {
  name: string;
  email: string | null;
  role: Role;
  locale: Locale;
  teams: string[];
}

export function useStoreUser() {
  const client = useQueryClient();
  const onSuccess = () => invalidateTopics(client, ["people"]);
  return {
    add: useMutation({ mutationFn: (body: UserFields & { login: string; password: string }) => unwrap(api.POST("/api/users", { body })), onSuccess }),
    change: useMutation({
      mutationFn: ({ key, ...body }: UserFields & { key: Key; version: number; active: boolean; password?: string }) => unwrap(api.PATCH("/api/users/{key}", { ...path({ key }), body })),
      onSuccess,
    }),
  };
}

export function useTeams() {
  return useQuery({ queryKey: ["teams"], queryFn: () => unwrap(api.GET("/api/teams")), staleTime: 5 * 60_000, meta: { topics: ["people"] } });
}

export function useStoreTeam() {
  const client = useQueryClient();
  const onSuccess = () => invalidateTopics(client, ["people"]);
  return {
    add: useMutation({ mutationFn: (body: { name: string; title: string; members: string[] }) => unwrap(api.POST("/api/teams", { body })), onSuccess }),
    change: useMutation({
      mutationFn: ({ key, ...body }: { key: Key; version: number; title: string; members: string[] }) => unwrap(api.PATCH("/api/teams/{key}", { ...path({ key }), body })),
      onSuccess,
    }),
  };
}
