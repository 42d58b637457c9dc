import { expect, it } from "vitest";
import { epochInWords, stateInWords } from "./transport.ts";

it("counts epochs, with a decimal while they are few", () => {
  expect([epochInWords(0, 8), epochInWords(12, 8), epochInWords(2000, 8), epochInWords(100_000, 8)]).toEqual([
    "epoch 0.0",
    "epoch 1.5",
    "epoch 250",
    "epoch 12,500",
  ]);
});

it("says which side diverged, also while the other goes on", () => {
  expect(stateInWords(true, ["running", "running"])).toBe("training");
  expect(stateInWords(false, ["paused", "paused"])).toBe("paused");
  expect(stateInWords(true, ["diverged", "running"])).toBe("training: left diverged");
  expect(stateInWords(false, ["diverged", "finished"])).toBe("finished: left diverged");
  expect(stateInWords(false, ["diverged", "diverged"])).toBe("finished: left and right diverged");
});
