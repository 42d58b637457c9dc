import { refuse } from "../core/index.ts";
import { ByteWriter } from "./bytes.ts";
import { Local, type ValueType } from "./expression.ts";
import { FunctionBuilder, type FunctionRef, typeCode } from "./functionBuilder.ts";

type Locals<P extends readonly ValueType[]> = { readonly [K in keyof P]: Local<P[K]> };

interface Defined {
  readonly ref: FunctionRef;
  readonly body: Uint8Array;
  readonly exported: boolean;
}

/** All that WebAssembly can address: 4 GiB. */
export const mostPages = 65_536;

interface ModuleOptions {
  readonly wide?: (() => boolean) | undefined;
  readonly isShared?: boolean | undefined;
}

/**
 * Builds a WebAssembly module over one imported memory (`env.memory`). Imports come first, then
 * functions in order of definition. Equal calls give equal bytes.
 */
export class ModuleBuilder {
  readonly #wide: () => boolean;
  readonly #imports: FunctionRef[] = [];
  readonly #functions: Defined[] = [];
  readonly #shared = new Map<string, FunctionRef>();

  /** Whether the memory is shared by threads. */
  readonly #isShared: boolean;

  /** @param options.wide whether loops are to be written for vectors of 256 bits; asked when it matters */
  constructor({ wide = () => false, isShared = false }: ModuleOptions = {}) {
    this.#wide = wide;
    this.#isShared = isShared;
  }

  /** Whether the engine makes 256-bit operations of pairs of ours: then other loops are the fastest. */
  get wide(): boolean {
    return this.#wide();
  }

  /**
   * A function of the host, `env.<name>`. All imports must be declared before the first function.
   */
  import<const P extends readonly ValueType[]>(name: string, params: P): FunctionRef<P, null> {
    if (this.#functions.length > 0) throw refuse("internal", "", `import ${name}: imports must come before functions`);
    const ref = { name, index: this.#imports.length, params, result: null };
    this.#imports.push(ref);
    return ref;
  }

  /** Defines a function; with `exported`, the host can call it by name. */
  function<const P extends readonly ValueType[], R extends ValueType | null = null>(
    name: string,
    params: P,
    write: (f: FunctionBuilder, ...params: Locals<P>) => void,
    { result = null as R, exported = false }: { result?: R; exported?: boolean } = {},
  ): FunctionRef<P, R> {
    const f = new FunctionBuilder(params);
    write(f, ...(params.map((type, i) => new Local(type, i)) as unknown as Locals<P>));
    // Numbered only now: functions that `write` defines come before it.
    const ref = { name, index: this.#imports.length + this.#functions.length, params, result };
    this.#functions.push({ ref, body: f.encode(), exported });
    return ref;
  }

  /** A function defined once per module, on first request: exp, log, a micro-kernel. */
  shared<P extends readonly ValueType[], R extends ValueType | null>(
    name: string,
    define: (module: ModuleBuilder) => FunctionRef<P, R>,
  ): FunctionRef<P, R> {
    const known = this.#shared.get(name);
    if (known !== undefined) return known as FunctionRef<P, R>;
    const ref = define(this);
    this.#shared.set(name, ref);
    return ref;
  }

  /**
   * The functions that it exports, over a memory, for a module that imports nothing else. Compiles at
   * once, as Node and workers allow.
   * @throws if the engine refuses
   */
  instantiate(memory: WebAssembly.Memory): WebAssembly.Exports {
    return new WebAssembly.Instance(new WebAssembly.Module(this.toBytes()), { env: { memory } }).exports;
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    const all = [...this.#imports, ...this.#functions.map(({ ref }) => ref)];
    const signatures = [...new Set(all.map(signatureOf))];
    const typeIndex = (ref: FunctionRef) => signatures.indexOf(signatureOf(ref));
    const out = new ByteWriter();
    out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    section(out, 1, signatures.length, (s) => {
      for (const signature of signatures)
        writeSignature(s, all[all.findIndex((ref) => signatureOf(ref) === signature)]);
    });
    section(out, 2, this.#imports.length + 1, (s) => {
      s.name("env");
      s.name("memory");
      // The limits of the import: at least one page, no maximum of its own, which shared memory must have.
      s.bytes(this.#isShared ? [2, 3, 1] : [2, 0, 1]);
      if (this.#isShared) s.u32(mostPages);
      for (const ref of this.#imports) {
        s.name("env");
        s.name(ref.name);
        s.byte(0);
        s.u32(typeIndex(ref));
      }
    });
    section(out, 3, this.#functions.length, (s) => {
      for (const { ref } of this.#functions) s.u32(typeIndex(ref));
    });
    const exported = this.#functions.filter((defined) => defined.exported);
    section(out, 7, exported.length, (s) => {
      for (const { ref } of exported) {
        s.name(ref.name);
        s.byte(0);
        s.u32(ref.index);
      }
    });
    section(out, 10, this.#functions.length, (s) => {
      for (const { body } of this.#functions) {
        s.u32(body.length);
        s.bytes(body);
      }
    });
    return out.toBytes();
  }
}

const signatureOf = ({ params, result }: FunctionRef): string => `${params.join()}:${result}`;

function writeSignature(out: ByteWriter, { params, result }: FunctionRef): void {
  out.byte(0x60);
  out.u32(params.length);
  out.bytes(params.map(typeCode));
  out.bytes(result === null ? [0] : [1, typeCode(result)]);
}

function section(out: ByteWriter, id: number, count: number, write: (content: ByteWriter) => void): void {
  const content = new ByteWriter();
  content.u32(count);
  write(content);
  out.byte(id);
  out.u32(content.length);
  out.bytes(content.toBytes());
}
