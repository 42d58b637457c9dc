import { type CommandUnknownOpts, InvalidArgumentError } from "@commander-js/extra-typings";

/** Adds the options of commands that read pictures. */
export function withPictureOptions(command: CommandUnknownOpts): CommandUnknownOpts {
  return command
    .optionsGroup("Reading pictures:")
    .option(
      "--picture-size <size>",
      "height, or height x width as 32x48 (default: 28, or as IDX files are)",
      pictureSize,
    )
    .option("--rgb", "in colour (default: in grey)")
    .optionsGroup("Options:");
}

const largest = 1024;

function pictureSize(text: string): [number, number] {
  const [height, width = height, ...rest] = text
    .split("x")
    .map((side) => (/^\d+$/.test(side) ? Number(side) : Number.NaN));
  const fits = (side: number) => side >= 1 && side <= largest;
  if (rest.length === 0 && fits(height) && fits(width)) return [height, width];
  throw new InvalidArgumentError(`Expected a size such as 28 or 32x48, up to ${largest}.`);
}
