import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const out = process.env.WEB_OUT ?? here("../dist");

export default defineConfig({
  root: here("."),
  base: "/board/",
  define: { __VUE_OPTIONS_API__: true, __VUE_I18N_LEGACY_API__: false, __VUE_I18N_FULL_INSTALL__: false },
  build: {
    outDir: `${out}/board`,
    emptyOutDir: true,
    target: ["es2022", "chrome111", "safari16.4", "firefox117"], // a desk's browser keeps itself up to date
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // a data: address would need a wider content policy
    chunkSizeWarningLimit: 1500, // the map, which is loaded when it is shown; scripts/budget.mjs judges the rest
  },
  worker: { format: "es" },
  plugins: [vue()],
});
