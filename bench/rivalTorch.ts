import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Contender } from "./contender.ts";

const python = process.env.PYTHON ?? "/usr/bin/python3";

/** PyTorch in a process of its own that answers one command at a time, or the reason why it cannot take part. */
export function torchContender(batchSize: number): Contender | { readonly absent: string } {
  if (spawnSync(python, ["-c", "import torch"]).status !== 0) {
    return { absent: `PyTorch: ${python} has no torch (on Debian: apt-get install python3-torch)` };
  }
  const script = fileURLToPath(new URL("rival_torch.py", import.meta.url));
  const child = spawn(python, [script, String(batchSize)], { stdio: ["pipe", "pipe", "inherit"] });
  const ask = conversation(child);
  return {
    name: "PyTorch eager, foreach Adam, 1 thread",
    losses: async (steps) => (await ask<{ losses: number[] }>(`verify ${steps}`)).losses,
    time: async (steps) => (await ask<{ microseconds: number }>(`time ${steps}`)).microseconds,
    close: () => child.stdin.end(),
  };
}

function conversation(child: ChildProcessByStdio<Writable, Readable, null>) {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async <T>(command: string): Promise<T> => {
    child.stdin.write(`${command}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`PyTorch ended before it answered "${command}"; its message stands above`);
    return JSON.parse(value) as T;
  };
}
