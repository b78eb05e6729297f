import { expect, test } from "vitest";
import { type Place, type Tiles, groundOf, onTiles } from "../../shared/tiles";

const tiles = (datum: Tiles["datum"]): Tiles => ({ url: "https://tiles.example.com/{z}/{x}/{y}.png", attribution: "Example", datum });
const SHANGHAI: Place = [121.4737, 31.2304];
const PORTO: Place = [-8.61, 41.15];

test("on GCJ-02 tiles a place of mainland China is shifted by some hundred metres", () => {
  const [longitude, latitude] = onTiles(tiles("gcj02"), SHANGHAI);
  expect(longitude).toBeCloseTo(121.47822, 4);
  expect(latitude).toBeCloseTo(31.22845, 4);
});

test("elsewhere, on other tiles and on none it stays where it is", () => {
  expect(onTiles(tiles("gcj02"), PORTO)).toEqual(PORTO);
  expect(onTiles(tiles("wgs84"), SHANGHAI)).toEqual(SHANGHAI);
  expect(onTiles(null, SHANGHAI)).toEqual(SHANGHAI);
});

test("without a server of tiles the style has nothing to fetch", () => {
  expect(groundOf(null, "#fff").sources).toEqual({});
  expect(groundOf(tiles("wgs84"), "#fff").layers.map((layer) => layer.id)).toEqual(["ground", "tiles"]);
});
