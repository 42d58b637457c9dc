import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Engine, hasRelaxedMadd, here } from "./engines.ts";
import { installedBytes } from "./sizes.ts";

export type RivalId = "compiled" | "wide" | "fast" | "eager" | "torch" | "openblas" | "tfjs" | "jax" | "jaxProducts";

/** A way of doing W6. */
export interface ProcessSide {
  readonly name: string;
  /**
   * The program and its script, which gets the path of the table as its first argument, and what it
   * gets after that.
   */
  readonly command: readonly [program: string, script: string, ...rest: string[]];
}

/** Somebody who takes part: how to start the process of a workload, and that of the whole of W6. */
export interface Rival {
  readonly id: RivalId;
  readonly name: string;
  /** What is installed, and counted once among the sizes. */
  readonly product: string;
  /** The program, its script, which gets the path of the problem as its first argument, and what it gets after that. */
  readonly command: readonly string[];
  /** How it takes part in W6; not at all where that would show nothing new. */
  readonly processes: readonly ProcessSide[];
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * How many threads its process has at most, where counting them tells. Engines of JavaScript have
   * some for compiling and collecting garbage.
   */
  readonly mostThreads?: number;
  /** Another way of somebody who is there already, which differs in convolutions alone. */
  readonly onlyConvNets?: boolean;
  /** Bytes of the packages on disk. */
  readonly installed: () => number | undefined;
}

export interface Absent {
  /** Who is skipped and how to get it. */
  readonly absent: string;
}

export const rivalIds: readonly RivalId[] = [
  "compiled",
  "wide",
  "fast",
  "eager",
  "torch",
  "openblas",
  "tfjs",
  "jax",
  "jaxProducts",
];

const python = process.env.PYTHON ?? "/usr/bin/python3";

/** Where Debian's OpenBLAS lies beside the BLAS in use, unless told. */
const openblasFolders = ["/usr/lib/x86_64-linux-gnu/openblas-pthread", "/usr/lib/aarch64-linux-gnu/openblas-pthread"];

/**
 * @param engines what evenkeel runs on; the other rivals in JavaScript run on the Node that runs this
 * @param blas a folder with an OpenBLAS called libblas.so.3, to try PyTorch with
 */
