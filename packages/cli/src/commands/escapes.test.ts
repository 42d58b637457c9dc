import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSafetensors, saveSafetensors } from "evenkeel/io";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runLine } from "./run.fixture.ts";

/**
 * A table, a model and a run made of what terminals obey: the output of every command, to people
 * and to programs, has no control character but the newline.
 */

/** C0 with BEL and BS, OSC that sets a title, a colour, C1's CSI, marks of direction, separators. */
const evil = "\u001b]0;owned\u0007\b\u001b[34m\u009b2J\u202e\u2066\u2028\u007f";
const controls = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

let cwd: string;
let runId: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "evenkeel-escapes-"));
  const rows = Array.from({ length: 90 }, (_, i) => ({
    [`x${evil}`]: Math.sin(i),
    [`kind${evil}`]: [`a${evil}`, `b${evil}`, "c"][(i * 7) % 3],
    [`y${evil}`]: i % 2 === 0 ? `yes${evil}` : `no${evil}`,
  }));
  writeFileSync(join(cwd, "evil.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  const args = [
    ...["train", "evil.jsonl", "--target", `y${evil}`, "--recipe", "simple"],
    ...["--epochs", "2", "--hidden", "4", "--out", "m.safetensors"],
  ];
  shown(await runLine(args, { cwd }), 0);
  runId = JSON.parse((await runLine(["runs", "list", "--json"], { cwd })).out)[0].id;
  const folder = join(cwd, "runs", runId);
  const poison = (name: string, change: (json: Record<string, never>) => void) => {
    const json = JSON.parse(readFileSync(join(folder, name), "utf8"));
    change(json);
    writeFileSync(join(folder, name), JSON.stringify(json));
  };
  poison("config.json", (config) => {
    Object.assign(config.settings, { [`setting${evil}`]: evil, optimizer: `${evil}` });
    Object.assign(config.table, { source: `table${evil}` });
  });
  const scores = { [`metric${evil}`]: 1, accuracy: 0.5 };
  poison("result.json", (result) => {
    Object.assign(result, {
      scores: { test: scores, validation: scores },
      baselines: { [`baseline${evil}`]: { test: scores } },
      findings: [{ severity: "warning", code: `code${evil}`, message: `finding${evil}`, column: evil }],
      error: `error${evil}`,
    });
  });
  writeFileSync(join(folder, `events.out.tfevents.${evil.replaceAll("/", "")}`), "");
  // A model whose record says the same.
  const { tensors, metadata } = loadSafetensors(readFileSync(join(cwd, "m.safetensors")));
  const described = JSON.parse(metadata.evenkeel);
  Object.assign(described.record, {
    source: `table${evil}`,
    scores: { test: scores },
    baselines: { [`baseline${evil}`]: { test: scores } },
    [`key${evil}`]: evil,
  });
  writeFileSync(
    join(cwd, "evil.safetensors"),
    saveSafetensors(tensors, { metadata: { ...metadata, evenkeel: JSON.stringify(described) } }),
  );
  writeFileSync(
    join(cwd, "plain.safetensors"),
    saveSafetensors({ [`tensor${evil}`]: Object.values(tensors)[0] }, { metadata: { [`key${evil}`]: `value${evil}` } }),
  );
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Asserts that what was written controls nothing, whatever else it says. */
function shown({ out, err, code }: { out: string; err: string; code: number }, expected?: number) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours
  const own = /\u001b\[(?:0|1|2|22|31|32|33|35|36|39)m/g;
  for (const line of `${out}\n${err}`.replaceAll(own, "").split("\n")) expect(line).not.toMatch(controls);
  if (expected !== undefined) expect(code, err).toBe(expected);
  return { out, err };
}

const commands: readonly [number, ...string[]][] = [
  [0, "inspect", "evil.jsonl"],
  [0, "inspect", "evil.jsonl", "--target", `y${evil}`],
  [0, "inspect", "evil.safetensors"],
  [0, "inspect", "plain.safetensors"],
  [0, "runs", "list"],
  [0, "runs", "list", "--sort", "accuracy"],
  [0, "runs", "show", "latest"],
  [0, "evaluate", "evil.safetensors", "evil.jsonl"],
  [0, "predict", "evil.safetensors", "evil.jsonl", "--format", "ndjson"],
  [2, "predict", "evil.safetensors", "evil.jsonl", "--keep", `none${evil}`],
  [2, "predict", "evil.safetensors", `nowhere${evil}.csv`],
  [2, "predict", "evil.safetensors", "--row", `{${evil}`],
  [2, "train", "evil.jsonl", "--target", `none${evil}`],
  [2, "train", "evil.jsonl", "--target", `y${evil}`, "--out", `no${evil}/where.safetensors`],
  [2, "train", `--option${evil}`],
  [2, "train", "evil.jsonl", "--norm", evil],
  [2, "train", "evil.jsonl", "more", evil],
  [2, "runs", "show", evil],
  [2, "runs", evil],
  [2, evil],
  [2, "study", "evil.jsonl", "--ask", evil],
];

// The titles are printed too.
const titled = commands.map(([code, ...args]) => [JSON.stringify(args), code, args] as const);

test.each(titled)("%s", async (_, code, args) => {
  for (const colors of [false, true]) shown(await runLine(args, { cwd, colors }), code);
});

test.each([
  ["inspect", "evil.jsonl"],
  ["inspect", "evil.safetensors"],
  ["inspect", "plain.safetensors"],
  ["runs", "list"],
  ["runs", "show", "latest"],
  ["evaluate", "evil.safetensors", "evil.jsonl"],
  ["predict", "evil.safetensors", "evil.jsonl", "--keep", "all"],
])("%s %s --json says what there is, escaped", async (...args) => {
  const { out } = shown(await runLine([...args, "--json"], { cwd }), 0);
  expect(JSON.stringify(JSON.parse(out))).toContain(JSON.stringify(evil).slice(1, -1));
});

test("a study of it", async () => {
  const small = ["--seeds", "2", "--epochs", "2", "--lr", "0.01", "--hidden", "4", "--norms", "none,batch"];
  const args = ["study", "evil.jsonl", "--target", `y${evil}`, ...small, "--dropout", "0", "--threads", "1"];
  shown(await runLine(args, { cwd }), 0);
});

test("predictions as CSV are what they are to a pipe, and harmless to a terminal", async () => {
  const args = ["predict", "evil.safetensors", "evil.jsonl", "--keep", "all"];
  const piped = await runLine(args, { cwd });
  expect(piped.out).toContain(`kind${evil}`);
  shown(await runLine(args, { cwd, terminal: true }), 0);
});
