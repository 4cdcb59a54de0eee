/** Turns the modules of a glob into namespaces: a file is called `<namespace>/<locale>.json`. */
export function gather(files: Record<string, object>): Record<string, object> {
  const words: Record<string, object> = {};
  for (const [path, texts] of Object.entries(files)) {
    const namespace = path.split("/").at(-2);
    if (namespace) words[namespace] = texts;
  }
  return words;
}
