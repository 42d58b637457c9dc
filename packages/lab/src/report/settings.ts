import { type Html, html } from "../../../cli/src/views/report/html.ts";
import { normNames } from "../panels/sideNames.ts";
import { fields } from "../state/fields.ts";
import { hasPictures, type Setup } from "../state/setup.ts";

/** What the page calls its settings; others stand under the name that a link has. */
const names: Partial<Readonly<Record<keyof Setup, string>>> = {
  seed: "Seed",
  hidden: "Hidden layers",
  order: "Order in a hidden layer",
  head: "Head",
  left: "Left: normalization",
  right: "Right: normalization",
  activation: "Activation",
  dropout: "Dropout",
  biasBeforeNorm: "Bias before BatchNorm",
  scale: "Numbers go in",
  optimizer: "Optimizer",
  batchSize: "Batch size",
  steps: "Steps",
  lr: "Learning rate",
  momentum: "Momentum of the running statistics",
  times: "Column times a million",
  constant: "A constant column",
};

/** Every setting that decides the numbers, as a list. */
export function settings(setup: Setup): Html {
  const all = (Object.keys(fields) as (keyof Setup)[]).flatMap((key) => {
    const value = textOf(setup, key);
    return key === "table" || key === "target" || value === "" ? [] : [{ name: names[key] ?? key, value }];
  });
  const items = all.map(
    ({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
  );
  return html`<dl class="settings">
${items}</dl>
`;
}

function textOf(setup: Setup, key: keyof Setup): string {
  if (key === "left" || key === "right") return normNames[setup[key]];
  if (key === "head" && !hasPictures(setup)) return "";
  if (key === "hidden") return setup.hidden.join(", ") || "none";
  if (key === "order") return setup.order.join(", ");
  return fields[key].write(setup[key] as never);
}
