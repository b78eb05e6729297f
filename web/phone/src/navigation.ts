/**
 * Links that open the way to a place in the phone's map app. The wire has WGS-84; maps of mainland China want GCJ-02
 * (AMap, and Apple and Google inside its border) or BD-09 (Baidu), some hundred metres away.
 */
import gcoord from "gcoord";

export type MapApp = "amap" | "baidu" | "apple" | "google";
export const MAP_APPS: MapApp[] = ["amap", "baidu", "apple", "google"];

export interface Destination {
  latitude: number;
  longitude: number;
  name: string;
}

export function wayTo({ latitude, longitude, name }: Destination, app: MapApp): string {
  const [gcjLongitude, gcjLatitude] = gcoord.transform([longitude, latitude], gcoord.WGS84, gcoord.GCJ02);
  const gcj = `${degrees(gcjLatitude)},${degrees(gcjLongitude)}`;
  const called = encodeURIComponent(name);
  switch (app) {
    case "amap":
      return `https://uri.amap.com/navigation?to=${degrees(gcjLongitude)},${degrees(gcjLatitude)},${called}&mode=car&coordinate=gaode`;
    case "baidu": {
      const [bdLongitude, bdLatitude] = gcoord.transform([longitude, latitude], gcoord.WGS84, gcoord.BD09);
      const place = encodeURIComponent(`latlng:${degrees(bdLatitude)},${degrees(bdLongitude)}|name:${name}`);
      return `https://api.map.baidu.com/direction?destination=${place}&mode=driving&coord_type=bd09ll&output=html&src=doorstep`;
    }
    case "apple":
      return `https://maps.apple.com/?daddr=${gcj}&q=${called}&dirflg=d`;
    case "google":
      return `https://www.google.com/maps/dir/?api=1&destination=${gcj}&travelmode=driving`;
  }
}

/** Six places are a tenth of a metre. */
const degrees = (value: number): string => value.toFixed(6);
