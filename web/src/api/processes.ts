import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, path, unwrap } from "./client.ts";
import { invalidateTopics } from "./query-client.ts";
import type { Fields, Key } from "./model.ts";

export function useProcesses(enabled = true) {
  return useQuery({
    queryKey: ["definitions"],
    queryFn: () => unwrap(api.GET("/api/definitions")),
    enabled,
    meta: { topics: ["definitions", "instances"] },
  });
}

export function useDefinition(key: Key) {
  return useQuery({ queryKey: ["definition", key], queryFn: () => unwrap(api.GET("/api/definitions/{key}", path({ key }))), meta: { topics: ["definitions"] } });
}

/** The diagram as it was uploaded. A version never changes, so it is fetched once. */
export const diagramQuery = (key: Key | null) =>
  queryOptions({
    queryKey: ["diagram", key],
    queryFn: () => unwrap(api.GET("/api/definitions/{key}/xml", { ...path({ key: key ?? "" }), parseAs: "text" })),
    enabled: key !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useDiagram = (key: Key | null) => useQuery(diagramQuery(key));

export function useProcessMap(key: Key) {
  return useQuery({ queryKey: ["map", key], queryFn: () => unwrap(api.GET("/api/definitions/{key}/map", path({ key }))), meta: { topics: ["instances", "tasks", "clock"] } });
}

function multipart(files: File[]) {
  const form = new FormData();
  for (const file of files) form.append("file", file, file.name);
  // The description calls the part's content text; what is sent are the files themselves.
  return { body: { file: [] as string[] }, bodySerializer: () => form };
}

export function useDeploy() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (files: File[]) => unwrap(api.POST("/api/deployments", multipart(files))),
    onSuccess: () => invalidateTopics(client, ["definitions"]),
  });
}

/** What an upload would say, without its effect. */
export function useCheckDiagram() {
  return useMutation({
    mutationFn: (xml: string) => unwrap(api.POST("/api/deployments/check", { body: { xml } })),
  });
}

export function useMakeExecutable(key: Key) {
  return useMutation({ mutationFn: () => unwrap(api.POST("/api/definitions/{key}/make-executable", path({ key }))) });
}

export function useStartProcess(key: Key) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { variables: Fields; subject?: { kind: string; key: Key } }) => unwrap(api.POST("/api/definitions/{key}/start", { ...path({ key }), body })),
    onSuccess: () => invalidateTopics(client, ["instances", "tasks", "records"]),
  });
}
