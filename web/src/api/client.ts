import createClient, { type Middleware } from "openapi-fetch";
import type { Problem, ProblemDetails } from "./model.ts";
import type { paths } from "./schema.d.ts";

/** A request that the server refused, or that never reached it. `status` 0: the server could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly problems: Problem[];

  constructor(details: Partial<ProblemDetails> & { status: number }) {
    super(details.detail ?? details.title ?? "");
    this.name = "ApiError";
    this.status = details.status;
    this.code = details.code ?? (details.status === 0 ? "unreachable" : `status${details.status}`);
    this.title = details.title ?? "";
    this.problems = details.problems ?? [];
  }
}

/** The server accepts an unsafe request only with this header (a foreign page cannot send it). */
const csrf: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && request.method !== "HEAD") request.headers.set("x-redthread", "1");
    return request;
  },
};

/** The one way to the server, typed by its OpenAPI description; `unwrap` turns refusals into `ApiError`. */
export const api = createClient<paths>({ baseUrl: "" });
api.use(csrf);

/** Called when the server no longer knows the session; set by the application. */
let onSignedOut: () => void = () => {};
export function whenSignedOut(handler: () => void) {
  onSignedOut = handler;
}

/** The answer's data, or the refusal as an `ApiError`. */
export async function unwrap<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let answer: Awaited<typeof call>;
  try {
    answer = await call;
  } catch (failure) {
    // fetch rejects only when there was no answer at all; a body that is not JSON also lands here.
    throw failure instanceof ApiError ? failure : new ApiError({ status: 0 });
  }
  if (answer.response.ok) return answer.data as T;
  const status = answer.response.status;
  const details = typeof answer.error === "object" && answer.error !== null ? (answer.error as Partial<ProblemDetails>) : {};
  const refusal = new ApiError({ ...details, status });
  // A wrong password says nothing about a session.
  if (status === 401 && refusal.code !== "wrongCredentials") onSignedOut();
  throw refusal;
}

/** What may be unset becomes optional; what is always given stays required. */
type Given<Q> = { [Name in keyof Q as null extends Q[Name] ? never : undefined extends Q[Name] ? never : Name]: Q[Name] } & {
  [Name in keyof Q as null extends Q[Name] ? Name : undefined extends Q[Name] ? Name : never]?: Exclude<Q[Name], null | undefined>;
};

/** Drops what is not set, so that it does not stand in the address as "undefined". */
export function query<Q extends object>(params: Q): { params: { query: Given<Q> } } {
  return { params: { query: Object.fromEntries(Object.entries(params).filter(([, v]) => v !== undefined && v !== null && v !== "")) as Given<Q> } };
}

export function path<P extends Record<string, string>>(params: P): { params: { path: P } } {
  return { params: { path: params } };
}
