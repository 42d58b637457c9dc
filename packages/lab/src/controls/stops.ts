/** Where a slider stops. What lies between two stops can be typed. */
export type Stops = readonly number[];

/** Twenty stops for each power of ten, of two digits each: 1, 1.1, 1.3, 1.4, 1.6 … */
export function logStops(least: number, most: number): Stops {
  const [from, to] = [least, most].map((value) => Math.round(20 * Math.log10(value)));
  return Array.from({ length: to - from + 1 }, (_, i) => Number((10 ** ((from + i) / 20)).toPrecision(2)));
}

/** Each double of the one before. */
export function doublingStops(least: number, most: number): Stops {
  const count = Math.floor(Math.log2(most / least)) + 1;
  return Array.from({ length: count }, (_, i) => least * 2 ** i);
}

/** At equal distances, to the last decimal of the distance. */
export function evenStops(least: number, most: number, distance: number): Stops {
  const count = Math.round((most - least) / distance) + 1;
  return Array.from({ length: count }, (_, i) => Number((least + i * distance).toPrecision(12)));
}

/** The position of the stop nearest to a value; stops ascend. */
export function nearestStop(value: number, stops: Stops): number {
  const above = stops.findIndex((stop) => stop >= value);
  if (above < 0) return stops.length - 1;
  if (above === 0) return 0;
  return value - stops[above - 1] < stops[above] - value ? above - 1 : above;
}
