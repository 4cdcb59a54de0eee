/**
 * The API's shapes under short names. They are all derived from `schema.d.ts`, which is generated from
 * `api/openapi.json` (`npm run schema`): nothing here is written by hand twice.
 */
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export type Key = Schemas["Key"];
export type Instant = Schemas["Instant"];
export type Role = Schemas["Role"];
/** A value whose type only its field's description or its diagram knows. */
export type Json = unknown;
export type Fields = Record<string, Json>;

export type Problem = Pick<Schemas["ProblemItem"], "code" | "message"> & Partial<Schemas["ProblemItem"]>;
export type ProblemDetails = Schemas["Problem"];

export type PersonRef = Schemas["PersonRef"];
export type TeamRef = Schemas["TeamRef"];
export type RecordRef = Schemas["RecordRef"];
export type RecordKind = Schemas["RecordKind"];
export type Person = Schemas["Person"];
export type Me = Schemas["Me"];
export type User = Schemas["User"];
export type Team = Schemas["Team"];
export type Who = Schemas["Who"];

export type Thread = Schemas["Thread"];
export type Task = Schemas["Task"];
export type TaskDetail = Schemas["TaskDetail"];

export type ActivityType = Schemas["ActivityType"];
export type Outcome = Schemas["Outcome"];
export type Activity = Schemas["Activity"];
export type CalendarEntry = Schemas["CalendarItem"];
export type CompanyCalendar = Schemas["CompanyCalendar"];

export type FieldDescription = Schemas["FieldDescription"];
export type KindDescription = Schemas["KindDescription"];
export type RecordRow = Schemas["Record"];
export type RecordDetail = Schemas["RecordDetail"];
export type SearchHit = Schemas["SearchHit"];

export type ProcessRow = Schemas["DefinitionRow"];
export type Definition = Schemas["DefinitionDetail"];
export type ProcessMap = Schemas["ProcessMap"];
export type Deployment = Schemas["Deployment"];

export type DecisionRow = Schemas["DecisionRow"];
export type Decision = Schemas["DecisionDetail"];

export type InstanceState = Schemas["InstanceState"];
export type InstanceRow = Schemas["InstanceRow"];
export type InstanceDetail = Schemas["InstanceDetail"];
export type Incident = Schemas["Incident"];
export type Call = InstanceDetail["calls"][number];
export type CanActivate = InstanceDetail["canActivate"][number];
export type Variable = Schemas["Variable"];

export type Notification = Schemas["Notification"];
export type OutboxMail = Schemas["Mail"];
export type Topic = Schemas["Topic"];
export type Changed = Schemas["Changed"];
