import { fireEvent, render, screen } from "@testing-library/react";
import { useRef } from "react";
import { describe, expect, it, vi } from "vitest";
import { nextRow, useListKeys, usePageKey } from "./keys.ts";

function List({ onComplete }: { onComplete: () => void }) {
  const list = useRef<HTMLUListElement>(null);
  useListKeys(list);
  usePageKey("KeyC", onComplete);
  return (
    <div>
      <input aria-label="search" />
      <ul ref={list}>
        {["one", "two", "three"].map((name) => <li key={name}><a href={`#${name}`} data-row-link>{name}</a></li>)}
      </ul>
    </div>
  );
}

const press = (code: string, target: Element = document.body, more = {}) => fireEvent.keyDown(target, { code, key: "?", bubbles: true, ...more });

describe("J and K", () => {
  it("move over the rows and stop at both ends", () => {
    Element.prototype.scrollIntoView = vi.fn();
    render(<List onComplete={() => {}} />);
    press("KeyJ");
    expect(document.activeElement?.textContent).toBe("one");
    press("KeyJ");
    press("KeyJ");
    press("KeyJ");
    expect(document.activeElement?.textContent).toBe("three");
    press("KeyK");
    expect(document.activeElement?.textContent).toBe("two");
  });

  it("begin at the top or the bottom, and nowhere in an empty list", () => {
    expect(nextRow(-1, 3, "j")).toBe(0);
    expect(nextRow(-1, 3, "k")).toBe(2);
    expect(nextRow(-1, 0, "j")).toBe(-1);
  });

  it("are letters where one types", () => {
    render(<List onComplete={() => {}} />);
    const input = screen.getByLabelText("search");
    input.focus();
    press("KeyJ", input);
    expect(document.activeElement).toBe(input);
  });
});

describe("c", () => {
  it("completes, in any keyboard layout, but not with Ctrl and not while typing", () => {
    const complete = vi.fn();
    render(<List onComplete={complete} />);
    press("KeyC", document.body, { ctrlKey: true });
    press("KeyC", screen.getByLabelText("search"));
    expect(complete).not.toHaveBeenCalled();
    press("KeyC");
    expect(complete).toHaveBeenCalledOnce();
  });
});
