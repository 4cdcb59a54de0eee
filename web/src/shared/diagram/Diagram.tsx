import { ActionIcon, Text, Tooltip } from "@mantine/core";
import { IconFocusCentered, IconMinus, IconPlus } from "@tabler/icons-react";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/diagram-js.css";
import "./diagram.css";
import type { Canvas, ElementRegistry, EventBus, Overlays } from "./services.ts";
import { asLocale } from "~/i18n/index.ts";
import { translateModule } from "../bpmn-io/translate.ts";
import { type Badge, badgeElement, badgePosition } from "./badges.ts";

/** What an element or flow looks like: done green, now madder (a frame where it stands in what is around), never grey, heat by how many stand there. */
export type Mark = "done" | "now" | "never" | "trouble" | "warned" | "chosen" | "around" | "heat1" | "heat2" | "heat3" | "clickable";

interface Props {
  xml: string;
  label: string;
  /** Marks by element id. Ids that the diagram does not draw are passed over. */
  marks?: Record<string, Mark[]>;
  badges?: Badge[];
  /** Marks everything that has none as never run. */
  greyRest?: boolean;
  onSelect?: (element: string | null) => void;
  /** Moves the view to this element. */
  focus?: string | null;
}

interface Selected {
  element: { id: string; type: string; parent?: unknown };
}

/** A diagram to look at: zoom, fit, marks and badges. Importing needs a moment; an unreadable one says so. */
export function Diagram({ xml, label, marks, badges, greyRest = false, onSelect, focus }: Props) {
  const { t, i18n } = useTranslation();
  const locale = asLocale(i18n.language);
  const holder = useRef<HTMLDivElement>(null);
  const viewer = useRef<NavigatedViewer | null>(null);
  const select = useRef(onSelect);
  select.current = onSelect;
  const [drawn, setDrawn] = useState<"no" | "yes" | "undrawable">("no");

  useEffect(() => {
    let gone = false;
    let made: NavigatedViewer | null = null;
    setDrawn("no");
    const show = async () => {
      const translated = await translateModule(locale);
      if (gone || !holder.current) return;
      // The library writes the colours into styles, so variables follow the theme by themselves.
      made = new NavigatedViewer({
        container: holder.current,
        additionalModules: translated,
        bpmnRenderer: { defaultFillColor: "var(--paper)", defaultStrokeColor: "var(--diagram-stroke)", defaultLabelColor: "var(--text)" },
        textRenderer: { defaultStyle: { fontFamily: "'Inter Variable', sans-serif" }, externalStyle: { fontFamily: "'Inter Variable', sans-serif" } },
      } as ConstructorParameters<typeof NavigatedViewer>[0]);
      viewer.current = made;
      (made.get("eventBus") as EventBus).on("element.click", (event) => {
        const { element } = event as Selected;
        // The root is the paper itself: a click on it clears the selection.
        select.current?.(element.parent ? element.id.replace(/_label$/, "") : null);
      });
      await made.importXML(xml);
      if (gone) return;
      fit(made);
      setDrawn("yes");
    };
    show().catch(() => {
      if (!gone) setDrawn("undrawable");
    });
    return () => {
      gone = true;
      viewer.current = null;
      made?.destroy();
    };
  }, [xml, locale]);

  useEffect(() => {
    const shown = viewer.current;
    if (!shown || drawn !== "yes") return;
    return decorate(shown, marks ?? {}, badges ?? [], greyRest, (element) => select.current?.(element));
  }, [drawn, marks, badges, greyRest]);

  useEffect(() => {
    const shown = viewer.current;
    if (!shown || drawn !== "yes" || !focus) return;
    if ((shown.get("elementRegistry") as ElementRegistry).get(focus)) (shown.get("canvas") as Canvas).scrollToElement(focus, 80);
  }, [drawn, focus]);

  const zoom = (factor: number) => {
    const canvas = viewer.current?.get("canvas") as Canvas | undefined;
    if (canvas) canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)), "auto");
  };

  return (
    <figure className="rt-diagram" aria-label={label}>
      <div ref={holder} className="rt-canvas" data-testid="diagram" data-drawn={drawn} />
      {drawn === "undrawable" && <Text className="rt-undrawable" c="dimmed" role="alert">{t("diagram:undrawable")}</Text>}
      <div className="rt-zoom">
        <Tooltip label={t("diagram:fit")} position="left">
          <ActionIcon variant="default" size={28} aria-label={t("diagram:fit")} onClick={() => viewer.current && fit(viewer.current)}><IconFocusCentered size={15} /></ActionIcon>
        </Tooltip>
        <ActionIcon variant="default" size={28} aria-label={t("diagram:zoomIn")} onClick={() => zoom(1.25)}><IconPlus size={15} /></ActionIcon>
        <ActionIcon variant="default" size={28} aria-label={t("diagram:zoomOut")} onClick={() => zoom(0.8)}><IconMinus size={15} /></ActionIcon>
      </div>
    </figure>
  );
}

/** What stays free around a diagram: for badges, at its right for the buttons, and below it for the legend and the mark. */
const FREE = { left: 28, right: 56, top: 28, bottom: 56 };

/** The whole diagram in view; a small one is not blown up. */
function fit(viewer: NavigatedViewer) {
  const canvas = viewer.get("canvas") as Canvas;
  canvas.resized();
  canvas.zoom("fit-viewport", "auto");
  const box = canvas.viewbox();
  if (box.inner.width === 0) return;
  const scale = Math.min(1.15, (box.outer.width - FREE.left - FREE.right) / box.inner.width, (box.outer.height - FREE.top - FREE.bottom) / box.inner.height);
  if (scale <= 0) return;
  const width = box.outer.width / scale;
  const height = box.outer.height / scale;
  canvas.viewbox({ x: box.inner.x + box.inner.width / 2 - width / 2 + (FREE.right - FREE.left) / 2 / scale, y: box.inner.y + box.inner.height / 2 - height / 2 + (FREE.bottom - FREE.top) / 2 / scale, width, height });
}

function decorate(viewer: NavigatedViewer, marks: Record<string, Mark[]>, badges: Badge[], greyRest: boolean, onBadge: (element: string) => void) {
  const canvas = viewer.get("canvas") as Canvas;
  const overlays = viewer.get("overlays") as Overlays;
  const registry = viewer.get("elementRegistry") as ElementRegistry;
  const given: [string, string][] = [];
  const mark = (id: string, name: Mark) => {
    canvas.addMarker(id, `rt-${name}`);
    given.push([id, `rt-${name}`]);
  };
  for (const element of registry.getAll()) {
    // The paper itself stands for the process: what is said of that is said beside the diagram.
    if (!element.parent) continue;
    const isLabel = element.id.endsWith("_label");
    const own = marks[element.id.replace(/_label$/, "")];
    // A label is text: it only goes grey with its element.
    if (own && !isLabel) for (const name of own) mark(element.id, name);
    else if (!own && greyRest) mark(element.id, "never");
  }
  const placed = badges.filter((badge) => registry.get(badge.element)?.parent).map((badge) => overlays.add(badge.element, { position: badgePosition(badge, registry.get(badge.element)?.waypoints), html: badgeElement(badge, onBadge) }));
  return () => {
    for (const [id, name] of given) if (registry.get(id)) canvas.removeMarker(id, name);
    for (const id of placed) overlays.remove(id);
  };
}
