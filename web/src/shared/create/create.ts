import { useSearchParams } from "react-router";

/** What is being created stands in the address (`?create=call&about=case:12`), so that any page may ask for it and Back closes it. */
export function useCreate() {
  const [params, setParams] = useSearchParams();
  const about = params.get("about");
  const [kind, key] = about?.split(":") ?? [];
  return {
    kind: params.get("create"),
    about: kind && key ? { kind, key } : null,
    start: params.get("start"),
    create(what: string, options: { about?: { kind: string; key: string }; start?: string } = {}) {
      setParams((old) => {
        old.set("create", what);
        if (options.about) old.set("about", `${options.about.kind}:${options.about.key}`);
        if (options.start) old.set("start", options.start);
        return old;
      });
    },
    close() {
      setParams(
        (old) => {
          for (const name of ["create", "about", "start"]) old.delete(name);
          return old;
        },
        { replace: true },
      );
    },
  };
}
