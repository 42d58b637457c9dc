import { describe, expect, test } from "vitest";
import { type Koffi, loadKoffi, loadLibrary } from "./library.ts";

/** A koffi that finds what is in a record: the text of MPI_Get_library_version, and symbols. */
function koffiWith(libraries: Readonly<Record<string, { readonly says?: string; readonly symbols?: string[] }>>) {
  const load = (path: string) => {
    if (!Object.hasOwn(libraries, path)) throw new Error("cannot open shared object file");
    const { says, symbols = [] } = libraries[path];
    return {
      func: () => {
        if (says === undefined) throw new Error("no such function");
        return (bytes: Uint8Array) => new TextEncoder().encodeInto(says, bytes);
      },
      symbol: (name: string) => {
        if (!symbols.includes(name)) throw new Error("no such symbol");
        return 1n;
      },
    };
  };
  return { load } as unknown as Koffi;
}

const openMpi = { says: "Open MPI v4.1.4, package: Debian OpenMPI", symbols: ["ompi_mpi_comm_world"] };
const mpich = { says: "MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr" };

describe.skipIf(process.platform !== "linux")("on Linux", () => {
  test("the library of the launcher is taken first", () => {
    const koffi = koffiWith({ "libmpi.so.40": openMpi, "libmpich.so.12": mpich });
    const ofMpich = { variable: "PMI_SIZE", program: "mpirun", size: 2, family: "MPICH" } as const;
    expect(loadLibrary(koffi, undefined, undefined)).toMatchObject({ family: "Open MPI", version: "Open MPI v4.1.4" });
    expect(loadLibrary(koffi, ofMpich, undefined)).toMatchObject({ family: "MPICH", version: "MPICH 4.0.2" });
  });

  test("a library that is named is taken, and no other", () => {
    const koffi = koffiWith({ "libmpi.so.40": openMpi, "/opt/mpich/libmpi.so": mpich });
    expect(loadLibrary(koffi, undefined, "/opt/mpich/libmpi.so")).toMatchObject({ family: "MPICH" });
    expect(() => loadLibrary(koffi, undefined, "/opt/none.so")).toThrow(
      "init: MPI cannot be loaded: /opt/none.so: cannot open shared object file",
    );
  });

  test("where there is none, it is said how to get one", () => {
    expect(() => loadLibrary(koffiWith({}), undefined, undefined)).toThrow(
      /^init: there is no MPI on this machine: none of libmpi.so.40, .* is found with all that it needs; install Open MPI .*openmpi-bin/,
    );
  });

  test("other libraries are refused by name", () => {
    const other = { says: "Some MPI 1.0" };
    expect(() => loadLibrary(koffiWith({ "libmpi.so": other }), undefined, undefined)).toThrow(
      "init: libmpi.so is Some MPI 1.0, and neither Open MPI nor an MPI with the ABI of MPICH",
    );
    expect(() => loadLibrary(koffiWith({ x: {} }), undefined, "x")).toThrow("init: x is no library of MPI 3");
  });

  test("libc is no MPI", async () => {
    const koffi = await loadKoffi();
    expect(() => loadLibrary(koffi, undefined, "libc.so.6")).toThrow("init: libc.so.6 is no library of MPI 3");
  });
});
