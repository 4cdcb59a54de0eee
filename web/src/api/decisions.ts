import { useMutation, useQuery } from "@tanstack/react-query";
import { api, path, unwrap } from "./client.ts";
import type { Fields, Key } from "./model.ts";

export function useDecisions(enabled = true) {
  return useQuery({ queryKey: ["decisions"], queryFn: () => unwrap(api.GET("/api/decisions")), enabled, meta: { topics: ["definitions"] } });
}

export function useDecision(key: Key) {
  return useQuery({ queryKey: ["decision", key], queryFn: () => unwrap(api.GET("/api/decisions/{key}", path({ key }))), meta: { topics: ["definitions"] } });
}

/** The file as it was uploaded. A version never changes, so it is fetched once. */
export function useDecisionFile(key: Key) {
  return useQuery({
    queryKey: ["decision-file", key],
    queryFn: () => unwrap(api.GET("/api/decisions/{key}/xml", { ...path({ key }), parseAs: "text" })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Asks the decision, without any effect. */
export function useEvaluate(key: Key) {
  return useMutation({ mutationFn: (variables: Fields) => unwrap(api.POST("/api/decisions/{key}/evaluate", { ...path({ key }), body: { variables } })) });
}
