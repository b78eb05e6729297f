import { alarm } from "/site/alarms.js";
import { get } from "/site/api.js";
import { h } from "/site/element.js";
import { say } from "/site/words.js";

const EVERY_MS = 15_000;
const TITLE = document.title;
let sound = null;

/** Alarms that ring stand above every view, and sound for as long as nobody could be told. `desk()` gives the page's acts. */
export function siren(place, desk) {
  let shown = "";
  async function look() {
    const known = desk();
    if (!known) return (shown = ""), place.replaceChildren();
    const ringing = (await get("/alarms").catch(() => [])).filter(({ state }) => state === "ringing");
    const loud = ringing.some(({ unreached }) => unreached);
    const now = JSON.stringify([ringing, document.documentElement.lang]);
    if (now !== shown) place.replaceChildren(...ringing.map((one) => alarm(known, one, known.territories.find(({ id }) => id === one.territory_id)?.zone)));
    shown = now;
    document.title = ringing.length ? `▲ ${say(loud ? "alarm.unreached" : "alarm.ringing")}` : TITLE;
    if (loud) beep();
  }
  setInterval(look, EVERY_MS);
  return look;
}

/** Three short tones. A browser that nobody has touched yet keeps silent. */
function beep() {
  sound ??= new AudioContext();
  for (const start of [0, 0.3, 0.6]) {
    const tone = new OscillatorNode(sound, { frequency: 880 });
    tone.connect(new GainNode(sound, { gain: 0.2 })).connect(sound.destination);
    tone.start(sound.currentTime + start);
    tone.stop(sound.currentTime + start + 0.2);
  }
}
