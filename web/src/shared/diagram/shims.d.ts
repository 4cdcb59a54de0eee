// Packages of bpmn.io that bring no types of their own; only what we use is named.
declare module "bpmn-js-properties-panel" {
  export const BpmnPropertiesPanelModule: object;
  export const BpmnPropertiesProviderModule: object;
  export const ZeebePropertiesProviderModule: object;
}
declare module "camunda-bpmn-js-behaviors/lib/camunda-cloud" {
  const behaviors: object;
  export default behaviors;
}
declare module "bpmn-js-element-templates" {
  export const CloudElementTemplatesPropertiesProviderModule: object;
}
declare module "@bpmn-io/element-template-chooser" {
  const chooser: object;
  export default chooser;
}
declare module "zeebe-bpmn-moddle/resources/zeebe.json" {
  const descriptor: object;
  export default descriptor;
}
