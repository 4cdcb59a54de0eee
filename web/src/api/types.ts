/**
 * What the API sends, as its contract says. Written by hand until `schema.d.ts` is generated from
 * `api/openapi.json`; nothing outside `src/api` names a path or a shape by itself.
 */

/** A record's, task's, instance's ... key: a decimal string, because keys are 64 bits wide. */
export type Key = string;
/** RFC 3339, UTC. */
export type Instant = string;
export type Role = "analyst" | "employee" | "manager" | "administrator";
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Fields = Record<string, Json>;

export interface Page<T> {
  items: T[];
  next: string | null;
  total?: number;
}

/** One thing wrong with a request or a diagram. */
export interface Problem {
  field?: string | null;
  file?: string | null;
  element?: string | null;
  line?: number | null;
  code: string;
  severity?: "error" | "warning";
  message: string;
  hint?: string | null;
}

/** RFC 9457 problem details. */
export interface ProblemDetails {
  type?: string;
  title: string;
  status: number;
  detail?: string;
  code?: string;
  problems?: Problem[];
}

export interface PersonRef {
  login: string;
  name: string;
}
export interface TeamRef {
  name: string;
  title: string;
}
export interface RecordRef {
  kind: string;
  key: Key;
  title: string;
}

export interface About {
  product: string;
  version: string;
  demo: boolean;
  demoAccounts: { login: string; name: string; role: Role; password: string }[];
  now: Instant;
  zone: string;
}

export interface Me {
  key: Key;
  login: string;
  name: string;
  role: Role;
  locale: string;
  zone: string;
  teams: TeamRef[];
}

export interface DemoClock {
  now: Instant;
  next: Instant | null;
}

export interface Person extends PersonRef {
  key: Key;
  role: Role;
  teams: TeamRef[];
}

/** Where an instance stands: the last steps done, the steps now, what may come next. */
export interface Thread {
  done: { element: string; name: string | null; at: Instant; by: PersonRef | null }[];
  now: { element: string; name: string | null; since: Instant; who: PersonRef | null; overdue: boolean }[];
  next: { element: string; name: string | null; certain: boolean }[];
  about: { position: number; total: number } | null;
}

export interface Task {
  key: Key;
  name: string;
  element: string;
  process: { id: string; name: string } | null;
  instance: Key | null;
  subject: RecordRef | null;
  assignee: PersonRef | null;
  candidateTeams: (TeamRef | string)[];
  due: Instant | null;
  overdue: boolean;
  created: Instant;
  completed: Instant | null;
  followUp: Instant | null;
  thread: Thread | null;
  lane?: string | null;
  documentation?: string | null;
}

export interface TaskDetail extends Task {
  form: Record<string, unknown> | null;
  variables: Fields;
  definition: Key | null;
}

export type ActivityType = "call" | "meeting" | "email" | "note";
export type Outcome = "fine" | "problem" | "no_answer";

export interface CalendarEntry {
  key: Key;
  type: ActivityType | "task";
  title: string;
  start: Instant;
  end: Instant | null;
  status: "planned" | "held" | "cancelled" | string;
  owner: PersonRef | null;
  record: RecordRef | null;
  remindAt: Instant | null;
  process: { instance: Key; name: string } | null;
}

export interface Activity {
  key: Key;
  version: number;
  type: ActivityType;
  subject: string;
  description?: string | null;
  status: "planned" | "held" | "cancelled";
  start: Instant | null;
  end: Instant | null;
  remindAt: Instant | null;
  outcome: Outcome | null;
  note: string | null;
  owner: PersonRef | null;
  record: RecordRef | null;
  process: { instance: Key; name: string } | null;
}

export interface CompanyCalendar {
  zone: string;
  /** Monday first; each day's working hours as "09:00". */
  week: { from: string; to: string }[][];
  holidays: { date: string; name: string }[];
}

export type FieldType = "text" | "longText" | "email" | "phone" | "money" | "number" | "date" | "instant" | "choice" | "link" | "boolean";
export interface FieldDescription {
  name: string;
  type: FieldType;
  required: boolean;
  writable: boolean;
  options?: string[] | null;
  link?: string | null;
}
export interface KindDescription {
  kind: string;
  fields: FieldDescription[];
}

