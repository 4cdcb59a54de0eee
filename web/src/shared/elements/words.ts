import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Element, type Flow, readDiagram } from "./kinds.ts";

type Translate = (key: string, params?: Record<string, unknown>) => string;

/** What an element is: "Signal start event", "Inclusive gateway". */
export function kindWords(element: Pick<Element, "kind" | "trigger" | "nonInterrupting">, t: Translate): string {
  const plain = element.trigger === null || element.trigger === "none";
  const kind = plain ? t(`elements:kind.${element.kind}`) : t(`elements:event.${element.kind}`, { trigger: t(`elements:trigger.${element.trigger}`) });
  return element.nonInterrupting ? t("elements:nonInterrupting", { kind }) : kind;
}

/** What people call an element: its name, else what it is and where it is attached. */
export function elementWords(element: Element, elements: Record<string, Element>, t: Translate): string {
  if (element.name) return element.name;
  const kind = kindWords(element, t);
  const at = element.attachedTo ? elements[element.attachedTo] : undefined;
  return at ? t("elements:attached", { kind, at: at.name ?? kindWords(at, t) }) : kind;
}

export interface DiagramElements {
  flows: Record<string, Flow>;
  /** By id. */
  elements: Record<string, Element>;
  /** What people call each, by id: those without a name by what they are. */
  names: Record<string, string>;
  /** What each is, by id. */
  kinds: Record<string, string>;
}

/** The elements of a diagram in the language of the page. */
export function useElements(xml: string | undefined): DiagramElements {
  const { t, i18n } = useTranslation();
  const { elements, names, flows } = useMemo(() => readDiagram(xml ?? ""), [xml]);
  return useMemo(() => {
    const all = Object.entries(elements);
    return {
      elements,
      flows,
      names: { ...names, ...Object.fromEntries(all.map(([id, element]) => [id, elementWords(element, elements, t)])) },
      kinds: Object.fromEntries(all.map(([id, element]) => [id, kindWords(element, t)])),
    };
  }, [elements, names, flows, t, i18n.language]);
}
