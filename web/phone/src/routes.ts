import { type RouteLocation, createRouter, createWebHistory } from "vue-router";
import { device } from "./store/database";
import Today from "./pages/TodayPage.vue";

const Why = () => import("./pages/WhyPage.vue");
const why = (saying: "pause" | "no_access") => (to: RouteLocation) => ({ ...to.params, saying });

export const router = createRouter({
  history: createWebHistory("/phone"),
  scrollBehavior: (_to, _from, before) => before ?? { top: 0 },
  routes: [
    { path: "/", name: "today", component: Today },
    { path: "/pair", name: "pair", component: () => import("./pages/PairPage.vue") },
    { path: "/map", name: "map", component: () => import("./pages/MapPage.vue") },
    { path: "/stops/:visitId", name: "job", component: () => import("./pages/JobPage.vue"), props: true },
    { path: "/stops/:visitId/sign", name: "sign", component: () => import("./pages/SignOffPage.vue"), props: true },
    { path: "/stops/:visitId/pause", name: "pause", component: Why, props: why("pause") },
    { path: "/stops/:visitId/no-access", name: "no_access", component: Why, props: why("no_access") },
    { path: "/stops/:visitId/another", name: "another_visit", component: () => import("./pages/AnotherVisitPage.vue"), props: true },
    { path: "/stops/:visitId/note", name: "add_note", component: () => import("./pages/NotePage.vue"), props: true },
    { path: "/stops/:visitId/defect", name: "found_defect", component: () => import("./pages/FoundDefectPage.vue"), props: true },
    { path: "/told", name: "told", component: () => import("./pages/ToldPage.vue") },
    { path: "/settings", name: "settings", component: () => import("./pages/SettingsPage.vue") },
    { path: "/:other(.*)", redirect: { name: "today" } },
  ],
});

/** A phone that is nobody's shows only how to become somebody's, and the settings. */
router.beforeEach(async (to) => {
  if (to.name === "pair" || to.name === "settings") return true;
  return (await device()).identity ? true : { name: "pair" };
});
