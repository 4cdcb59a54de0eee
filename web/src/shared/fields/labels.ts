import { useTranslation } from "react-i18next";

/** `lead_source` said as words when the UI has no label for it. */
function spoken(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Labels of kinds, fields and choices. What an installation adds by itself falls back to its own name. */
export function useLabels() {
  const { t, i18n } = useTranslation();
  const first = (keys: string[], fallback: string) => {
    const known = keys.find((key) => i18n.exists(key));
    return known ? t(known) : spoken(fallback);
  };
  return {
    kind: (kind: string) => first([`fields:kind.${kind}.one`], kind),
    kinds: (kind: string) => first([`fields:kind.${kind}.many`], kind),
    newKind: (kind: string) => first([`fields:kind.${kind}.new`], kind),
    field: (kind: string, name: string) => first([`fields:field.${kind}.${name}`, `fields:field.any.${name}`], name),
    option: (field: string, value: string) => first([`fields:option.${field}.${value}`], value),
  };
}
