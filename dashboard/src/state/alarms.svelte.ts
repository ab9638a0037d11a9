import type { Alert } from "../api/alerts";
import type { Alarm } from "../core/alarm";

/** How this page draws attention to itself; each is off until the reader asks for it. */
export const alarmWays = ["sound", "note"] as const;
export type AlarmWay = (typeof alarmWays)[number];

const keyOf = (way: AlarmWay): string => `dutchbook.alarm.${way}`;

function stored(way: AlarmWay): boolean {
  try {
    return localStorage.getItem(keyOf(way)) === "on";
  } catch {
    return false;
  }
}

/** Alerts that have rung; the ones that came first are forgotten first. */
const rungMax = 200;
/** Two tones, each so long, one after the other. */
const tones = [880, 660];
const toneS = 0.18;
const loudness = 0.2;

class Alarms {
  on = $state<Readonly<Record<AlarmWay, boolean>>>({ sound: stored("sound"), note: stored("note") });
  /** The browser was asked for notifications and said no. */
  refused = $state(false);
  #rung: string[] = [];
  #audio: AudioContext | null = null;

  async choose(way: AlarmWay, wanted: "on" | "off"): Promise<void> {
    let on = wanted === "on";
    if (way === "note" && on) {
      on = "Notification" in window && (await Notification.requestPermission()) === "granted";
      this.refused = !on;
    }
    this.on = { ...this.on, [way]: on };
    try {
      if (on) localStorage.setItem(keyOf(way), "on");
      else localStorage.removeItem(keyOf(way));
    } catch {
      // Storage may be refused; the choice then holds until the page is left.
    }
  }

  /** An alert of the service: the gravest ring, each once however often its messages are tried. */
  told({ id, severity, title }: Alert): void {
    if (severity !== "critical" || this.#rung.includes(id)) return;
    this.#rung = [...this.#rung, id].slice(-rungMax);
    this.ring({ key: id, text: title });
  }

  ring({ key, text }: Alarm): void {
    if (this.on.sound) this.#sound();
    if (this.on.note) this.#note(key, text);
  }

  #sound(): void {
    try {
      this.#audio ??= new AudioContext();
      const audio = this.#audio;
      // A page on which nothing was pressed yet may not sound: the browser decides.
      void audio.resume().catch(() => {});
      tones.forEach((hertz, n) => {
        const [tone, volume] = [audio.createOscillator(), audio.createGain()];
        volume.gain.value = loudness;
        tone.frequency.value = hertz;
        tone.connect(volume).connect(audio.destination);
        tone.start(audio.currentTime + n * toneS);
        tone.stop(audio.currentTime + (n + 1) * toneS);
      });
    } catch {
      // Without a loudspeaker the page still says it.
    }
  }

  #note(tag: string, text: string): void {
    try {
      if (Notification.permission !== "granted") return;
      const note = new Notification("dutchbook", { body: text, tag });
      note.addEventListener("click", () => window.focus());
    } catch {
      // Some phones show notifications of installed programs alone; the page still says it.
    }
  }
}

export const alarms = new Alarms();
