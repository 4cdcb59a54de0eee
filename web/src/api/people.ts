import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, path, query, unwrap } from "./client.ts";
import type { Person, Role, Team, User } from "./types.ts";

/** A list may come bare or as a page; these lists are short enough for one. */
const listed = <T>(answer: T[] | { items: T[] }) => (Array.isArray(answer) ? answer : answer.items);

export function usePeople(search = "") {
  return useQuery({
    queryKey: ["people", search],
    queryFn: async () => listed(await unwrap<Person[] | { items: Person[] }>(api.GET("/api/people", query({ search })))),
    staleTime: 5 * 60_000,
    placeholderData: keepPreviousData,
  });
}

export function useUsers() {
  return useQuery({ queryKey: ["users"], queryFn: async () => listed(await unwrap<User[] | { items: User[] }>(api.GET("/api/users"))) });
}

export interface UserFields {
  login?: string;
  name: string;
  email: string | null;
  role: Role;
  locale: string;
  active?: boolean;
  teams: string[];
  password?: string;
}

export function useStoreUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, ...body }: UserFields & { key?: string }) =>
      key ? unwrap<User>(api.PATCH("/api/users/{key}", { ...path({ key }), body })) : unwrap<User>(api.POST("/api/users", { body })),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: ["users"] }), client.invalidateQueries({ queryKey: ["people"] }), client.invalidateQueries({ queryKey: ["teams"] })]),
  });
}

export function useTeams() {
  return useQuery({ queryKey: ["teams"], queryFn: async () => listed(await unwrap<Team[] | { items: Team[] }>(api.GET("/api/teams"))), staleTime: 5 * 60_000 });
}

export function useStoreTeam() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; title: string }) => unwrap<Team>(api.POST("/api/teams", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["teams"] }),
  });
}
