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
} from "./arms/arm.ts";
export type { MakeNetwork, NetworkArm, NetworkTask, PictureShape } from "./arms/networkArm.ts";
export type { Claim, ClaimId } from "./claims/index.ts";
export type { Figure, Verdict } from "./judge.ts";
export { planStudy, type StudyData, type StudyOptions, type StudyPlan } from "./plan.ts";
export { countTrials, describePlan } from "./planTrials.ts";
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
export { type ReportRow, type StudyReport, studyReport } from "./report.ts";
export { concludeStudy, type StudyResult, studyVersion } from "./result.ts";
export {
  type Execute,
  type ExecuteOptions,
  type RunStudyOptions,
  runStudy,
  type StudyEvent,
  type StudyRun,
} from "./schedule.ts";
export { type Estimate, type EstimateOptions, estimateMean, type Interval } from "./statistics.ts";
export { runTrial, trialRunner } from "./trial.ts";
export type { Errors, Reading, TrialResult, TrialRun } from "./trialResult.ts";
export type { Metric, TrialSettings, TrialSpec } from "./trialSpec.ts";
export { type Observation, StudyView } from "./view.ts";
