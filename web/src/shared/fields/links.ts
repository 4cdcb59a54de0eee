/** Addresses of pages by what they are about: the one place that knows them beside the router. */
export function pathTo(kind: string, key: string): string {
  switch (kind) {
    case "task":
      return `/tasks/${key}`;
    case "instance":
      return `/instances/${key}`;
    case "definition":
    case "process":
      return `/processes/${key}`;
    case "decision":
      return `/decisions/${key}`;
    case "activity":
    case "call":
    case "meeting":
      return `/calendar?activity=${key}`;
    case "user":
    case "team":
      return "/administration";
    default:
      return `/records/${kind}/${key}`;
  }
}
