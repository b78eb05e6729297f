/** The board's views, each a part of its own that loads when it is opened. The bar names them by their `word`. */
import { type RouteRecordRaw, createRouter, createWebHistory } from "vue-router";
import type { Word } from "./words";

declare module "vue-router" {
  interface RouteMeta {
    word?: Word;
    /** Shown in the bar to managers alone. */
    manager?: boolean;
  }
}

/** What is shown in the bar, in that order. */
export const VIEWS: RouteRecordRaw[] = [
  { path: "/", name: "day", component: () => import("./day/DayView.vue"), meta: { word: "view.day" } },
  { path: "/planning", name: "planning", component: () => import("./planning/PlanningView.vue"), meta: { word: "view.planning" } },
  { path: "/repairs", name: "repairs", component: () => import("./repairs/RepairsView.vue"), meta: { word: "view.repairs" } },
  { path: "/queue", name: "queue", component: () => import("./queue/QueueView.vue"), meta: { word: "view.queue" } },
  {
    path: "/messages",
    name: "messages",
    component: () => import("./templates/TemplatesView.vue"),
    meta: { word: "view.messages", manager: true },
  },
];

export const router = createRouter({
  history: createWebHistory("/board"),
  routes: [...VIEWS, { path: "/:other(.*)", redirect: { name: "day" } }],
});
