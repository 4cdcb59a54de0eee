const ZEEBE = "http://camunda.org/schema/zeebe/1.0";

/** Which decision each business rule task asks, by the task's id. One that is only known when it runs is left out. */
export function calledDecisions(xml: string): Record<string, string> {
  if (!xml.includes("calledDecision")) return {};
  const asked: Record<string, string> = {};
  for (const call of new DOMParser().parseFromString(xml, "text/xml").getElementsByTagNameNS(ZEEBE, "calledDecision")) {
    const task = call.parentElement?.parentElement?.getAttribute("id");
    const decision = call.getAttribute("decisionId")?.trim();
    if (task && decision && !decision.startsWith("=")) asked[task] = decision;
  }
  return asked;
}

/** Names of the elements of a diagram by id. Read from its XML, so that the panel can name what the map counts. */
export function elementNames(xml: string): Record<string, string> {
  if (xml === "") return {};
  const names: Record<string, string> = {};
  for (const element of new DOMParser().parseFromString(xml, "text/xml").querySelectorAll("[id][name]")) {
    const id = element.getAttribute("id");
    const name = element.getAttribute("name")?.replace(/\s+/g, " ").trim();
    if (id && name) names[id] = name;
  }
  return names;
}
