/** All that a page needs to predict: see docs/17-predicting.md. */
export { TableModel } from "evenkeel/tabular";
