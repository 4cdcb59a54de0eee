import { DateInput, DateTimePicker, TimePicker } from "@mantine/dates";
import "@mantine/dates/styles.css";
import "dayjs/locale/ru";
import { useTranslation } from "react-i18next";
import { useLocale } from "./clock.tsx";

/*
 * The browser's own date inputs follow its language, not the page's, and show 24 hours as 12 to some.
 * Values are wall times as text: "2026-01-05 09:00:00", "2026-01-05", "09:00".
 */
interface Props {
  value: string;
  onChange: (value: string) => void;
  label?: string;
  ariaLabel?: string;
  required?: boolean;
  error?: string;
  autoFocus?: boolean;
}

export function DateTimeField({ value, onChange, label, ariaLabel, ...rest }: Props) {
  const locale = useLocale();
  return (
    <DateTimePicker
      {...rest}
      label={label}
      aria-label={ariaLabel}
      locale={locale}
      firstDayOfWeek={1}
      valueFormat={locale === "ru" ? "dd, D MMM YYYY, HH:mm" : "ddd D MMM YYYY, HH:mm"}
      value={value || null}
      onChange={(next) => onChange(next ?? "")}
      timePickerProps={{ format: "24h", minutesStep: 5 }}
      popoverProps={{ withinPortal: true }}
    />
  );
}

export function DateField({ value, onChange, label, ariaLabel, autoFocus, ...rest }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  return <DateInput {...rest} clearButtonProps={{ "aria-label": t("page:clear") }} autoFocus={autoFocus} label={label} aria-label={ariaLabel} locale={locale} firstDayOfWeek={1} valueFormat="D MMM YYYY" dateParser={parseDay} clearable value={value || null} onChange={(next) => onChange(next ?? "")} />;
}

/** Days typed as "5.1.2026" or "2026-01-05", besides what the field itself shows. */
function parseDay(text: string): string | null {
  const dotted = /^(\d{1,2})[./ ](\d{1,2})[./ ](\d{4})$/.exec(text.trim());
  if (dotted) return `${dotted[3]}-${dotted[2]?.padStart(2, "0")}-${dotted[1]?.padStart(2, "0")}`;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

export function TimeField({ value, onChange, ariaLabel }: Props) {
  return <TimePicker size="xs" format="24h" aria-label={ariaLabel} hoursInputLabel={ariaLabel} minutesInputLabel={ariaLabel} value={value} onChange={(next) => onChange(next.slice(0, 5))} />;
}