export function findRivals(
  id: RivalId,
  engines: readonly Engine[],
  blas: string | undefined,
  threads: number,
): (Rival | Absent)[] {
  switch (id) {
    case "compiled":
    case "eager":
    case "fast":
    case "wide":
      return engines.map((engine) => own(id, engine, threads));
    case "torch":
      return [torch(id, threads)];
    case "openblas":
      return [torchWithOpenBlas(id, blas, threads)];
    case "tfjs":
      return [installed(id, "TensorFlow.js", "tfjs", ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"])];
    case "jax":
      return [installed(id, "jax-js", "jax", ["@jax-js/jax"])];
    case "jaxProducts":
      return [jaxByProducts(id)];
  }
}

/** How evenkeel takes part. */
type OwnId = "compiled" | "wide" | "fast" | "eager";

const ownNames: Readonly<Record<OwnId, string>> = {
  compiled: "evenkeel compiled",
  wide: "evenkeel compiled, 256-bit",
  fast: "evenkeel compiled, fast",
  eager: "evenkeel eager",
};

function own(id: OwnId, engine: Engine, threads: number): Rival | Absent {
  const name = threads === 1 ? ownNames[id] : `${ownNames[id]}, ${threads} threads`;
  if (id === "wide" && engine.major < 22) {
    return { absent: `${name}: ${engine.name} cannot be told to make 256-bit vectors; Node 22 can` };
  }
  if (id === "fast" && !hasRelaxedMadd(engine)) {
    return { absent: `${name}: ${engine.name} has no relaxed SIMD; Node 22 has` };
  }
  return {
    id,
    name: `${name}, ${engine.name}`,
    product: "evenkeel",
    command: [engine.program, script("rivals/evenkeel.js"), id],
    processes: ownProcesses(id, name, engine),
    environment: { OMP_NUM_THREADS: String(threads) },
    installed: () => installedBytes(["evenkeel"]),
  };
}

function ownProcesses(id: OwnId, name: string, engine: Engine): ProcessSide[] {
  const side = (name: string, file: string, ...rest: string[]): ProcessSide => ({
    name: `${name}, ${engine.name}`,
    command: [engine.program, script(`process/${file}.js`), ...rest],
  });
  if (id === "fast" || id === "wide") return [];
  const loop = side(name, "evenkeel", id);
  return id === "eager" ? [loop] : [loop, side(`${name}, train.fit`, "evenkeelFit")];
}

function installed(id: RivalId, name: string, file: string, packages: readonly string[]): Rival | Absent {
  const missing = packages.find((name) => !existsSync(new URL(`../node_modules/${name}`, import.meta.url)));
  if (missing !== undefined) return { absent: `${name}: ${missing} is not installed; npm --prefix bench install` };
  const nameHere = `${name}, ${here.name}`;
  return {
    id,
    name: nameHere,
    product: name,
    command: [here.program, script(`rivals/${file}.js`)],
    processes: [{ name: nameHere, command: [here.program, script(`process/${file}.js`)] }],
    installed: () => installedBytes(packages),
  };
}

/** Its own convolutions are slow, its products are not: the bench shows both ways. */
function jaxByProducts(id: "jaxProducts"): Rival | Absent {
  const rival = installed(id, "jax-js", "jax", ["@jax-js/jax"]);
  if ("absent" in rival) return rival;
  const name = `jax-js, convolutions as products, ${here.name}`;
  return { ...rival, name, command: [...rival.command, "products"], processes: [], onlyConvNets: true };
}

function torch(id: "torch" | "openblas", threads: number, folder?: string): Rival | Absent {
  // A BLAS counts its threads by itself when it is loaded: torch.set_num_threads does not reach it.
  const environment: Record<string, string> = {
    OPENBLAS_NUM_THREADS: String(threads),
    OMP_NUM_THREADS: String(threads),
    MKL_NUM_THREADS: String(threads),
  };
  if (folder !== undefined) environment.LD_LIBRARY_PATH = folder;
  const size = "import torch_size; print(torch_size.installed())";
  const cwd = fileURLToPath(new URL("../python", import.meta.url));
  if (spawnSync(python, ["-c", "import torch"], { env: { ...process.env, ...environment } }).status !== 0) {
    return { absent: `PyTorch: ${python} has no torch; on Debian: apt-get install python3-torch` };
  }
  const names = id === "torch" ? "PyTorch eager" : "PyTorch eager, OpenBLAS";
  const name = threads === 1 ? names : `${names}, ${threads} threads`;
  return {
    id,
    name,
    product: "PyTorch",
    command: [python, script("../python/rival.py")],
    processes: [{ name, command: [python, script("../python/process.py")] }],
    environment,
    // With several, PyTorch has as many of its own beside those of the BLAS, which wait in turns.
    ...(threads === 1 && { mostThreads: 1 }),
    installed: () => {
      const { status, stdout } = spawnSync(python, ["-c", size], { cwd, env: { ...process.env, ...environment } });
      return status === 0 ? Number(stdout.toString()) : undefined;
    },
  };
}

function torchWithOpenBlas(id: "openblas", blas: string | undefined, threads: number): Rival | Absent {
  const folder = blas ?? openblasFolders.find((folder) => existsSync(folder));
  if (folder !== undefined) return torch(id, threads, folder);
  const how =
    "apt-get download libopenblas0-pthread, dpkg --extract it, and name its …/openblas-pthread folder by --blas";
  return { absent: `PyTorch with OpenBLAS: none found; on Debian: ${how}` };
}

function script(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
