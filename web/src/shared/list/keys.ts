import { type RefObject, useEffect } from "react";

/** Whether a key press belongs to something that is being typed into, or to an open dialog. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof Element)) return false;
  if (target.closest("input, textarea, select, [contenteditable='true'], .djs-container, [role='dialog'], [role='menu'], [role='listbox']")) return true;
  return event.ctrlKey || event.metaKey || event.altKey;
}

/** Which row J or K leads to; from outside the list, J starts at the top and K at the bottom. */
export function nextRow(current: number, count: number, key: "j" | "k"): number {
  if (count === 0) return -1;
  if (current < 0) return key === "j" ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, current + (key === "j" ? 1 : -1)));
}

/** J and K move the focus over the rows' links (`data-row-link`); Enter then opens as every link does. */
export function useListKeys(list: RefObject<HTMLElement | null>, enabled = true) {
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      // By the key's place, so that it works in a Cyrillic layout too.
      const key = event.code === "KeyJ" ? "j" : event.code === "KeyK" ? "k" : null;
      if (!key || event.shiftKey || isTyping(event) || !list.current) return;
      const links = [...list.current.querySelectorAll<HTMLElement>("[data-row-link]")];
      const target = links[nextRow(links.indexOf(document.activeElement as HTMLElement), links.length, key)];
      if (!target) return;
      event.preventDefault();
      target.focus();
      target.scrollIntoView({ block: "nearest" });
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [list, enabled]);
}

/** One key for one action of the page, e.g. `c` completes a task. `code` is the key's place ("KeyC"). */
export function usePageKey(code: string, action: () => void, enabled = true) {
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.code !== code || event.shiftKey || isTyping(event)) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
}