export interface RecordRow {
  kind: string;
  key: Key;
  version: number;
  title: string;
  fields: Fields;
  links: Record<string, { kind?: string; key: Key; title: string } | null>;
  createdAt: Instant;
  changedAt: Instant;
  thread?: Thread | null;
}
export interface RecordDetail extends RecordRow {
  instances: InstanceRow[];
}

export interface Actor {
  type: "user" | "process" | "system";
  name?: string | null;
  login?: string | null;
  instance?: Key | null;
}
export interface TimelineEntry {
  key: Key;
  at: Instant;
  actor: Actor;
  code: string;
  params: Fields;
}

export interface SearchHit {
  kind: string;
  key: Key;
  title: string;
  subtitle: string | null;
}

export interface DefinitionVersion {
  key: Key;
  version: number;
  deployedAt: Instant;
  deployedBy: PersonRef | string | null;
  fileName?: string | null;
  open?: number;
}
export interface ProcessRow {
  processId: string;
  name: string | null;
  latest: DefinitionVersion;
  versions: number;
  open: number;
  overdue: number;
  incidents: number;
  canStart: boolean;
  drawing: boolean;
}
export interface Definition {
  key: Key;
  processId: string;
  name: string | null;
  version: number;
  deployedAt: Instant;
  deployedBy: PersonRef | string | null;
  versions: DefinitionVersion[];
  warnings: Problem[];
  drawing: boolean;
  documentation: string | null;
  canStart?: boolean;
}
export interface ProcessMap {
  elements: Record<string, { waiting: number; overdue: number; incidents: number }>;
  open: number;
}
export interface Deployment {
  deployed: { key: Key; processId: string; name: string | null; version: number; drawing: boolean; warnings: Problem[] }[];
}

export type InstanceState = "active" | "completed" | "terminated" | "failed";
export interface InstanceRow {
  key: Key;
  process: { id: string; name: string | null; version: number; definition: Key };
  subject: RecordRef | null;
  state: InstanceState;
  started: Instant;
  ended: Instant | null;
  at: { element: string; name: string | null; since: Instant; overdue: boolean }[];
  incidents: number;
  thread: Thread | null;
}
export interface Variable {
  scope: Key;
  scopeName: string | null;
  name: string;
  value: Json;
  changedAt: Instant | null;
  changedBy: PersonRef | string | null;
}
export interface Incident {
  key: Key;
  element: string;
  elementName?: string | null;
  code: string;
  message: string;
  since: Instant;
}
export interface InstanceDetail extends Omit<InstanceRow, "incidents"> {
  elements: { elementInstance: Key; element: string; name: string | null; state: "active" | "completed" | "terminated" | "incident"; since: Instant; ended: Instant | null }[];
  flowsTaken: string[];
  variables: Variable[];
  tasks: Task[];
  incidents: Incident[];
  startedBy: Actor | null;
}
export interface HistoryEntry {
  at: Instant;
  sequence: number;
  actor: Actor | null;
  code: string;
  params: Fields;
}
export interface Comment {
  key: Key;
  at: Instant;
  author: PersonRef;
  text: string;
}

export interface Notification {
  key: Key;
  code: string;
  params: Fields;
  link: { kind: string; key: Key } | null;
  created: Instant;
  read: boolean;
}
export interface OutboxMail {
  key: Key;
  to: string;
  subject: string;
  body: string;
  status: "kept" | "queued" | "sent" | "failed";
  created: Instant;
  sentAt: Instant | null;
  error: string | null;
}

export interface User extends PersonRef {
  key: Key;
  email: string | null;
  role: Role;
  locale: string;
  zone: string | null;
  active: boolean;
  teams: TeamRef[];
}
export interface Team extends TeamRef {
  key: Key;
  members: PersonRef[];
}

export type Topic = "tasks" | "calendar" | "instances" | "definitions" | "records" | "notifications" | "outbox" | "clock";
export interface Changed {
  topics: Topic[];
  records?: { kind: string; key: Key }[];
  instances?: Key[];
}
