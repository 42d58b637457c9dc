import picocolors from "picocolors";
import { expect, test, vi } from "vitest";
import { guarded } from "./printed.ts";
import { catchWarnings } from "./warnings.ts";

test("a warning of the library passes the same door as errors, and console.warn is given back", () => {
  let written = "";
  const writeError = (text: string) => {
    written += text;
  };
  const { writeError: clean } = guarded({ write: () => {}, writeError, colors: picocolors.createColors(false) });
  const before = vi.spyOn(console, "warn").mockImplementation(() => {});
  const giveBack = catchWarnings(clean);
  console.warn("evenkeel: the layer \u001b[2J\u202e is %s", "new");
  giveBack();
  expect(before).not.toHaveBeenCalled();
  expect(written).toBe("evenkeel: the layer \u{fffd}[2J\u{fffd} is new\n");
  console.warn("after");
  expect(before).toHaveBeenCalledWith("after");
  before.mockRestore();
});
