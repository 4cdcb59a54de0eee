import type { Role } from "~/api/model.ts";

/** What a role may do. The server decides; the UI only leaves out what would be refused. */
export const may = {
  deploy: (role: Role) => role === "analyst" || role === "administrator",
  watch: (role: Role) => role !== "employee",
  start: (role: Role) => role !== "employee",
  intervene: (role: Role) => role !== "employee",
  outbox: (role: Role) => role === "manager" || role === "administrator",
  administer: (role: Role) => role === "administrator",
};
