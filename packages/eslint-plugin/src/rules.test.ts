/**
 * The cases of all rules in one file: the program of types that they share takes seconds to make.
 */
import "./rules/noFrozenValueInCompiledStep.cases.ts";
import "./rules/noTensorCondition.cases.ts";
import "./rules/noTensorIdentity.cases.ts";
import "./rules/noTensorIndex.cases.ts";
import "./rules/noTensorOperator.cases.ts";
import "./rules/noUnusedTensorResult.cases.ts";
