import createClient, { type Middleware } from "openapi-fetch";
import type { Problem, ProblemDetails } from "./types.ts";

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

/** Stands in for the generated paths until `schema.d.ts` exists. */
interface LooseClient {
  GET: LooseMethod;
  POST: LooseMethod;
  PUT: LooseMethod;
  PATCH: LooseMethod;
  DELETE: LooseMethod;
  use: (...middleware: Middleware[]) => void;
}
type LooseMethod = (path: string, init?: Record<string, unknown>) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

/** The one way to the server. Paths are the contract's; `unwrap` turns refusals into `ApiError`. */
export const api = createClient({ baseUrl: "" }) as unknown as LooseClient;
api.use(csrf);

/** Called when the server no longer knows the session; set by the application. */
let onSignedOut: () => void = () => {};
export function whenSignedOut(handler: () => void) {
  onSignedOut = handler;
}

/** The answer's data, or the refusal as an `ApiError`. */
export async function unwrap<T>(call: Promise<{ data?: unknown; error?: unknown; response: Response }>): Promise<T> {
  let answer: Awaited<typeof call>;
  try {
    answer = await call;
  } catch (failure) {
    // fetch rejects only when there was no answer at all; a body that is not JSON also lands here.
    throw failure instanceof ApiError ? failure : new ApiError({ status: 0 });
  }
  if (answer.response.ok) return answer.data as T;
  const status = answer.response.status;
  if (status === 401) onSignedOut();
  const details = typeof answer.error === "object" && answer.error !== null ? (answer.error as Partial<ProblemDetails>) : {};
  throw new ApiError({ ...details, status });
}

/** Drops what is not set, so that it does not stand in the address as "undefined". */
export function query(params: Record<string, string | number | boolean | null | undefined>) {
  return { params: { query: Object.fromEntries(Object.entries(params).filter(([, v]) => v !== undefined && v !== null && v !== "")) } };
}

export function path(params: Record<string, string>) {
  return { params: { path: params } };
}
