import { createApp } from "vue";
import App from "./App.vue";
import { i18n, language, speak } from "./words";
import "./look.css";

speak(language());
createApp(App).use(i18n).mount("#app");
