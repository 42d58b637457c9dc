/** All that a page needs to predict with boosted trees. */
export { TreeModel } from "evenkeel/tabular";
