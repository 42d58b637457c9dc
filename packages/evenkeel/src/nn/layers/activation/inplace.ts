import { check, checkOptions, flag } from "../../../core/index.ts";
import type { InplaceOption } from "../../checks.ts";
import { Module } from "../../module/module.ts";

/**
 * A layer that PyTorch can tell to write into its input. Here that has no effect but to be printed.
 */
export abstract class Inplace extends Module {
  readonly inplace: boolean;

  constructor({ inplace = false }: InplaceOption) {
    super();
    check(new.target.name, "inplace", inplace, flag());
    this.inplace = inplace;
  }

  override extraRepr(): string {
    return [...this.settings(), ...(this.inplace ? ["inplace=True"] : [])].join(", ");
  }

  /** The other settings as they are printed. */
  protected settings(): string[] {
    return [];
  }
}

/** One that has no other setting: a subclass needs its `forward` alone. */
export abstract class InplaceOnly extends Inplace {
  constructor(options: InplaceOption = {}) {
    checkOptions(new.target.name, options, ["inplace"]);
    super(options);
  }
}
