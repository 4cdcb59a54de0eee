/** The few services of diagram-js that we use, as far as we use them. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Point {
  x: number;
  y: number;
}
export interface Canvas {
  zoom(to?: number | "fit-viewport", center?: "auto"): number;
  viewbox(box?: Box): Box & { inner: Box; outer: { width: number; height: number } };
  resized(): void;
  addMarker(id: string, marker: string): void;
  removeMarker(id: string, marker: string): void;
  scrollToElement(id: string, padding?: number): void;
}
export interface ElementRegistry {
  get(id: string): { id: string; parent?: unknown; waypoints?: Point[] } | undefined;
  getAll(): { id: string; parent?: unknown; type: string; businessObject?: { name?: string } }[];
}
export interface Overlays {
  add(element: string, overlay: { position: object; html: HTMLElement }): string;
  remove(id: string): void;
}
export interface EventBus {
  on(event: string, listener: (event: unknown) => void): void;
}
