/** The day on a map: routes as lines from home to home, visits as dots, phones where they are, on plain ground or tiles. */
import { type GeoJSONSource, LngLatBounds, Map as MapView, Marker, NavigationControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { type Place, type Tiles, groundOf, onTiles } from "../../../shared/tiles";
import type { Schemas } from "../server";
import { hours, minutes } from "../times";
import type { BoardDay } from "./board";

setWorkerUrl(workerUrl); // bundled, MapLibre can't find its worker by itself

type Feature = { type: "Feature"; properties: Record<string, unknown>; geometry: { type: string; coordinates: unknown } };

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class DayMap {
  private readonly map: MapView;
  private readonly ready: Promise<unknown>;
  private readonly people = new Map<string, Marker>();
  private territory = "";

  /** Throws where there is no WebGL. */
  constructor(
    box: HTMLElement,
    private readonly tiles: Tiles | null,
    choose: (job: string) => void,
  ) {
    const tier = ["match", ["get", "tier"], "emergency", colour("--red"), "general", colour("--blue"), colour("--grey")];
    const mine = ["case", ["get", "mine"], 1, 0.3];
    const ground = groundOf(tiles, colour("--band"));
    const none = { type: "FeatureCollection", features: [] };
    this.map = new MapView({
      container: box,
      style: {
        version: 8,
        sources: { ...ground.sources, routes: { type: "geojson", data: none }, visits: { type: "geojson", data: none } },
        layers: [
          ...ground.layers,
          { id: "routes", type: "line", source: "routes", paint: { "line-color": colour("--dim"), "line-opacity": mine, "line-width": ["case", ["get", "mine"], 2.5, 1] } },
          {
            id: "visits",
            type: "circle",
            source: "visits",
            paint: {
              "circle-color": ["case", ["get", "waiting"], colour("--ground"), tier],
              "circle-opacity": ["case", ["get", "done"], 0.3, 1],
              "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, ["case", ["get", "looked"], 8, 3], 14, ["case", ["get", "looked"], 10, 6]],
              "circle-stroke-color": ["case", ["get", "looked"], colour("--accent"), tier],
              "circle-stroke-width": ["case", ["get", "looked"], 4, ["get", "waiting"], 2, 1],
            },
          },
        ],
      } as never,
      attributionControl: false,
      dragRotate: false,
    });
    this.map.addControl(new NavigationControl({ showCompass: false }));
    this.ready = this.map.once("load");
    this.map.on("click", "visits", (event) => {
      const job = event.features?.[0]?.properties.job as string | undefined;
      if (job) choose(job);
    });
    this.map.on("mouseenter", "visits", () => (this.map.getCanvas().style.cursor = "pointer"));
    this.map.on("mouseleave", "visits", () => (this.map.getCanvas().style.cursor = ""));
  }

  show(board: BoardDay, positions: Schemas["Position"][], looked: string | null): void {
    void this.ready.then(() => {
      (this.map.getSource("routes") as GeoJSONSource | undefined)?.setData(collection(routes(board, looked, this.on)));
      (this.map.getSource("visits") as GeoJSONSource | undefined)?.setData(collection(dots(board, looked, this.on)));
    });
    this.fit(board);
    this.place(positions);
  }

  private readonly on = (place: Place): Place => onTiles(this.tiles, place);

  destroy(): void {
    this.map.remove();
  }

  /** Once for each territory: who has moved the map wants it to stay. */
  private fit(board: BoardDay): void {
    if (this.territory === board.live.territory_id) return;
    const places = board.jobs.flatMap((job) => (job.longitude === null || job.latitude === null ? [] : [this.on([job.longitude, job.latitude])]));
    if (!places.length) return;
    this.territory = board.live.territory_id;
    const bounds = places.reduce((all, one) => all.extend(one), new LngLatBounds());
    this.map.fitBounds(bounds, { padding: 40, maxZoom: 15, animate: false });
  }

  private place(positions: Schemas["Position"][]): void {
    const here = new Set(positions.map((one) => one.technician_id));
    for (const [id, marker] of this.people) if (!here.has(id)) (marker.remove(), this.people.delete(id));
    for (const one of positions) {
      const at = this.on([one.longitude, one.latitude]);
      const known = this.people.get(one.technician_id);
      const said = `${one.technician} · ${hours(Math.max(0, -minutes(Date.now(), one.at)))}`;
      if (known) {
        known.setLngLat(at);
        known.getElement().textContent = said;
      } else {
        const element = document.createElement("span");
        element.className = "person";
        element.textContent = said;
        this.people.set(one.technician_id, new Marker({ element, anchor: "bottom" }).setLngLat(at).addTo(this.map));
      }
    }
  }
}

const collection = (features: Feature[]): never => ({ type: "FeatureCollection", features }) as never;

function dots(board: BoardDay, looked: string | null, on: (place: Place) => Place): Feature[] {
  const visits = new Map(board.live.visits.map((visit) => [visit.job_id, visit]));
  return board.jobs
    .filter((job) => job.longitude !== null && job.latitude !== null)
    .map((job) => ({
      type: "Feature",
      properties: {
        job: job.job_id,
        tier: job.tier,
        waiting: !visits.has(job.job_id),
        done: visits.get(job.job_id)?.state === "done",
        looked: job.job_id === looked,
      },
      geometry: { type: "Point", coordinates: on([job.longitude!, job.latitude!]) },
    }));
}

/** The way of the one who is looked at stands out. */
function routes(board: BoardDay, looked: string | null, on: (place: Place) => Place): Feature[] {
  const places = new Map(board.jobs.flatMap((job) => (job.longitude === null || job.latitude === null ? [] : [[job.job_id, on([job.longitude, job.latitude])]])));
  const whose = board.live.visits.find((visit) => visit.job_id === looked)?.technician_id;
  return board.technicians.map((one) => {
    const mine = board.live.visits
      .filter((visit) => visit.technician_id === one.id)
      .sort((a, b) => Date.parse(a.expected_start) - Date.parse(b.expected_start));
    const home = on([one.longitude, one.latitude]);
    const stops = mine.flatMap((visit) => [places.get(visit.job_id) ?? home]);
    return { type: "Feature", properties: { mine: whose === one.id }, geometry: { type: "LineString", coordinates: [home, ...stops, home] } };
  });
}
