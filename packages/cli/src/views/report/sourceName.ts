/**
 * A table's source without the folders that it lies in: a report may be sent to people whom those
 * do not concern. "~/clients/acme/cars.csv" is cars.csv, "data/*.csv (3 files)" *.csv (3 files).
 */
export function sourceName(source: string): string {
  return source.slice(Math.max(source.lastIndexOf("/"), source.lastIndexOf("\\")) + 1) || source;
}
