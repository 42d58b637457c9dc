import { type Composition, renamed, type Statement, tidied, usesOf } from "./composition.ts";

/**
 * The smallest composition on the way down that still fails: takes away calls, statements, values,
 * settings and sizes, one at a time, as long as anything can go.
 */
export function shrink(composition: Composition, fails: (smaller: Composition) => boolean): Composition {
  let current = composition;
  for (let progress = true; progress; ) {
    progress = false;
    for (const smaller of candidates(current)) {
      if (sizeOf(smaller) >= sizeOf(current) || !fails(smaller)) continue;
      current = smaller;
      progress = true;
      break;
    }
  }
  return current;
}

/** What shrinking makes less of: code, and the numbers in it. */
function sizeOf({ members, inputs, body, optimizer, calls, results, options, noGrad }: Composition): number {
  const before = calls.flatMap((call) => call.before);
  const code = [...members, ...inputs, ...body, ...before].map((statement) => statement.code).join(";");
  const numbers = code.match(/(?<![\w.])\d+/g) ?? [];
  const mixed = calls.filter(({ eager }) => eager).length;
  const digits = [...numbers.map(Number), ...calls.map(({ batch }) => batch)].reduce(
    (sum, n) => sum + Math.min(n, 99),
    0,
  );
  const settings = JSON.stringify(optimizer ?? "").length + options.length + 3 * (Number(noGrad) + mixed);
  return (
    20 * (body.length + members.length + before.length + results.length) +
    60 * calls.length +
    code.length +
    digits +
    settings
  );
}

function* candidates(composition: Composition): Generator<Composition> {
  for (const smaller of all(composition)) yield tidied(smaller);
}

function* all(composition: Composition): Generator<Composition> {
  yield* ofCalls(composition);
  yield* ofBody(composition);
  yield* ofOptimizer(composition);
  const { members, results, options, noGrad } = composition;
  if (options !== "") yield { ...composition, options: "" };
  if (options.includes("cacheSize")) yield { ...composition, options: options.replace(/(, )?cacheSize: 1/, "") };
  if (noGrad) yield { ...composition, noGrad: false };
  for (const i of results.keys()) if (results.length > 1) yield { ...composition, results: without(results, i) };
  for (const [i, member] of members.entries()) {
    for (const code of simplerLayers(member.code)) {
      yield { ...composition, members: members.map((other, j) => (j === i ? { ...member, code } : other)) };
    }
  }
  yield* ofNumbers(composition);
}

const without = <T>(list: readonly T[], index: number): T[] => list.filter((_, i) => i !== index);

function* ofCalls(composition: Composition): Generator<Composition> {
  const { calls } = composition;
  const replaced = (i: number, change: Partial<(typeof calls)[number]>) => ({
    ...composition,
    calls: calls.map((call, j) => (j === i ? { ...call, ...change } : call)),
  });
  if (calls.length > 1) {
    yield { ...composition, calls: calls.slice(0, 1) };
    yield { ...composition, calls: calls.slice(0, -1) };
    for (const i of calls.keys()) yield { ...composition, calls: without(calls, i) };
  }
  for (const [i, { before, batch, eager }] of calls.entries()) {
    if (eager) yield replaced(i, { eager: false });
    for (const j of before.keys()) yield replaced(i, { before: without(before, j) });
    for (const size of [1, 2, 3, 5]) if (size < batch) yield replaced(i, { batch: size });
  }
}

function* ofBody(composition: Composition): Generator<Composition> {
  const { body, results } = composition;
  for (const i of [...body.keys()].reverse()) yield { ...composition, body: without(body, i) };
  // A value in the place of one that is made of it.
  for (const [i, statement] of body.entries()) {
    const { name } = statement;
    if (name === undefined) continue;
    for (const operand of usesOf(statement).filter((use) => !use.startsWith("l"))) {
      const later = (other: Statement) => renamed(other, name, operand);
      const kept = results.map((result) => (result === name ? operand : result));
      yield {
        ...composition,
        body: [...body.slice(0, i), ...body.slice(i + 1).map(later)],
        results: [...new Set(kept)],
      };
    }
    for (const code of simplerCode(statement.code)) {
      yield { ...composition, body: body.map((other, j) => (j === i ? { name, code } : other)) };
    }
  }
}

function* ofOptimizer(composition: Composition): Generator<Composition> {
  const { optimizer, ...rest } = composition;
  if (optimizer === undefined) return;
  yield rest;
  const { scheduler: _, ...plain } = optimizer;
  yield { ...composition, optimizer: plain };
  yield { ...composition, optimizer: { ...optimizer, kind: "SGD", options: "lr: 0.05" } };
  const options = optimizer.options.split(/, (?=\w+:)/);
  for (const i of options.keys())
    if (i > 0) yield { ...composition, optimizer: { ...optimizer, options: without(options, i).join(", ") } };
  const { groups } = optimizer;
  for (const [i, group] of groups.entries()) {
    if (groups.length > 1) yield { ...composition, optimizer: { ...optimizer, groups: without(groups, i) } };
    for (const j of group.members.keys()) {
      const smaller = { ...group, members: without(group.members, j) };
      if (smaller.members.length === 0) continue;
      yield {
        ...composition,
        optimizer: { ...optimizer, groups: groups.map((other, k) => (k === i ? smaller : other)) },
      };
    }
  }
}

/** A call of a chain without its last call; a loss without its options. */
function simplerCode(code: string): string[] {
  return [code.replace(/\.[a-zA-Z]+\([^()]*\)@?$/, ""), code.replace(/, \{[^{}]*\}/, "")].filter(
    (other) => other !== code && other !== "",
  );
}

/**
 * A Sequential without one of its layers, or one layer of it alone; a layer without its options.
 */
function simplerLayers(code: string): string[] {
  const inner = /^new (?:nn\.Sequential|Block)\((.*)\)@$/.exec(code)?.[1];
  const list = (inner ?? "").split(/, (?=new nn\.|\(x\))/);
  const layers = list.filter((part) => part.startsWith("new nn."));
  return [
    ...(inner === undefined ? [] : layers.map((layer) => `${layer}@`)),
    ...(code.startsWith("new nn.Sequential")
      ? list.map((_, i) => `new nn.Sequential(${without(list, i).join(", ")})@`)
      : []),
    code.replace(/, \{[^{}]*\}/, ""),
  ].filter((other) => other !== code && other !== "@");
}

/** A size that is smaller wherever it stands. */
function* ofNumbers(composition: Composition): Generator<Composition> {
  const { members, inputs, body } = composition;
  const written = [...members, ...inputs, ...body].flatMap(({ code }) => code.match(/(?<![\w.])\d+(?![\w.])/g) ?? []);
  for (const number of new Set(written)) {
    for (const smaller of [1, 2, 3]) {
      if (smaller >= Number(number)) continue;
      const replaced = (statement: Statement) => ({
        ...statement,
        code: statement.code.replace(new RegExp(`(?<![\\w.])${number}(?![\\w.])`, "g"), String(smaller)),
      });
      yield { ...composition, members: members.map(replaced), inputs: inputs.map(replaced), body: body.map(replaced) };
    }
  }
}
