import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { api } from "~/api/client.ts";
import { startI18n } from "~/i18n/index.ts";
import { AdHoc } from "./AdHoc.tsx";

const adHoc = { elementInstance: "7", element: "Prepare", elementName: "Prepare", elements: [{ element: "Room", elementName: "Book a room" }, { element: "Activity_1", elementName: "Activity_1" }] };

beforeAll(() => startI18n("en"));
afterEach(() => vi.restoreAllMocks());

function show(stepIn: boolean) {
  const post = vi.spyOn(api, "POST").mockImplementation((() => Promise.resolve({ data: undefined, response: new Response(null, { status: 204 }) })) as never);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MantineProvider>
        <AdHoc instance="9" adHoc={adHoc} names={{ Activity_1: "User task" }} stepIn={stepIn} />
      </MantineProvider>
    </QueryClientProvider>,
  );
  return post;
}
const box = (name: string) => screen.getByRole("checkbox", { name });
const begin = () => screen.getByRole<HTMLButtonElement>("button", { name: /^Begin/ });

describe("an ad-hoc sub-process", () => {
  it("begins what a person chose, each called by its name or by what it is", async () => {
    const post = show(true);
    expect(begin().disabled).toBe(true);
    fireEvent.click(box("Book a room"));
    fireEvent.click(box("User task"));
    fireEvent.click(box("Book a room"));
    expect(begin().textContent).toBe("Begin");
    fireEvent.click(box("Book a room"));
    expect(begin().textContent).toBe("Begin 2");
    fireEvent.click(begin());
    await waitFor(() => expect(post).toHaveBeenCalledWith("/api/instances/{key}/ad-hoc/{elementInstance}", { params: { path: { key: "9", elementInstance: "7" } }, body: { elements: ["Activity_1", "Room"], variables: {} } }));
    // What was begun can be begun again: nothing stays chosen.
    await waitFor(() => expect(box("Book a room")).toHaveProperty("checked", false));
  });

  it("only shows what could be begun to those who may not step in", () => {
    show(false);
    expect(box("Book a room")).toHaveProperty("disabled", true);
    expect(screen.queryByRole("button")).toBeNull();
    expect(screen.getByText("Somebody who may step in chooses what is done next.")).toBeTruthy();
  });
});
