import { because, refuse } from "evenkeel/problem";
import type { LibraryHandle } from "koffi";
import type { Family, Launcher } from "./launcher.ts";

/** The part of koffi that is needed: `await import("koffi")`. */
export type Koffi = typeof import("koffi");

/** An MPI that is loaded. */
export interface Library {
  readonly lib: LibraryHandle;
  /** The name or the path by which it was found. */
  readonly path: string;
  readonly family: Family;
  /** What it says of itself: "Open MPI v4.1.4". */
  readonly version: string;
}

/** @throws Error if koffi has no binary for this platform, or is not there */
export async function loadKoffi(): Promise<Koffi> {
  try {
    return await import("koffi");
  } catch (error) {
    const platform = `${process.platform} on ${process.arch} with Node ${process.versions.node}`;
    const statement = `the package koffi, which calls MPI, does not load for ${platform}`;
    throw because(refuse("not-supported", "init", statement, "install @evenkeel/mpi again on this machine"), error);
  }
}

const names: Readonly<Record<string, Readonly<Record<Family, readonly string[]>>>> = {
  linux: {
    "Open MPI": ["libmpi.so.40", "libmpi.so"],
    MPICH: ["libmpich.so.12", "libmpi.so.12"],
  },
  darwin: {
    "Open MPI": ["libmpi.40.dylib", "/opt/homebrew/lib/libmpi.40.dylib", "/usr/local/lib/libmpi.40.dylib"],
    MPICH: ["libmpi.12.dylib", "/opt/homebrew/lib/libmpi.12.dylib", "/usr/local/lib/libmpi.12.dylib"],
  },
};

/** The names under which an MPI may be found, the family of the launcher first. */
function candidates(family: Family = "Open MPI"): readonly string[] {
  const known = names[process.platform];
  if (known === undefined) {
    throw refuse("not-supported", "init", `there is no MPI for ${process.platform} here, only for Linux and macOS`);
  }
  return [...known[family], ...known[family === "MPICH" ? "Open MPI" : "MPICH"]];
}

/**
 * Finds MPI and loads it.
 * @param given a path or a name, if the user has said one
 * @throws Error if there is none, or only one that is neither Open MPI nor of the ABI of MPICH
 */
export function loadLibrary(koffi: Koffi, launcher: Launcher | undefined, given: string | undefined): Library {
  const tried = given === undefined ? candidates(launcher?.family) : [given];
  const reasons: string[] = [];
  for (const path of tried) {
    let lib: LibraryHandle;
    try {
      // The plug-ins of Open MPI look for its functions among the global symbols.
      lib = koffi.load(path, { global: true });
    } catch (error) {
      reasons.push(`${path}: ${error instanceof Error ? error.message : error}`);
      continue;
    }
    return { lib, path, ...identified(lib, path) };
  }
  if (given === undefined && !reasons.some((reason) => !/cannot open shared object|no such file/i.test(reason))) {
    throw refuse(
      "not-supported",
      "init",
      `there is no MPI on this machine: none of ${tried.join(", ")} is found with all that it needs`,
      "install Open MPI (in Debian and Ubuntu: apt-get install openmpi-bin), or say where it is in EVENKEEL_MPI_LIBRARY",
    );
  }
  throw refuse("not-supported", "init", `MPI cannot be loaded: ${reasons.join("; ")}`);
}

/** @throws Error if a library is no MPI, or an MPI with handles that are not known here */
function identified(lib: LibraryHandle, path: string): { readonly family: Family; readonly version: string } {
  let text: string;
  try {
    const bytes = new Uint8Array(8192); // MPI_MAX_LIBRARY_VERSION_STRING of both families is at most that
    lib.func("int MPI_Get_library_version(void *version, void *length)")(bytes, new Int32Array(1));
    text = Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString("latin1");
  } catch (error) {
    throw because(refuse("not-supported", "init", `${path} is no library of MPI 3`), error);
  }
  const version = text.split(/[,\n]/)[0].replace("Version:", "").replace(/\s+/g, " ").trim();
  if (has(lib, "ompi_mpi_comm_world")) return { family: "Open MPI", version };
  if (/MPICH|Intel\(R\) MPI|MVAPICH|CRAY MPI/i.test(text)) return { family: "MPICH", version };
  throw refuse(
    "not-supported",
    "init",
    `${path} is ${version}, and neither Open MPI nor an MPI with the ABI of MPICH`,
    "name another library in EVENKEEL_MPI_LIBRARY",
  );
}

function has(lib: LibraryHandle, name: string): boolean {
  try {
    return lib.symbol(name) !== null;
  } catch {
    return false;
  }
}
