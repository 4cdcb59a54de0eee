import { gather } from "./gather.ts";

export const words = gather(import.meta.glob<object>(["../features/*/ru.json", "../shared/*/ru.json", "../app/*/ru.json"], { eager: true, import: "default" }));
