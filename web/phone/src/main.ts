import { createApp } from "vue";
import App from "./App.vue";
import { keepExchanging } from "./exchanging";
import { keepPinging } from "./pinging";
import { keepShowing } from "./push";
import { router } from "./routes";
import { askToPersist } from "./store/persistence";
import { keepPages } from "./updates";
import { i18n, language, speak } from "./words";
import "./look.css";

speak(language());
createApp(App).use(i18n).use(router).mount("#app");
keepExchanging();
keepPinging();
void askToPersist();
void keepPages();
void keepShowing();
