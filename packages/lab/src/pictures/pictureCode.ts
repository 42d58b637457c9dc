import { quoted } from "../code/quoted.ts";
import type { Setup } from "../state/setup.ts";
import type { PictureLayer } from "../training/layers.ts";
import { brightest, pixels, side } from "./packed.ts";

/** What a program does before and after the training. */
export interface Ends {
  /** Makes the inputs and the targets of the training. */
  readonly read: string;
  /** Prints the held-out error. */
  readonly judge: string;
}

/** What is special to pictures about the programs of a language. */
export interface PictureCode {
  readonly layer: (layer: PictureLayer) => string;
  readonly ends: (file: string, setup: Scaled, says: string) => Ends;
}

type Scaled = Pick<Setup, "scale">;

/** For Node: reads the `SavedPictures` of a file, and ends with `says` and the share of wrong digits. */
function evenkeelEnds(file: string, { scale }: Scaled, says: string): Ends {
  const scaling =
    scale === "raw"
      ? `const scaled = (level: number) => level / ${brightest};`
      : `
// Mean and deviation of all pixels of the training pictures.
let [sum, squares] = [0, 0];
for (const row of saved.train) {
  for (const level of levels(row)) {
    sum += level;
    squares += level * level;
  }
}
const mean = sum / (${pixels} * saved.train.length);
const deviation = Math.sqrt(squares / (${pixels} * saved.train.length) - mean * mean);
const scaled = (level: number) => (level - mean) / deviation;
`;
  return {
    read: `
// A picture is a text of ${pixels} hexadecimal digits, row by row: how bright a pixel is, from 0 to f.
interface Saved {
  pictures: string[];
  digits: number[];
  train: number[];
  heldOut: number[];
}
const saved: Saved = JSON.parse(readFileSync(${quoted(file)}, "utf8"));
const levels = (row: number) => Array.from(saved.pictures[row], (level) => Number.parseInt(level, 16));
${scaling}
const inputs = (rows: number[]) =>
  tensor(rows.flatMap((row) => levels(row).map(scaled))).reshape(-1, 1, ${side}, ${side});
const targets = (rows: number[]) => tensor(rows.map((row) => saved.digits[row]), { dtype: "int32" });
const [x, y] = [inputs(saved.train), targets(saved.train)];
`,
    judge: `net.eval();
const evaluate = compile((x: Tensor) => net.forward(x));
const said = noGrad(() => evaluate(inputs(saved.heldOut)).argmax(1));
const wrong = saved.heldOut.filter((row, i) => said.data[i] !== saved.digits[row]);
console.log("${says}:", wrong.length / saved.heldOut.length);
`,
  };
}

/** The same for PyTorch. */
function torchEnds(file: string, { scale }: Scaled, says: string): Ends {
  const scaling =
    scale === "raw"
      ? `scaled = levels / ${brightest}`
      : `
# Mean and deviation of all pixels of the training pictures.
known = levels[train].astype(np.int64)
mean = known.sum() / known.size
deviation = math.sqrt((known**2).sum() / known.size - mean * mean)
scaled = (levels - mean) / deviation
`;
  return {
    read: `# A picture is a text of ${pixels} hexadecimal digits, row by row: how bright a pixel is, from 0 to f.
with open(${quoted(file)}, encoding="utf-8") as text:
    saved = json.load(text)
train, held_out = saved["train"], saved["heldOut"]
levels = np.array([[int(level, 16) for level in picture] for picture in saved["pictures"]], dtype=np.float64)
${scaling}
x = torch.tensor(scaled, dtype=torch.float32).reshape(-1, 1, ${side}, ${side})
y = torch.tensor(saved["digits"])
`,
    judge: `net.eval()
with torch.no_grad():
    said = net(x[held_out]).argmax(dim=1)
error = (said != y[held_out]).double().mean().item()
print("${says}:", error)
`,
  };
}

/** In both languages. */
const poolings = {
  ...{ maxPool: "MaxPool2d(2)", avgPool: "AvgPool2d(2)" },
  ...{ globalMax: "AdaptiveMaxPool2d(1)", globalAverage: "AdaptiveAvgPool2d(1)", flatten: "Flatten()" },
} as const;

function evenkeelLayer(layer: PictureLayer): string {
  switch (layer.kind) {
    case "conv":
      return `new nn.Conv2d(${layer.inputs}, ${layer.outputs}, 3, { padding: 1${layer.bias ? "" : ", bias: false"} })`;
    case "batchNorm2d":
      return `new nn.BatchNorm2d(${layer.width}, { momentum: ${layer.momentum} })`;
    case "groupNorm":
      return `new nn.GroupNorm(1, ${layer.width})`;
    default:
      return `new nn.${poolings[layer.kind]}`;
  }
}

function torchLayer(layer: PictureLayer): string {
  switch (layer.kind) {
    case "conv":
      return `nn.Conv2d(${layer.inputs}, ${layer.outputs}, 3, padding=1${layer.bias ? "" : ", bias=False"})`;
    case "batchNorm2d":
      return `nn.BatchNorm2d(${layer.width}, momentum=${layer.momentum})`;
    case "groupNorm":
      return `nn.GroupNorm(1, ${layer.width})`;
    default:
      return `nn.${poolings[layer.kind]}`;
  }
}

export const evenkeelCode: PictureCode = { layer: evenkeelLayer, ends: evenkeelEnds };
export const torchCode: PictureCode = { layer: torchLayer, ends: torchEnds };
