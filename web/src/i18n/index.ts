import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export type Locale = "en" | "ru";
export const LOCALES: { value: Locale; label: string }[] = [
  { value: "en", label: "English" },
  { value: "ru", label: "Русский" },
];

/** A language is one lazy chunk with the words of every feature. */
const languages: Record<Locale, () => Promise<{ words: Record<string, object> }>> = {
  en: () => import("./en.ts"),
  ru: () => import("./ru.ts"),
};

const STORED = "redthread-locale";

export function asLocale(text: string | null | undefined): Locale {
  return text?.toLowerCase().startsWith("ru") ? "ru" : "en";
}

/** What this browser chose before, else what it prefers. The account's own choice follows after the sign-in. */
export function firstLocale(): Locale {
  return asLocale(localStorage.getItem(STORED) ?? navigator.language);
}

export async function setLocale(locale: Locale) {
  const { words } = await languages[locale]();
  for (const [namespace, texts] of Object.entries(words)) i18next.addResourceBundle(locale, namespace, texts, true, true);
  localStorage.setItem(STORED, locale);
  document.documentElement.lang = locale;
  await i18next.changeLanguage(locale);
}

export async function startI18n(locale: Locale) {
  await i18next.use(initReactI18next).init({
    lng: locale,
    resources: {},
    fallbackLng: false,
    interpolation: { escapeValue: false },
    // A word that the server left out leaves a shorter sentence, never a raw placeholder.
    missingInterpolationHandler: () => "",
    react: { useSuspense: false },
  });
  await setLocale(locale);
}
