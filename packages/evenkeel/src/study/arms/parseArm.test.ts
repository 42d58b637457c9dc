import { describe, expect, test } from "vitest";
import { norms } from "../../tabular/index.ts";
import { armId, scales } from "./arm.ts";
import { parseArm } from "./parseArm.ts";

describe("parseArm", () => {
  test("is the inverse of armId", () => {
    for (const scale of scales) {
      for (const norm of norms) {
        for (const dropout of [0, 0.3, 0.05, 1e-7]) {
          const arm = { scale, norm, dropout };
          expect(parseArm(armId(arm))).toEqual(arm);
        }
      }
    }
  });

  test("takes none, spaces, and the words behind the scaling in any order", () => {
    expect(parseArm("zscore + none + dropout.3")).toEqual({ scale: "zscore", norm: "none", dropout: 0.3 });
    expect(armId(parseArm("raw+dropout0.20+layer"))).toBe("raw+layer+dropout0.2");
    expect(armId(parseArm("squash+none+dropout0"))).toBe("squash");
  });

  test.each([
    [
      "zscore+bacth",
      /"bacth" of the arm "zscore\+bacth" is unknown; did you mean batch\? Behind.* none, batch, layer, and dropout/,
    ],
    ["batch", /"batch" is unknown.*begin with a scaling of the features: raw, zscore, robust, squash/],
    ["zscoer", /did you mean zscore\?/],
    ["raw+batch+layer", /more than one normalization/],
    ["raw+dropout0.1+dropout0.2", /more than one dropout/],
    ["raw+dropout1", /drops 1; give a number below 1/],
    ["raw+dropout", /"dropout" of the arm/],
    ["raw+dropout-0.5", /"dropout-0\.5" of the arm/],
    ["raw++batch", /"" of the arm/],
    ["", /"" is unknown/],
  ])("refuses %j", (text, message) => {
    expect(() => parseArm(text)).toThrow(message);
  });
});
