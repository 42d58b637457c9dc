import { refuse, wrongType } from "../../core/index.ts";
import { describeArm, type NormArm } from "./arm.ts";
import { checkNetworkArm, type NetworkArm } from "./networkArm.ts";
import { checkNormArm } from "./normArms.ts";

export function isNetworkArm(arm: NormArm | NetworkArm): arm is NetworkArm {
  return "network" in arm || "options" in arm || "name" in arm;
}

/** @throws TypeError or RangeError unless `arms` is a list of different arms */
export function checkArms(caller: string, arms: readonly (NormArm | NetworkArm)[]): void {
  if (!Array.isArray(arms) || arms.length === 0) {
    throw refuse("missing", caller, "arms must be a list of at least one arm");
  }
  for (const arm of arms) {
    if (typeof arm !== "object" || arm === null) {
      throw wrongType(
        caller,
        "an arm",
        arm,
        "{ name, options }, { name, network: (features) => module } or { scale, norm, dropout }",
      );
    }
    if (isNetworkArm(arm)) checkNetworkArm(arm);
    else checkNormArm(arm);
  }
  const labels = arms.map((arm) => (isNetworkArm(arm) ? arm.name : describeArm(arm)));
  const repeated = labels.find((label, i) => labels.indexOf(label) < i);
  if (repeated !== undefined) throw refuse("conflict", caller, `the arm "${repeated}" is there twice`);
}
