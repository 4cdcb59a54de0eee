// dmn-js brings no types; only what we use is named.
declare module "dmn-js/lib/NavigatedViewer" {
  export default class Viewer {
    constructor(options: object);
    importXML(xml: string, options?: { open: boolean }): Promise<unknown>;
    getViews(): object[];
    open(view: object): Promise<unknown>;
    getActiveViewer(): { get: (service: string) => unknown } | undefined;
    on(event: string, listener: (event: any) => void): void;
    off(event: string, listener: (event: any) => void): void;
    destroy(): void;
  }
}
