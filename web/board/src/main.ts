import { createApp } from "vue";
import App from "./App.vue";
import { router } from "./routes";
import { i18n, language, speak } from "./words";
import "./look.css";

speak(language());
createApp(App).use(i18n).use(router).mount("#app");
