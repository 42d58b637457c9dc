import type { Call, Composition, OptimizerSpec, Statement } from "./composition.ts";

export type Precision = "float32" | "float64";

/** What code may name; all of it is the public surface of evenkeel. */
export const imports = [
  ..."bernoulli broadcastTensors cat cloneState compile div enableGrad F full Generator grad manualSeed mul nn noGrad ones optim rand".split(
    " ",
  ),
  ..."randint randn randperm stack sub tensor where zeros zerosLike".split(" "),
];

/** A module of the user's own: a view of what another one gives. */
export const blockClass = `class Block extends nn.Module {
  constructor(inner, view) {
    super();
    this.inner = inner;
    this.view = view;
  }
  forward(x) {
    return this.view(this.inner(x));
  }
}`;

/** The JavaScript of a composition in one precision, as it is run and as it is printed. */
export function sourceOf(composition: Composition, precision: Precision): string {
  const { seed, members, inputs, optimizer, body, results, calls, noGrad, options } = composition;
  const write = (statement: Statement) => codeIn(statement, precision);
  const uses = (word: string) => [...members, ...body].some(({ code }) => new RegExp(`\\b${word}\\b`).test(code));
  const parameters = [...inputs.map(({ name }) => name), ...(uses("update") ? ["update"] : [])].join(", ");
  const call = ({ batch, before, update, eager }: Call) => {
    const given = inputs.map((input) => write(input).replace(/\bN\b/g, String(batch)));
    const args = [...given, ...(uses("update") ? [String(update)] : [])].join(", ");
    const run = `${eager ? "step" : "run"}(${args})`;
    return [...before.map((statement) => `${write(statement)};`), `show(${noGrad ? `noGrad(() => ${run})` : run});`];
  };
  return [
    `manualSeed(${seed});`,
    ...(uses("Block") ? [blockClass] : []),
    ...members.map((member) => `const ${member.name} = ${write(member)};`),
    ...(optimizer === undefined ? [] : optimizerLines(optimizer, members)),
    `watch({ ${[...members.map(({ name }) => name), ...(optimizer ? ["optimizer"] : [])].join(", ")} });`,
    `const step = (${parameters}) => {`,
    ...body.map((statement) => `  ${statement.name ? `const ${statement.name} = ` : ""}${write(statement)};`),
    `  return [${results.join(", ")}];`,
    "};",
    `const run = compile(step${options});`,
    ...calls.flatMap(call),
  ].join("\n");
}

function codeIn({ code, in64 }: Statement, precision: Precision): string {
  if (precision === "float32") return code.replaceAll("@", "");
  return (in64 ?? code).replaceAll("@", ".double()");
}

function optimizerLines({ kind, options, groups, scheduler }: OptimizerSpec, members: readonly Statement[]): string[] {
  const isLayer = (name: string) => members.some((member) => member.name === name && name.startsWith("l"));
  const list = (names: readonly string[]) =>
    `[${names.map((name) => (isLayer(name) ? `...${name}.parameters()` : name)).join(", ")}]`;
  const params =
    groups.length === 1 && groups[0].options === ""
      ? list(groups[0].members)
      : `[${groups.map((group) => `{ params: ${list(group.members)}${group.options && `, ${group.options}`} }`).join(", ")}]`;
  return [
    `const optimizer = new optim.${kind}(${params}, { ${options} });`,
    ...(scheduler === undefined ? [] : [`const scheduler = new optim.${scheduler};`]),
  ];
}
