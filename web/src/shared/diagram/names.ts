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
