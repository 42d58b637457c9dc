import { notHere } from "../core/index.ts";

/**
 * Names of torch.nn that this library lacks: each throws a line that says what to write instead.
 * They are of the type `never` and marked as deprecated, so that editors strike them out; a page
 * that does not use them does not ship them.
 */

const images = "the layers for images that are here are listed in docs/05-layers-and-losses.md";
const sequences = "there are no layers for sequences here; give each row its columns, with nn.Linear and nn.Embedding";
const lists = "set each as a field, or by registerParameter(name, parameter)";

/** @deprecated It is not here. */
export const AdaptiveLogSoftmaxWithLoss: never = /* @__PURE__ */ notHere(
  "nn.AdaptiveLogSoftmaxWithLoss",
  "use nn.CrossEntropyLoss",
);
/** @deprecated It is not here. */
export const Bilinear: never = /* @__PURE__ */ notHere("nn.Bilinear", "write it with matmul and nn.Parameter");
/** @deprecated It is not here. */
export const CTCLoss: never = /* @__PURE__ */ notHere("nn.CTCLoss", sequences);
/** @deprecated It is not here. */
export const CosineEmbeddingLoss: never = /* @__PURE__ */ notHere(
  "nn.CosineEmbeddingLoss",
  "write it with mul, sum and clamp",
);
/** @deprecated It is not here. */
export const CrossMapLRN2d: never = /* @__PURE__ */ notHere("nn.CrossMapLRN2d", "use nn.LocalResponseNorm");
/** @deprecated It is not here. */
export const DataParallel: never = /* @__PURE__ */ notHere(
  "nn.DataParallel",
  "there is one device; for several processes there is nn.parallel.DistributedDataParallel",
);
/** @deprecated It is not here. */
export const EmbeddingBag: never = /* @__PURE__ */ notHere("nn.EmbeddingBag", sequences);
/** @deprecated It is not here. */
export const FractionalMaxPool2d: never = /* @__PURE__ */ notHere("nn.FractionalMaxPool2d", images);
/** @deprecated It is not here. */
export const FractionalMaxPool3d: never = /* @__PURE__ */ notHere("nn.FractionalMaxPool3d", images);
/** @deprecated It is not here. */
export const GRU: never = /* @__PURE__ */ notHere("nn.GRU", sequences);
/** @deprecated It is not here. */
export const GRUCell: never = /* @__PURE__ */ notHere("nn.GRUCell", sequences);
/** @deprecated It is not here. */
export const GaussianNLLLoss: never = /* @__PURE__ */ notHere(
  "nn.GaussianNLLLoss",
  "write variance.log().add(input.sub(target).square().div(variance)).mul(0.5).mean()",
);
/** @deprecated It is not here. */
export const HingeEmbeddingLoss: never = /* @__PURE__ */ notHere(
  "nn.HingeEmbeddingLoss",
  "write where(target.eq(1), input, F.relu(sub(margin, input))).mean()",
);
/** @deprecated It is not here. */
export const LSTM: never = /* @__PURE__ */ notHere("nn.LSTM", sequences);
/** @deprecated It is not here. */
export const LSTMCell: never = /* @__PURE__ */ notHere("nn.LSTMCell", sequences);
/** @deprecated It is not here. */
export const MarginRankingLoss: never = /* @__PURE__ */ notHere(
  "nn.MarginRankingLoss",
  "write F.relu(target.neg().mul(a.sub(b)).add(margin)).mean()",
);
/** @deprecated It is not here. */
export const MultiLabelMarginLoss: never = /* @__PURE__ */ notHere(
  "nn.MultiLabelMarginLoss",
  "use nn.BCEWithLogitsLoss",
);
/** @deprecated It is not here. */
export const MultiLabelSoftMarginLoss: never = /* @__PURE__ */ notHere(
  "nn.MultiLabelSoftMarginLoss",
  "use nn.BCEWithLogitsLoss",
);
/** @deprecated It is not here. */
export const MultiMarginLoss: never = /* @__PURE__ */ notHere("nn.MultiMarginLoss", "use nn.CrossEntropyLoss");
/** @deprecated It is not here. */
export const MultiheadAttention: never = /* @__PURE__ */ notHere("nn.MultiheadAttention", sequences);
/** @deprecated It is not here. */
export const PairwiseDistance: never = /* @__PURE__ */ notHere("nn.PairwiseDistance", "write a.sub(b).norm(2, -1)");
/** @deprecated It is not here. */
export const ParameterDict: never = /* @__PURE__ */ notHere("nn.ParameterDict", lists);
/** @deprecated It is not here. */
export const ParameterList: never = /* @__PURE__ */ notHere("nn.ParameterList", lists);
/** @deprecated It is not here. */
export const PoissonNLLLoss: never = /* @__PURE__ */ notHere(
  "nn.PoissonNLLLoss",
  "write input.exp().sub(target.mul(input)).mean()",
);
/** @deprecated It is not here. */
export const RNN: never = /* @__PURE__ */ notHere("nn.RNN", sequences);
/** @deprecated It is not here. */
export const RNNBase: never = /* @__PURE__ */ notHere("nn.RNNBase", sequences);
/** @deprecated It is not here. */
export const RNNCell: never = /* @__PURE__ */ notHere("nn.RNNCell", sequences);
/** @deprecated It is not here. */
export const SoftMarginLoss: never = /* @__PURE__ */ notHere(
  "nn.SoftMarginLoss",
  "write F.softplus(target.neg().mul(input)).mean()",
);
/** @deprecated It is not here. */
export const Transformer: never = /* @__PURE__ */ notHere("nn.Transformer", sequences);
/** @deprecated It is not here. */
export const TransformerDecoder: never = /* @__PURE__ */ notHere("nn.TransformerDecoder", sequences);
/** @deprecated It is not here. */
export const TransformerDecoderLayer: never = /* @__PURE__ */ notHere("nn.TransformerDecoderLayer", sequences);
/** @deprecated It is not here. */
export const TransformerEncoder: never = /* @__PURE__ */ notHere("nn.TransformerEncoder", sequences);
/** @deprecated It is not here. */
export const TransformerEncoderLayer: never = /* @__PURE__ */ notHere("nn.TransformerEncoderLayer", sequences);
/** @deprecated It is not here. */
export const TripletMarginLoss: never = /* @__PURE__ */ notHere(
  "nn.TripletMarginLoss",
  "write F.relu(a.sub(b).norm(2, 1).sub(a.sub(c).norm(2, 1)).add(margin)).mean()",
);
/** @deprecated It is not here. */
export const TripletMarginWithDistanceLoss: never = /* @__PURE__ */ notHere(
  "nn.TripletMarginWithDistanceLoss",
  "write F.relu(distance(a, b).sub(distance(a, c)).add(margin)).mean()",
);
