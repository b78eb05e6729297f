import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { type Plugin, defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const out = process.env.WEB_OUT ?? here("../dist");

/** Vant's icons are a font, half of it fetched from a host of its own; none of them is shown here. */
const noIconFont: Plugin = {
  name: "no-icon-font",
  enforce: "pre",
  transform: (_, id) => (/\/vant\/es\/icon\/index\.css/.test(id) ? "" : null),
};

export default defineConfig({
  root: here("."),
  base: "/phone/",
  define: { __VUE_OPTIONS_API__: true, __VUE_I18N_LEGACY_API__: false, __VUE_I18N_FULL_INSTALL__: false },
  build: {
    outDir: `${out}/phone`,
    emptyOutDir: true,
    target: ["es2020", "chrome87", "safari14"], // cheap phones, and the browser inside WeChat
    assetsInlineLimit: 0, // a data: address would need a wider content policy
    chunkSizeWarningLimit: 1500, // the map, which is loaded when it is opened; scripts/budget.mjs judges the rest
  },
  worker: { format: "es" },
  plugins: [
    noIconFont,
    vue(),
    VitePWA({
      strategies: "generateSW",
      registerType: "prompt", // never a reload while an owner signs
      injectRegister: null, // src/updates.ts does it, without an inline script
      scope: "/phone",
      manifest: {
        name: "Doorstep",
        short_name: "Doorstep",
        description: "The technician's day 技师的一天",
        start_url: "/phone",
        scope: "/phone",
        display: "standalone",
        background_color: "#ffffff",
        theme_color: "#0b57b0",
        // The PNGs are mark.svg as Chromium draws it, for home screens that take no SVG; a mask cuts off a fifth.
        icons: [
          { src: "mark.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
          { src: "icon-192.png", sizes: "192x192", type: "image/png", purpose: "any" },
          { src: "icon-512.png", sizes: "512x512", type: "image/png", purpose: "any" },
          { src: "icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
      },
      workbox: {
        importScripts: ["/phone/push.js"],
        globIgnores: ["push.js"], // a part of the worker, which browsers keep with it
        globPatterns: ["**/*.{js,css,html,svg,webmanifest}"],
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024, // the map too works in a basement
        navigateFallback: "index.html",
        navigateFallbackAllowlist: [/^\/phone(\/|$)/],
        cleanupOutdatedCaches: true,
      },
    }),
  ],
});
