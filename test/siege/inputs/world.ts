import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLine } from "../../../packages/cli/src/commands/run.fixture.ts";

/** A folder that is put back as it was. */
export class Kept {
  readonly path: string;
  readonly #files: ReadonlyMap<string, Uint8Array>;

  constructor(path: string, edit: (name: string, bytes: Uint8Array) => Uint8Array | undefined = (_, bytes) => bytes) {
    this.path = path;
    const files = new Map<string, Uint8Array>();
    for (const name of readdirSync(path)) {
      const bytes = edit(name, readFileSync(join(path, name)));
      if (bytes !== undefined) files.set(name, bytes);
    }
    this.#files = files;
    this.restore();
  }

  restore(): void {
    rmSync(this.path, { recursive: true, force: true });
    mkdirSync(this.path, { recursive: true });
    for (const [name, bytes] of this.#files) writeFileSync(join(this.path, name), bytes);
  }

  file(name: string): Uint8Array {
    const bytes = this.#files.get(name);
    if (bytes === undefined) throw new Error(`${this.path} has no ${name}`);
    return bytes;
  }
}

/** What readers read from: a table, models, two runs and a study. */
export interface World {
  readonly cwd: string;
  readonly runs: readonly [Kept, Kept];
  /** A run that was cut off at its end. */
  readonly cut: Kept;
  readonly study: Kept;
}

/** What differs from one time to the next is made the same: a seed stands for one input. */
function settled(text: string): string {
  return text
    .replaceAll(/"(started|ended)":(\s*)"\d{4}-[^"]*Z"/g, '"$1":$2"2026-11-25T10:00:00.000Z"')
    .replaceAll(/"(seconds|msPerEpoch)":(\s*)[0-9.e-]+/g, '"$1":$20.25')
    .replaceAll(/"pid":\d+/g, '"pid":999999')
    .replaceAll(/"started":"\d+"/g, '"started":"5"')
    .replaceAll(/"id":(\s*)"2\d{3}-[^"]*"/g, '"id":$1"run"');
}

const settledFile = (name: string, bytes: Uint8Array) =>
  name.endsWith(".json") || name.endsWith(".jsonl") ? Buffer.from(settled(Buffer.from(bytes).toString())) : bytes;

async function must(cwd: string, line: string): Promise<void> {
  const { code, err } = await runLine(line.split(" "), { cwd });
  if (code !== 0) throw new Error(`${line}: ${err}`);
}

/** Trains what is read. */
export async function makeWorld(): Promise<World> {
  const cwd = mkdtempSync(join(tmpdir(), "evenkeel-siege-"));
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${(i * 7) % 23},${"abc"[i % 3]},${2000 + i}-03-0${1 + (i % 9)},${(i % 23) + (i % 3)}`,
  );
  writeFileSync(join(cwd, "t.csv"), `x,kind,day,y\n${rows.join("\n")}\n`);
  const training = "--epochs 2 --schedule none --no-refit --no-report --hidden 4";
  await must(cwd, `train t.csv -t y ${training} --out model.safetensors`);
  const [id] = readdirSync(join(cwd, "runs"));
  const first = join(cwd, "runs", "a");
  cpSync(join(cwd, "runs", id), first, { recursive: true });
  rmSync(join(cwd, "runs", id), { recursive: true });
  const second = join(cwd, "runs", "b");
  cpSync(first, second, { recursive: true });
  mkdirSync(join(cwd, "cut"));
  const third = join(cwd, "cut", "c");
  cpSync(first, third, { recursive: true });
  await must(
    cwd,
    "study t.csv -t y --seeds 2 --epochs 1 --lr 0.01 --hidden 2 --rows none --dropout 0 --threads 1 --no-report --scales zscore --norms none,batch --out study",
  );
  return {
    cwd,
    runs: [new Kept(first, settledFile), new Kept(second, settledFile)],
    cut: new Kept(third, (name, bytes) => (name === "result.json" ? undefined : settledFile(name, bytes))),
    study: new Kept(join(cwd, "study"), settledFile),
  };
}
