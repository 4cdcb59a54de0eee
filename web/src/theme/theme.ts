import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** Actions and links. Shade 7 is the ink of the palette; white text on it passes AA, and it on paper too. */
const ink: MantineColorsTuple = ["#eef3f9", "#dbe5f1", "#b9cce3", "#93b0d3", "#7398c6", "#5a82b4", "#40689c", "#2b4c7e", "#223e68", "#1a3052"];
/** The thread, and nothing else: where a process stands, the now line, the logo. */
const madder: MantineColorsTuple = ["#fdeff1", "#f8dade", "#efb3bb", "#e58995", "#dc6675", "#cc4459", "#bf3049", "#b4233a", "#951c30", "#771525"];
/** Overdue. */
const amber: MantineColorsTuple = ["#fdf5e4", "#f9e8c4", "#f2d08a", "#eab54c", "#dd9a1f", "#c07d0b", "#a26704", "#855300", "#6b4300", "#523300"];
/** Done. */
const moss: MantineColorsTuple = ["#eff6f0", "#dcebde", "#b8d6bd", "#90be98", "#6ea578", "#55905f", "#437a4d", "#36663f", "#2b5233", "#213f27"];
/** The dark theme's paper: a neutral, slightly warm black. */
const dark: MantineColorsTuple = ["#e4e3e0", "#c3c2be", "#a3a29e", "#7d7c79", "#47484e", "#3a3b40", "#2b2c31", "#1f2024", "#18191c", "#121315"];
const gray: MantineColorsTuple = ["#fafaf9", "#f4f4f2", "#eaeae7", "#dddcd8", "#c6c5c0", "#a3a29d", "#7c7b76", "#5a5955", "#3c3b38", "#23221f"];

export const theme = createTheme({
  primaryColor: "ink",
  primaryShade: { light: 7, dark: 6 },
  colors: { ink, madder, amber, moss, dark, gray },
  fontFamily: "'Inter Variable', 'Noto Sans', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'Noto Sans Mono', monospace",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  headings: { fontWeight: "620", sizes: { h1: { fontSize: "1.25rem" }, h2: { fontSize: "0.9375rem" }, h3: { fontSize: "0.875rem" } } },
  defaultRadius: "md",
  radius: { sm: "4px", md: "6px", lg: "10px" },
  cursorType: "pointer",
  autoContrast: true,
  components: {
    Button: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm" } },
    Textarea: { defaultProps: { size: "sm" } },
    Modal: { styles: { title: { fontWeight: 620, fontSize: "0.9375rem" } }, defaultProps: { centered: false, yOffset: "var(--dialog-top)", overlayProps: { backgroundOpacity: 0.35 } } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, events: { hover: true, focus: true, touch: false } } },
    Menu: { defaultProps: { shadow: "md" } },
  },
});

/** What Mantine derives that does not pass AA, or is not ours. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#fdfdfc",
    "--mantine-color-text": "#23221f",
    "--mantine-color-dimmed": "#66645f",
    "--mantine-color-placeholder": "#74726d",
    "--mantine-color-anchor": "#2b4c7e",
    "--mantine-color-default-border": "#dddcd8",
    "--mantine-color-error": "#b3261e",
  },
  dark: {
    "--mantine-color-body": "#18191c",
    "--mantine-color-text": "#e4e3e0",
    "--mantine-color-dimmed": "#a3a29e",
    "--mantine-color-placeholder": "#92918d",
    "--mantine-color-anchor": "#93b0d3",
    "--mantine-color-default": "#1f2024",
    "--mantine-color-default-border": "#3a3b40",
    "--mantine-color-error": "#ff9a90",
    "--mantine-color-ink-light": "#24344b",
    "--mantine-color-ink-light-color": "#cddcf0",
    "--mantine-color-moss-light": "#22352a",
    "--mantine-color-moss-light-color": "#b9d8be",
    "--mantine-color-amber-light": "#3c2e12",
    "--mantine-color-amber-light-color": "#f2d08a",
    "--mantine-color-gray-light": "#303136",
    "--mantine-color-gray-light-color": "#dddcd8",
  },
});
