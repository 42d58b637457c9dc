import type { Composition } from "./composition.ts";

/** A fault that is known and not yet mended: what has to do with it is left out of the hunt. Empty is what it should be. */
export interface KnownFault {
  readonly what: string;
  readonly concerns: (composition: Composition) => boolean;
}

export const knownFaults: readonly KnownFault[] = [
  {
    // fuseBatchNormRelu matches by buffer: with a view between the two, the fused backward has another shape than its input.
    what: "BatchNorm, then a view, then ReLU",
    concerns: ({ members, body }) => {
      const code = [...members, ...body].map((statement) => statement.code).join(";");
      return (
        /[bB]atchNorm/.test(code) &&
        /[rR]e?LU|relu/.test(code) &&
        /reshape|latten|view|squeeze|select|linear|Linear|Block/.test(code)
      );
    },
  },
];
