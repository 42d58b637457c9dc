import { describe, wrongState } from "../../core/index.ts";
import type * as nn from "../../nn/index.ts";
import { type NetworkSize, type ResolvedNetwork, TabularNet } from "../../tabular/index.ts";
import type { StudyData } from "../plan/plan.ts";
import { armsOf } from "../questions/index.ts";
import { studied } from "../trial/studied.ts";
import type { TrialSpec } from "../trial/trialSpec.ts";
import { type NamedArm, type NormArm, sameArm } from "./arm.ts";
import { checkArms, isNetworkArm } from "./checkArms.ts";
import { Examination, examineArm } from "./examine.ts";
import { makeNetwork, type NetworkArm } from "./networkArm.ts";

/** The question that an arm belongs to; null for a function that the user gave. */
type AskedOrGiven = Exclude<NamedArm["from"], "options">;

/** Finds the function of a trial's arm, since the arm in a trial is plain data. */
export class ArmFunctions {
  readonly #data: StudyData;
  readonly #given: ReadonlyMap<string, NetworkArm>;
  /** The given functions that were found to make the same network as the plan recorded. */
  readonly #known = new Set<string>();

  /** @throws TypeError or RangeError if an arm is invalid */
  constructor(data: StudyData, arms: readonly (NormArm | NetworkArm)[]) {
    if (!Array.isArray(arms) || arms.length > 0) checkArms("trialRunner", arms);
    this.#data = data;
    this.#given = new Map(arms.filter(isNetworkArm).map((arm) => [arm.name, arm]));
  }

  /**
   * The function that makes the networks of a trial.
   * @throws Error if there is no such arm, or it has another version or makes another network
   */
  of(spec: TrialSpec, size: NetworkSize, options: ResolvedNetwork): () => nn.AnyModule {
    const { arm } = spec;
    if (arm.name === undefined || arm.from === "options") return () => new TabularNet(size, options);
    const found = arm.from === null ? this.#given.get(arm.name) : this.#ofQuestion(spec, arm.from);
    const { network } = found ?? {};
    if (found === undefined || network === undefined) throw wrongState("trialRunner", missing(arm.name, arm.from));
    const key = JSON.stringify([arm, spec.hidden, spec.activation, spec.target, spec.train]);
    if (!this.#known.has(key)) {
      this.#compare(spec, arm, arm.from, found);
      this.#known.add(key);
    }
    const { schema, picture } = this.#data;
    return () => makeNetwork(network, size, { task: schema.task, ...(picture && { picture }) });
  }

  #ofQuestion(
    { arm, hidden, activation, batchSize, group }: TrialSpec,
    { ask, dropout }: NonNullable<AskedOrGiven>,
  ): NetworkArm | undefined {
    const arms = armsOf(ask, { hidden, activation, batchSize, dropout, data: studied(this.#data, { group }) });
    return arms.filter(isNetworkArm).find(({ name }) => name === arm.name);
  }

  #compare(spec: TrialSpec, arm: NamedArm, from: AskedOrGiven, found: NetworkArm): void {
    const { scale = "zscore", version = null } = found;
    if (version !== arm.version || scale !== arm.scale) {
      throw wrongState(
        "trialRunner",
        `the arm ${describe(arm.name)} of the study has version ${describe(arm.version)} and scale ${arm.scale}, ` +
          `and the one given ${describe(version)} and ${scale}`,
        "give the one it was planned with",
      );
    }
    const seen = examineArm(found, new Examination(this.#data, spec), from);
    if (!sameArm(seen, arm)) {
      throw wrongState(
        "trialRunner",
        `the arm ${describe(arm.name)} makes another network, or is trained differently, than when the ` +
          "study was planned",
        "plan it again",
      );
    }
  }
}

function missing(name: string, from: AskedOrGiven): string {
  return from === null
    ? `the arm ${describe(name)} of the study is a function; give it: trialRunner(data, arms)`
    : `the question ${describe(from.ask)} has no arm ${describe(name)} here; was the study planned by another version?`;
}
