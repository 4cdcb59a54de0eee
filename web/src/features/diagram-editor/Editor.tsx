import ElementTemplateChooser from "@bpmn-io/element-template-chooser";
import Modeler from "bpmn-js/lib/Modeler";
import { CloudElementTemplatesPropertiesProviderModule } from "bpmn-js-element-templates";
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule } from "bpmn-js-properties-panel";
import ZeebeBehaviors from "camunda-bpmn-js-behaviors/lib/camunda-cloud";
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import { asLocale } from "~/i18n/index.ts";
import { translateModule, translateTemplates } from "~/shared/bpmn-io/translate.ts";
import type { Badge } from "~/shared/diagram/badges.ts";
import { badgeElement, badgePosition } from "~/shared/diagram/badges.ts";
import type { Mark } from "~/shared/diagram/Diagram.tsx";
import type { Canvas, ElementRegistry, EventBus, Overlays } from "~/shared/diagram/services.ts";
import "@bpmn-io/element-template-chooser/dist/element-template-chooser.css";
import "@bpmn-io/properties-panel/dist/assets/properties-panel.css";
import "bpmn-js-element-templates/dist/assets/element-templates.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/diagram-js.css";
import "~/shared/diagram/diagram.css";
import classes from "./Editor.module.css";

/** What the connectors offer, as element templates: written there, from their contracts. */
const templates = Object.values(import.meta.glob<object>("../../../../connectors/templates/*.json", { eager: true, import: "default" }));

export interface EditorHandle {
  /** The diagram as it stands now. */
  xml: () => Promise<string>;
}

interface Props {
  ref?: Ref<EditorHandle>;
  xml: string;
  problems: { marks: Record<string, Mark[]>; badges: Badge[] };
  focus: string | null;
  onChange: () => void;
}

/** How much of the canvas the palette covers at the left. */
const PALETTE = 120;

/** The whole diagram in view, right of the palette, not blown up. */
function fitBesidePalette(canvas: Canvas) {
  canvas.zoom("fit-viewport", "auto");
  const { inner, outer } = canvas.viewbox();
  if (inner.width === 0) return;
  const scale = Math.min(1, (outer.width - PALETTE - 60) / inner.width, (outer.height - 80) / inner.height);
  if (scale <= 0) return;
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({ x: inner.x + inner.width / 2 - (width + PALETTE / scale) / 2, y: inner.y + inner.height / 2 - height / 2, width, height });
}

/** bpmn-js's modeler with the properties of the zeebe dialect and our element templates. It stands on white paper in both themes. */
export function Editor({ ref, xml, problems, focus, onChange }: Props) {
  const { t, i18n } = useTranslation();
  // The language of the moment when it is opened: making it anew for another one would lose what was drawn.
  const [locale] = useState(() => asLocale(i18n.language));
  const canvas = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const modeler = useRef<Modeler | null>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const [ready, setReady] = useState(false);

  useImperativeHandle(ref, () => ({
    xml: async () => {
      if (!modeler.current) throw new Error("The editor is not ready.");
      return (await modeler.current.saveXML({ format: true })).xml ?? "";
    },
  }));

  useEffect(() => {
    let gone = false;
    let made: Modeler | null = null;
    void Promise.all([translateModule(locale), translateTemplates(templates, locale)]).then(async ([words, spoken]) => {
      if (gone || !canvas.current || !panel.current) return;
      made = new Modeler({
        container: canvas.current,
        propertiesPanel: { parent: panel.current },
        moddleExtensions: { zeebe },
        additionalModules: [BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule, CloudElementTemplatesPropertiesProviderModule, ElementTemplateChooser, ZeebeBehaviors, ...words],
      } as ConstructorParameters<typeof Modeler>[0]);
      modeler.current = made;
      (made.get("elementTemplatesLoader") as { setTemplates: (list: object[]) => void }).setTemplates(spoken);
      await made.importXML(xml);
      if (gone) return;
      fitBesidePalette(made.get("canvas") as Canvas);
      (made.get("eventBus") as EventBus).on("commandStack.changed", () => changed.current());
      setReady(true);
    });
    return () => {
      gone = true;
      modeler.current = null;
      made?.destroy();
    };
  }, [xml, locale]);

  useEffect(() => {
    const shown = modeler.current;
    if (!shown || !ready) return;
    const registry = shown.get("elementRegistry") as ElementRegistry;
    const paper = shown.get("canvas") as Canvas;
    const overlays = shown.get("overlays") as Overlays;
    const marked = Object.entries(problems.marks).filter(([id]) => registry.get(id));
    for (const [id, names] of marked) for (const name of names) paper.addMarker(id, `rt-${name}`);
    const badges = problems.badges.filter((badge) => registry.get(badge.element)).map((badge) => overlays.add(badge.element, { position: badgePosition(badge, registry.get(badge.element)?.waypoints), html: badgeElement(badge, () => {}) }));
    if (focus && registry.get(focus)) paper.scrollToElement(focus, 80);
    return () => {
      for (const [id, names] of marked) if (registry.get(id)) for (const name of names) paper.removeMarker(id, `rt-${name}`);
      for (const id of badges) overlays.remove(id);
    };
  }, [ready, problems, focus]);

  return (
    <div className={classes.paper} data-testid="editor" data-ready={ready || undefined}>
      <div ref={canvas} className={`${classes.canvas} rt-canvas-light`} aria-label={t("diagram-editor:canvas")} role="application" />
      <div ref={panel} className={classes.properties} aria-label={t("diagram-editor:properties")} role="region" />
    </div>
  );
}
