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
