/** How pictures are read, as the options of a command say it and as studies record it. */
export interface PictureFlags {
  /** [height, width] */
  readonly pictureSize?: readonly [number, number] | undefined;
  readonly rgb?: true | undefined;
}
