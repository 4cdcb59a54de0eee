import { Text } from "@mantine/core";
import Viewer from "dmn-js/lib/NavigatedViewer";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asLocale } from "~/i18n/index.ts";
import { translateModule } from "../bpmn-io/translate.ts";
import type { Mark } from "../diagram/Diagram.tsx";
import type { Canvas, ElementRegistry } from "../diagram/services.ts";
import "bpmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-font/css/dmn.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-drd.css";
import "dmn-js/dist/assets/dmn-js-literal-expression.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "../diagram/diagram.css";
import { Boxed } from "./Boxed.tsx";
import "./decision.css";
import type { DecisionFile } from "./read.ts";

/** A rule of the table that is shown, counted from 1, and why it is marked. */
export interface RuleMark {
  rule: number;
  kind: "matched" | "trouble" | "warned";
  title?: string;
}

interface Props {
  file: DecisionFile;
  label: string;
  /** The decision that is shown; null: the requirement graph. */
  view: string | null;
  onView: (view: string | null) => void;
  rules?: RuleMark[];
  /** Marks of the parts of the requirement graph by id. */
  marks?: Record<string, Mark[]>;
  /** A rule to bring into view. */
  focusRule?: number | null;
}

interface View {
  id: string;
  type: "drd" | "decisionTable" | "literalExpression" | "boxedExpression";
  element: { id: string };
}

/** What the viewer draws itself; of the rest it knows nothing. */
const DRAWN = ["decisionTable", "literalExpression"];
const FONT = "'Inter Variable', sans-serif";

/** A decision's table or expression, or the graph of what requires what, to look at. */
export function DecisionModel({ file, label, view, onView, rules = [], marks = {}, focusRule = null }: Props) {
  const { t, i18n } = useTranslation();
  const locale = asLocale(i18n.language);
  const holder = useRef<HTMLDivElement>(null);
  const [viewer, setViewer] = useState<Viewer | null>(null);
  const [drawn, setDrawn] = useState<"no" | "yes" | "undrawable">("no");
  const open = useRef(onView);
  open.current = onView;
  const decision = file.decisions.find((one) => one.id === view);
  const own = view !== null && decision !== undefined && !DRAWN.includes(decision.logic ?? "");

  useEffect(() => {
    let gone = false;
    let made: Viewer | null = null;
    setDrawn("no");
    setViewer(null);
    translateModule(locale)
      .then(async (words) => {
        if (gone || !holder.current) return;
        made = new Viewer({
          container: holder.current,
          // The library writes the colours into styles, so variables follow the theme by themselves.
          drd: { additionalModules: words, drdRenderer: { defaultFillColor: "var(--paper)", defaultStrokeColor: "var(--diagram-stroke)", defaultLabelColor: "var(--text)" }, textRenderer: { defaultStyle: { fontFamily: FONT } } },
          decisionTable: { additionalModules: words },
          literalExpression: { additionalModules: words },
          boxedExpression: { additionalModules: words },
        });
        await made.importXML(file.xml, { open: false });
        if (!gone) setViewer(made);
      })
      .catch(() => {
        if (!gone) setDrawn("undrawable");
      });
    return () => {
      gone = true;
      made?.destroy();
    };
  }, [file, locale]);

  useEffect(() => {
    if (!viewer || own) return;
    let gone = false;
    const shown = (viewer.getViews() as View[]).find((one) => (view === null ? one.type === "drd" : one.element.id === view));
    if (!shown) {
      setDrawn("undrawable");
      return;
    }
    setDrawn("no");
    viewer
      .open(shown)
      .then(() => {
        if (gone) return;
        if (shown.type === "drd") fit(viewer);
        setDrawn("yes");
      })
      .catch(() => {
        if (!gone) setDrawn("undrawable");
      });
    // The graph's own buttons lead to its decisions, and the table's back to the graph.
    const follow = ({ activeView }: { activeView?: View }) => {
      const asked = activeView?.type === "drd" ? null : activeView?.element.id;
      if (!gone && activeView && asked !== view) open.current(asked ?? null);
    };
    viewer.on("views.changed", follow);
    return () => {
      gone = true;
      viewer.off("views.changed", follow);
    };
  }, [viewer, view, own]);

  useEffect(() => {
    if (!viewer || drawn !== "yes" || view !== null) return;
    const canvas = viewer.getActiveViewer()?.get("canvas") as Canvas;
    const registry = viewer.getActiveViewer()?.get("elementRegistry") as ElementRegistry;
    const given = Object.entries(marks).flatMap(([id, names]) => (registry.get(id) ? names.map((name) => [id, `rt-${name}`] as const) : []));
    for (const [id, name] of given) canvas.addMarker(id, name);
    return () => {
      for (const [id, name] of given) if (registry.get(id)) canvas.removeMarker(id, name);
    };
  }, [viewer, drawn, view, marks]);

  useEffect(() => {
    if (drawn !== "yes" || view === null || !holder.current) return;
    const rows = [...holder.current.querySelectorAll<HTMLElement>(".tjs-table tbody tr")];
    return markRules(rows, rules);
  }, [drawn, view, rules]);

  useEffect(() => {
    if (drawn !== "yes") return;
    // A wide table scrolls sideways within the viewer: by keys too.
    for (const scrolled of holder.current?.querySelectorAll<HTMLElement>(".tjs-table-container, .viewer-container") ?? []) {
      scrolled.tabIndex = 0;
      scrolled.setAttribute("role", "region");
      scrolled.setAttribute("aria-label", label);
    }
  }, [drawn, view, label]);

  useEffect(() => {
    if (drawn !== "yes" || focusRule === null) return;
    holder.current?.querySelectorAll(".tjs-table tbody tr")[focusRule - 1]?.scrollIntoView({ block: "nearest" });
  }, [drawn, view, focusRule]);

  return (
    <figure className="rt-decision" aria-label={label} data-testid="decision" data-drawn={own ? "yes" : drawn} data-view={view ?? "graph"}>
      <div ref={holder} className="rt-decision-canvas" hidden={own || drawn === "undrawable"} data-graph={view === null || undefined} data-unannotated={decision?.annotated === false || undefined} />
      {own && <Boxed file={file} decision={decision.id} />}
      {!own && drawn === "undrawable" && <Text c="dimmed" p="lg" role="alert">{t("decision:undrawable")}</Text>}
    </figure>
  );
}

/** The whole graph in view with a margin; a small one is not blown up. */
function fit(viewer: Viewer) {
  const canvas = viewer.getActiveViewer()?.get("canvas") as Canvas;
  canvas.resized();
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() > 1) canvas.zoom(1, "auto");
}

function markRules(rows: HTMLElement[], rules: RuleMark[]): () => void {
  const given = rules.flatMap(({ rule, kind, title }) => {
    const row = rows[rule - 1];
    return row ? [{ row, name: `rt-rule-${kind}`, title }] : [];
  });
  for (const { row, name, title } of given) {
    row.classList.add(name);
    if (title) row.title = title;
  }
  return () => {
    for (const { row, name } of given) {
      row.classList.remove(name);
      row.removeAttribute("title");
    }
  };
}
