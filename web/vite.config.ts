import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { compression } from "vite-plugin-compression2";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds the API: `redthread serve` listens there. */
const server = process.env.REDTHREAD_URL ?? "http://127.0.0.1:8080";
/** The server asks for its own host as origin, which is the page's here: it must be told that host. */
const proxy = { "/api": { target: server, changeOrigin: false } };

export default defineConfig({
  plugins: [react(), compression({ algorithms: ["brotliCompress"], threshold: 1024, logLevel: "silent" })],
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  // The element templates stand in the connectors' room.
  server: { port: 5173, proxy, fs: { allow: [".."] } },
  preview: { port: 4173, proxy },
  build: {
    target: "es2022",
    // Everything stays a file of its own: the page's policy allows what comes from 'self'.
    assetsInlineLimit: 0,
    // The modeler, which only analysts fetch, is about that large.
    chunkSizeWarningLimit: 2200,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Viewer, modeler and forms become chunks by their lazy imports. What every page needs is one
          // chunk instead of fifty small ones.
          groups: [
            { name: "base", test: /node_modules[\\/](react|react-dom|scheduler|react-router|react-i18next|i18next|@tanstack|@mantine[\\/](core|hooks|notifications|spotlight)|@floating-ui|openapi-fetch)[\\/]/, priority: 10 },
          ],
        },
      },
    },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test-setup.ts"],
  },
});
