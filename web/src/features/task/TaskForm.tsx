import { Form } from "@bpmn-io/form-js-viewer";
import { Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Fields } from "~/api/model.ts";
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import { speak } from "./form-words.ts";
import classes from "./TaskForm.module.css";

interface Props {
  id: string;
  schema: Record<string, unknown>;
  data: Fields;
  readOnly: boolean;
  onSubmit: (variables: Fields) => void;
}

/** The form that the diagram gives to a task, drawn by form-js. It stands on white paper in both themes: its own colours know no dark one. */
export function TaskForm({ id, schema, data, readOnly, onSubmit }: Props) {
  const { t } = useTranslation();
  const holder = useRef<HTMLDivElement>(null);
  const form = useRef<Form | null>(null);
  const words = useRef(t);
  words.current = t;
  const submitted = useRef(onSubmit);
  submitted.current = onSubmit;
  // What came with the task when it was opened: a refetch must not take away what is being typed.
  const [first] = useState({ schema, data });
  const [state, setState] = useState<"fine" | "incomplete" | "broken">("fine");

  useEffect(() => {
    if (!holder.current) return;
    const made = new Form({ container: holder.current });
    form.current = made;
    speak(made.get("validator"), (key, params) => words.current(key, params ?? {}));
    let gone = false;
    made.on("submit", ({ data: variables, errors }: { data: Fields; errors: object }) => {
      const complete = Object.keys(errors).length === 0;
      setState(complete ? "fine" : "incomplete");
      if (complete) submitted.current(variables);
    });
    made.importSchema(first.schema, first.data).catch(() => {
      if (!gone) setState("broken");
    });
    return () => {
      gone = true;
      form.current = null;
      made.destroy();
    };
  }, [first]);

  useEffect(() => {
    form.current?.setProperty("readOnly", readOnly);
  }, [readOnly]);

  return (
    <div className={classes.paper}>
      {/* The page's button submits this one; form-js brings a form of its own, and forms do not nest. */}
      <form
        id={id}
        onSubmit={(event) => {
          event.preventDefault();
          form.current?.submit();
        }}
      />
      {state !== "fine" && <Text size="sm" className={classes.problem} role="alert">{t(state === "broken" ? "task:formBroken" : "task:formIncomplete")}</Text>}
      <div ref={holder} data-testid="task-form" />
    </div>
  );
}
