import { createApp } from "vue";
import App from "./App.vue";
import { router } from "./routes";
import { Unreachable } from "./server";
import { tellFailure } from "./telling";
import { i18n, language, speak } from "./words";
import "./look.css";

speak(language());
router.onError(() => tellFailure(new Unreachable())); // a view's part that can't be had
createApp(App).use(i18n).use(router).mount("#app");
