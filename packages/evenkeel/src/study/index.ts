export {
  type Arm,
  armId,
  describeArm,
  describeGroup,
  describeScale,
  hasBatchNorm,
  type NamedArm,
  type NormArm,
  type Scale,
  type Statistics,
  scales,
} from "./arms/arm.ts";
export type { MakeNetwork, NetworkArm, NetworkTask, PictureShape } from "./arms/networkArm.ts";
export { parseArm } from "./arms/parseArm.ts";
export type { SharedOptions, TrainingOptions } from "./arms/trainingOptions.ts";
export type { Claim, ClaimId } from "./claims/index.ts";
export { type BestTraining, bestTraining } from "./plan/bestTraining.ts";
export { studyOptions } from "./plan/options.ts";
export type { StudyOptions } from "./plan/options.types.ts";
export { planStudy, type StudyData, type StudyPlan } from "./plan/plan.ts";
export { countTrials, describePlan } from "./plan/planTrials.ts";
export {
  type Execute,
  type ExecuteOptions,
  type RunStudyOptions,
  runStudy,
  type StudyEvent,
  type StudyRun,
} from "./plan/runStudy.ts";
export {
  type Ask,
  type ComparisonHeadline,
  type Headline,
  type NormalizationHeadline,
  type Question,
  questionOf,
  questions,
  type StaleStatistics,
} from "./questions/index.ts";
export type { Figure, Verdict } from "./report/judge.ts";
export { type ArmRow, type ReportRow, type StudyReport, studyReport } from "./report/report.ts";
export { concludeStudy, type StudyResult, studyVersion } from "./report/result.ts";
export { type Estimate, type EstimateOptions, estimateMean, type Interval } from "./report/statistics.ts";
export { type Observation, StudyView } from "./report/view.ts";
export { runTrial, trialRunner } from "./trial/trial.ts";
export type { Errors, Reading, TrialResult, TrialRun } from "./trial/trialResult.ts";
export { isPlain, type Metric, metrics, plainVariant, type TrialSettings, type TrialSpec } from "./trial/trialSpec.ts";
