/** The day's stops and their order, on plain ground, which needs no network, or on the tiles that the site names. */
import { LngLatBounds, Map as MapView, Marker, NavigationControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { type Tiles, groundOf, onTiles } from "../../shared/tiles";

export interface Mark {
  /** Longitude and latitude, WGS-84. */
  at: [number, number];
  number: number;
  name: string;
  id: string;
}

setWorkerUrl(workerUrl); // bundled, MapLibre can't find its worker by itself

/** What takes it away again. Throws where there is no WebGL. */
export function drawMap(box: HTMLElement, tiles: Tiles | null, stops: Mark[], open: (id: string) => void): () => void {
  const marks = stops.map((stop) => ({ ...stop, at: onTiles(tiles, stop.at) }));
  const bounds = marks.reduce((all, mark) => all.extend(mark.at), new LngLatBounds());
  const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const ground = groundOf(tiles, colour("--band"));
  const map = new MapView({
    container: box,
    style: {
      version: 8,
      sources: {
        ...ground.sources,
        way: {
          type: "geojson",
          data: { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: marks.map((one) => one.at) } },
        },
      },
      layers: [
        ...ground.layers,
        { id: "way", type: "line", source: "way", paint: { "line-color": colour("--accent"), "line-width": 3 } },
      ],
    },
    bounds,
    fitBoundsOptions: { padding: 48, maxZoom: 15 },
    attributionControl: false,
    dragRotate: false,
  });
  map.addControl(new NavigationControl({ showCompass: false }));
  for (const mark of marks) {
    const element = document.createElement("button");
    element.className = "mark";
    element.type = "button";
    element.textContent = String(mark.number);
    element.setAttribute("aria-label", `${mark.number} ${mark.name}`);
    element.addEventListener("click", () => open(mark.id));
    new Marker({ element }).setLngLat(mark.at).addTo(map);
  }
  return () => map.remove();
}
