/** The part of asciichart that is used here; the package has no types. */
declare module "asciichart" {
  interface PlotConfig {
    readonly height?: number;
    readonly offset?: number;
    readonly min?: number;
    readonly max?: number;
    readonly colors?: readonly string[];
    readonly format?: (value: number) => string;
  }
  const asciichart: {
    readonly plot: (series: readonly (readonly number[])[], config?: PlotConfig) => string;
  };
  // biome-ignore lint/style/noDefaultExport: this is how a module sees a CommonJS package.
  export default asciichart;
}
