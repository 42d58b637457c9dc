/**
 * What a thread does, as the source of a worker: it waits for tickets, and runs the parts that it gets
 * (pool.ts has the protocol). A source, because the library is bundled in ways that it cannot know.
 */
export const workerSource = `
function help({ memory, control, own, place }) {
  const words = new Int32Array(memory.buffer, control, 16);
  const programs = new Map();

  /** The parts of a program, from its module's bytes in memory; undefined if they are no longer wanted. */
  function partsOf(id, ticket) {
    let parts = programs.get(id);
    if (parts !== undefined) return parts;
    const [address, length] = [Atomics.load(words, place.address), Atomics.load(words, place.length)];
    if (address + length > memory.buffer.byteLength) return undefined; // the memory has just grown
    const bytes = new Uint8Array(memory.buffer, address, length).slice();
    if (Atomics.load(words, place.ticket) !== ticket) return undefined;
    const env = { memory, fallback() {}, parallel() {} };
    parts = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env }).exports;
    programs.set(id, parts);
    if (programs.size > 64) programs.delete(programs.keys().next().value);
    return parts;
  }

  let idleSince = performance.now();
  for (;;) {
    const ticket = Atomics.load(words, place.ticket);
    const left = ticket & 255;
    if (left > 0 && own < Atomics.load(words, place.threads)) {
      const [id, first] = [Atomics.load(words, place.program), Atomics.load(words, place.first)];
      const part = partsOf(id, ticket)?.["part_" + (first + left - 1)];
      // From here to the end of the part nothing is allocated: a thread that has taken a part must not fail.
      if (part !== undefined && Atomics.compareExchange(words, place.ticket, ticket, ticket - 1) === ticket) {
        part();
        Atomics.add(words, place.done, 1);
        Atomics.notify(words, place.done);
      }
      idleSince = performance.now();
    } else if (performance.now() - idleSince > 0.02) {
      Atomics.wait(words, place.ticket, ticket);
      idleSince = performance.now();
    }
  }
}

const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (node === undefined) addEventListener("message", ({ data }) => help(data));
else help(node.workerData);
`;
