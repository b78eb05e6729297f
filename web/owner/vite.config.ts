import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const out = process.env.WEB_OUT ?? here("../dist");

export default defineConfig({
  root: here("."),
  base: "/o/",
  define: { __VUE_OPTIONS_API__: false, __VUE_I18N_LEGACY_API__: false, __VUE_I18N_FULL_INSTALL__: false },
  build: {
    outDir: `${out}/owner`,
    emptyOutDir: true,
    target: ["es2019", "chrome73", "safari12.1"], // what WeChat's own browser is on phones that were never updated
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // a data: address would need a wider content policy
  },
  plugins: [vue()],
});
