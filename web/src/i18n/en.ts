import { gather } from "./gather.ts";

export const words = gather(import.meta.glob<object>(["../features/*/en.json", "../shared/*/en.json", "../app/*/en.json"], { eager: true, import: "default" }));
