/** Raster tiles below a map, where the site's settings name a server of them; without, nothing is fetched from anybody. */
import gcoord from "gcoord";
import type { LayerSpecification, SourceSpecification } from "maplibre-gl";

export interface Tiles {
  /** With {z}, {x} and {y} in it. */
  url: string;
  /** Whose they are: to be named beside the map. */
  attribution: string;
  datum: "wgs84" | "gcj02";
}

/** Longitude and latitude, degrees. */
export type Place = [number, number];

/** Null also where there is no answer: a map without tiles is better than none. */
export async function readTiles(): Promise<Tiles | null> {
  try {
    const answer = await fetch("/tiles.json");
    return answer.ok ? ((await answer.json()) as Tiles | null) : null;
  } catch {
    return null;
  }
}

/** Where a place, WGS-84, stands on these tiles: GCJ-02 is some hundred metres away, within mainland China. */
export function onTiles(tiles: Tiles | null, place: Place): Place {
  return tiles?.datum === "gcj02" ? (gcoord.transform(place, gcoord.WGS84, gcoord.GCJ02) as Place) : place;
}

/** Paler than they come, so that routes and visits stand out. */
const PALE: LayerSpecification = { id: "tiles", type: "raster", source: "tiles", paint: { "raster-saturation": -0.5, "raster-opacity": 0.8 } };

/** A style's sources and layers below everything else: plain ground, and the tiles on it. */
export function groundOf(
  tiles: Tiles | null,
  colour: string,
): { sources: Record<string, SourceSpecification>; layers: LayerSpecification[] } {
  return {
    sources: tiles ? { tiles: { type: "raster", tiles: [tiles.url], tileSize: 256, maxzoom: 18 } } : {},
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colour } },
      ...(tiles ? [PALE] : []),
    ],
  };
}
