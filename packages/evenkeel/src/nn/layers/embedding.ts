import { checkOptions, refuseMisspellings } from "../../core/index.ts";
import { arange, type GeneratorOption, noGrad, type Tensor, where, zeros } from "../../tensor/index.ts";
import { checkPlacedSize } from "../checks.ts";
import { checkedPadding, embedding } from "../functional/embedding.ts";
import { normal_ } from "../init.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";

export interface EmbeddingOptions extends GeneratorOption {
  /**
   * A row that starts at 0 and gets no gradient; negative numbers count from the last row. Default
   * null: none.
   */
  readonly paddingIdx?: number | null | undefined;
}

/**
 * A table of `numEmbeddings` learned vectors, one for each category: int32 numbers [...] -> [...,
 * embeddingDim]. The vectors start normal(0, 1), the numbers PyTorch draws under the same seed.
 * https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html
 * @throws RangeError if a size is not a whole number of at least 1, or `paddingIdx` names no row;
 *   on a call with a number that is not from 0 to numEmbeddings - 1
 */
export class Embedding extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  /** Counted from the first row. */
  readonly paddingIdx: number | null;
  /** [numEmbeddings, embeddingDim] */
  weight: Parameter;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions = {}) {
    super();
    refuseMisspellings(Embedding.prototype, "layer", {
      fields: ["numEmbeddings", "embeddingDim", "paddingIdx"],
      assignable: true,
    });
    checkPlacedSize("Embedding", "numEmbeddings", numEmbeddings);
    checkPlacedSize("Embedding", "embeddingDim", embeddingDim);
    checkOptions("Embedding", options, ["paddingIdx", "generator"]);
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = checkedPadding("Embedding", options.paddingIdx ?? null, numEmbeddings);
    this.weight = new Parameter(zeros([numEmbeddings, embeddingDim]));
    this.resetParameters(options);
  }

  /** Draws new vectors; that of the padding becomes 0. */
  resetParameters({ generator }: GeneratorOption = {}): void {
    normal_(this.weight, 0, 1, { generator });
    const { paddingIdx } = this;
    if (paddingIdx === null) return;
    const learned = arange(this.numEmbeddings).unsqueeze(1).ne(paddingIdx);
    noGrad(() => this.weight.copy_(where(learned, this.weight, 0)));
  }

  override forward(input: Tensor): Tensor {
    return embedding(input, this.weight, { paddingIdx: this.paddingIdx });
  }

  override extraRepr(): string {
    const { numEmbeddings, embeddingDim, paddingIdx } = this;
    return `${numEmbeddings}, ${embeddingDim}${paddingIdx === null ? "" : `, padding_idx=${paddingIdx}`}`;
  }
}
