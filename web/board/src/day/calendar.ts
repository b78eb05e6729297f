/** The resource timeline of @event-calendar/core, told what stands where. It lays out rows, hours and the now line; what a
 * strip and a row's head look like is made here. It knows no time zones but offsets, so it is given wall clocks. */
import { type Calendar, ResourceTimeline, createCalendar, destroyCalendar } from "@event-calendar/core";
import "@event-calendar/core/index.css";
import type { Span, Strip } from "./strips";
import "./timeline.css";

export interface Row {
  id: string;
  head: HTMLElement;
}

export interface Place {
  technician: string;
  /** Milliseconds since 1970, to the five minutes. */
  at: number;
}

const SLOT_MIN = 30;
const STEP_MIN = 5;
const HOUR_MS = 3_600_000;
const LEAST_PX = 34;
const HEADS_PX = 196; // as in timeline.css
const SCROLL_PX = 16;
/** More changes than this are drawn faster all at once. */
const MANY = 80;

export class Timeline {
  private readonly calendar: Calendar;
  private readonly wall: Intl.DateTimeFormat;
  private rows: Row[] = [];
  private span: Span = { from: 0, to: 0 };
  private width = 40;
  /** What stands, by id: how it was told. */
  private drawn = new Map<string, string>();

  constructor(
    private readonly box: HTMLElement,
    private readonly day: string,
    zone: string,
    private readonly content: (strip: Strip) => Node[],
  ) {
    this.wall = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
    this.calendar = createCalendar(box, [ResourceTimeline], {
      view: "resourceTimelineDay",
      date: day,
      timeZone: this.offset(),
      headerToolbar: { start: "", center: "", end: "" },
      dayHeaderFormat: () => "",
      slotDuration: { minutes: SLOT_MIN },
      slotLabelInterval: { minutes: 60 },
      slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
      slotWidth: 40,
      slotHeight: 44,
      height: "100%",
      eventGap: 2,
      nowIndicator: true,
      locale: "en-GB",
      resources: [],
      events: [],
      resourceLabelContent: ({ resource }) => ({ domNodes: [this.headOf(resource.id)] }),
      eventContent: ({ event }) => ({ domNodes: this.content(event.extendedProps.strip as Strip) }),
      eventClassNames: ({ event }) => classes(event.extendedProps.strip as Strip),
      eventDidMount: ({ event, el }) => mounted(event.extendedProps.strip as Strip, el),
    });
  }

  /** `span` is what the row of hours holds, whole hours on the day. What stands already and has not changed stays. */
  show(rows: Row[], strips: Strip[], span: Span): void {
    if (span.from !== this.span.from || span.to !== this.span.to) {
      this.calendar.setOption("slotMinTime", this.clock(span.from));
      this.calendar.setOption("slotMaxTime", { minutes: ((span.to - span.from) / HOUR_MS + this.hour(span.from)) * 60 });
    }
    const same = rows.length === this.rows.length && rows.every((row, index) => row.head === this.rows[index]!.head);
    [this.rows, this.span] = [rows, span];
    if (!same) this.calendar.setOption("resources", rows.map((row) => ({ id: row.id, title: row.id })));
    this.change(strips);
    this.fit();
  }

  private change(strips: Strip[]): void {
    const now = new Map(strips.map((strip) => [strip.id, JSON.stringify(strip)]));
    const changed = strips.filter((strip) => this.drawn.get(strip.id) !== now.get(strip.id));
    const gone = [...this.drawn.keys()].filter((id) => !now.has(id));
    if (changed.length + gone.length > MANY) this.calendar.setOption("events", strips.map((strip) => this.event(strip)));
    else {
      for (const id of gone) this.calendar.removeEventById(id);
      for (const strip of changed)
        if (this.drawn.has(strip.id)) this.calendar.updateEvent(this.event(strip) as Calendar.Event);
        else this.calendar.addEvent(this.event(strip));
    }
    this.drawn = now;
  }

  /** As wide as there is room, and never so narrow that half an hour can't be read. */
  fit(): void {
    const slots = ((this.span.to - this.span.from) / HOUR_MS) * (60 / SLOT_MIN);
    const width = Math.max(LEAST_PX, Math.floor((this.box.clientWidth - HEADS_PX - SCROLL_PX) / slots));
    if (width !== this.width) this.calendar.setOption("slotWidth", width);
    this.width = width;
  }

  /** What lies under the pointer; null beside the rows. */
  under(x: number, y: number): Place | null {
    const found = this.calendar.dateFromPoint(x, y);
    if (!found?.resource) return null;
    const slots = (x - found.dayEl.getBoundingClientRect().left) / this.width;
    const step = Math.round((slots * SLOT_MIN) / STEP_MIN) * STEP_MIN;
    return { technician: found.resource.id, at: this.span.from + step * 60_000 };
  }

  /** The row's own ground, and its head. */
  row(technician: string): [HTMLElement, HTMLElement] | null {
    const index = this.rows.findIndex((row) => row.id === technician);
    const grounds = this.box.querySelectorAll<HTMLElement>(".ec-body .ec-grid .ec-day");
    const ground = grounds[index];
    return ground ? [ground, this.rows[index]!.head] : null;
  }

  /** Where a span lies on a row's ground, in pixels. */
  pixels({ from, to }: Span): { left: number; width: number } {
    const perMs = this.width / (SLOT_MIN * 60_000);
    return { left: (from - this.span.from) * perMs, width: (to - from) * perMs };
  }

  destroy(): void {
    void destroyCalendar(this.calendar);
  }

  private headOf(id: string): HTMLElement {
    return this.rows.find((row) => row.id === id)?.head ?? document.createElement("span");
  }

  /** Background strips share the row, visits that overlap stand one below the other. */
  private event(strip: Strip): Calendar.EventInput {
    return {
      id: strip.id,
      resourceIds: [strip.technician],
      start: this.wallClock(strip.from),
      end: this.wallClock(strip.to),
      display: strip.kind === "visit" || strip.kind === "draft" ? "auto" : "background",
      extendedProps: { strip },
    };
  }

  private wallClock = (moment: number): string => this.wall.format(moment).replace(" ", "T");
  private clock = (moment: number): string => this.wallClock(moment).slice(11, 16);
  private hour = (moment: number): number => Number(this.clock(moment).slice(0, 2));

  /** The zone's distance from UTC at noon, as +08:00. */
  private offset(): string {
    const noon = Date.parse(`${this.day}T12:00:00Z`);
    const minutes = Math.round((Date.parse(`${this.wallClock(noon)}Z`) - noon) / 60_000);
    const pad = (count: number): string => String(Math.floor(Math.abs(count))).padStart(2, "0");
    return `${minutes < 0 ? "-" : "+"}${pad(minutes / 60 | 0)}:${pad(minutes % 60)}`;
  }
}

const classes = (strip: Strip): string[] => [`strip-${strip.kind}`, ...(strip.look ?? "").split(" ").filter(Boolean)];

function mounted(strip: Strip, element: HTMLElement): void {
  if (strip.kind !== "visit" && strip.kind !== "draft") return;
  element.id = `visit-${strip.job}`;
  element.dataset.job = strip.job;
}
