import { beforeEach, describe, expect, it } from "vitest";
import { manualSeed } from "../../random/index.ts";
import { cat, noGrad, ones, randn, type Tensor, tensor, zeros } from "../../tensor/index.ts";
import * as F from "../functional/index.ts";
import * as nn from "../index.ts";

beforeEach(() => void manualSeed(0));

const { checkBatchNorm } = nn;
const rules = (report: nn.BatchNormReport) => report.findings.map(({ rule, module }) => `${rule} ${module}`);
const only = (report: nn.BatchNormReport, rule: nn.BatchNormRule) => {
  const found = report.findings.filter((finding) => finding.rule === rule);
  expect(found.length, `${rule} in\n${report}`).toBe(1);
  return found[0];
};
/** Batches of rows of a tensor, with a target. */
const batchesOf = (x: Tensor, size: number) => x.split(size).map((rows) => [rows, zeros([rows.shape[0], 1])]);

/** The tutorial's network, with functions between its layers. */
class Net extends nn.Module {
  layer1 = new nn.Linear(4, 8);
  layer2 = new nn.Linear(8, 6, { bias: false });
  layer3 = new nn.Linear(6, 1);
  norm2 = new nn.BatchNorm1d(6);
  norm1 = new nn.BatchNorm1d(8);
  override forward(x: Tensor): Tensor {
    const hidden = F.relu(this.norm1(this.layer1(x)));
    return this.layer3(this.norm2(F.relu(this.layer2(F.dropout(hidden, { p: 0.5, training: this.training })))));
  }
}

const good = () =>
  new nn.Sequential(new nn.Linear(4, 8, { bias: false }), new nn.BatchNorm1d(8), new nn.ReLU(), new nn.Linear(8, 1));

describe("what stands before", () => {
  it("is found by running a network of one's own, with functions between its layers", () => {
    const net = new Net();
    const report = checkBatchNorm(net, { input: randn([8, 4]) });
    expect(report.order).toEqual({ norm1: "traced", norm2: "traced" });
    expect(rules(report).sort()).toEqual([
      "bias-before-norm norm1",
      "dropout-before-norm norm2",
      "norm-behind-activation norm2",
    ]);
    expect(only(report, "bias-before-norm")).toMatchObject({ severity: "warning", number: 8 });
    expect(only(report, "norm-behind-activation").severity).toBe("note");
    // p 0.5 behind a ReLU: 2.467, through the Linear if its inputs are independent.
    expect(only(report, "dropout-before-norm").number).toBeCloseTo(2.467, 3);
  });

  it("is looked for whatever the layers are called", () => {
    const named = checkBatchNorm(new nn.ModuleDict([["__proto__", new nn.BatchNorm1d(4, { momentum: 0.99 })]]));
    expect(rules(named)).toEqual(["momentum-fast __proto__"]);
    expect(String(named)).toContain("1 BatchNorm layer: 1 finding");
  });

  it("blames no bias that the mean does not take away", () => {
    class Beside extends nn.Module {
      conv = new nn.Conv2d(2, 3, 1);
      norm = new nn.BatchNorm2d(3);
      forward(x: Tensor): Tensor {
        const y = this.conv(x);
        return this.norm(y).add(y);
      }
    }
    const pictures = randn([4, 2, 3, 3]);
    expect(rules(checkBatchNorm(new Beside(), { input: pictures }))).toEqual([]);
    // One mean for the nine values of a channel.
    const grown = () => new nn.Sequential(new nn.Linear(5, 27), new nn.Unflatten(1, [3, 3, 3]), new nn.BatchNorm2d(3));
    expect(rules(checkBatchNorm(grown()))).toEqual([]);
    expect(rules(checkBatchNorm(grown(), { input: randn([4, 5]) }))).toEqual([]);
    const flat = new nn.Sequential(new nn.Conv2d(2, 3, 1), new nn.Flatten(), new nn.BatchNorm1d(27));
    expect(rules(checkBatchNorm(flat, { input: pictures }))).toEqual(["bias-before-norm 2"]);
  });

  it("is found by the order of a Sequential, through others inside, and not guessed elsewhere", () => {
    const body = new nn.Sequential(new nn.Linear(4, 8), new nn.Identity());
    const nested = checkBatchNorm(new nn.Sequential(body, new nn.BatchNorm1d(8), new nn.Linear(8, 1)));
    expect(nested.order).toEqual({ "1": "sequential" });
    expect(rules(nested)).toEqual(["bias-before-norm 1"]);
    const unknown = checkBatchNorm(new Net());
    expect(unknown.order).toEqual({ norm2: "unknown", norm1: "unknown" });
    expect(unknown.findings).toEqual([]);
    expect(String(unknown)).toContain(
      'What stands before "norm2", "norm1" is not known: give { input } or { loader }.',
    );
    class Own extends nn.Sequential {
      override forward(x: Tensor): Tensor {
        return this.at(1)(this.at(0)(x).relu());
      }
    }
    expect(checkBatchNorm(new Own(new nn.Linear(4, 8), new nn.BatchNorm1d(8))).order).toEqual({ "1": "unknown" });
  });

  it("may be a convolution, and channels that are dropped", () => {
    const net = new nn.Sequential(
      new nn.Conv2d(3, 4, 3),
      new nn.BatchNorm2d(4),
      new nn.ReLU(),
      new nn.Conv2d(4, 2, 3, { bias: false }),
      new nn.ReLU(),
      new nn.BatchNorm2d(2),
    );
    for (const report of [checkBatchNorm(net), checkBatchNorm(net, { input: randn([2, 3, 8, 8]) })])
      expect(rules(report)).toEqual(["bias-before-norm 1", "norm-behind-activation 5"]);
    // Four rows have many places.
    expect(rules(checkBatchNorm(net, { loader: batchesOf(randn([9, 3, 8, 8]), 4) }))).toEqual([
      "bias-before-norm 1",
      "norm-behind-activation 5",
    ]);
  });

  it("is not complained of where it is as it should be", () => {
    const report = checkBatchNorm(good(), { loader: batchesOf(randn([320, 4]), 32), steps: 1000 });
    expect(String(report)).toBe("1 BatchNorm layer, 320 rows looked at: nothing to complain of");
    expect(String(checkBatchNorm(new nn.Linear(2, 1)))).toBe("There is no batch normalization in the model.");
  });

  it("changes nothing: modes, buffers, parameters, generator, hooks", () => {
    const net = new Net();
    net.eval();
    const before = Object.values(net.stateDict()).map(({ data }) => [...data]);
    manualSeed(7);
    checkBatchNorm(net, { loader: batchesOf(randn([64, 4]), 32) });
    const drawn = randn([1]).item();
    manualSeed(7);
    randn([64, 4]);
    expect(randn([1]).item()).toBe(drawn);
    expect(Object.values(net.stateDict()).map(({ data }) => [...data])).toEqual(before);
    expect(net.modules().every(({ training }) => !training)).toBe(true);
    expect(() => checkBatchNorm(net, { loader: batchesOf(randn([64, 3]), 32) })).toThrow("3 features");
    expect(net.modules().every(({ training }) => !training)).toBe(true);
  });
});

describe("dropout", () => {
  it("is measured with a loader", () => {
    const net = new nn.Sequential(new nn.ReLU(), new nn.Dropout(0.3), new nn.BatchNorm1d(4), new nn.Linear(4, 1));
    const finding = only(checkBatchNorm(net, { loader: batchesOf(randn([4000, 4]), 100) }), "dropout-before-norm");
    expect(finding.number).toBeCloseTo(1.63, 1);
    expect(finding.reason).toContain("measured here");
    // Values of mean 3: a constant that is dropped or not.
    const far = new nn.Sequential(new nn.Dropout(0.3), new nn.BatchNorm1d(4));
    const number = only(
      checkBatchNorm(far, { loader: batchesOf(randn([4000, 4]).add(3), 100) }),
      "dropout-before-norm",
    ).number;
    expect(number / ((1 + 0.3 * 9) / 0.7)).toBeCloseTo(1, 1);
    expect(only(checkBatchNorm(far), "dropout-before-norm").number).toBeCloseTo(1 / 0.7, 6);
    expect(rules(checkBatchNorm(new nn.Sequential(new nn.Dropout(0), new nn.BatchNorm1d(4))))).toEqual([]);
  });
});

describe("settings", () => {
  const norm = (momentum: number | null) => new nn.Sequential(new nn.BatchNorm1d(4, { momentum }));

  it("a momentum that looks copied from Keras", () => {
    const finding = only(checkBatchNorm(norm(0.99)), "momentum-fast");
    expect(finding.number).toBeCloseTo(1.02, 2);
    expect(finding.cure).toContain("{ momentum: 0.01 }");
    expect(rules(checkBatchNorm(norm(0.5)))).toEqual([]);
  });

  it("a momentum that is slow for so few steps", () => {
    const finding = only(checkBatchNorm(norm(0.01), { steps: 100 }), "momentum-slow");
    expect(finding).toMatchObject({ severity: "warning", number: 459 });
    expect(finding.reason).toContain("36.6% of the start");
    expect(only(checkBatchNorm(norm(0.1), { steps: 100 }), "momentum-slow")).toMatchObject({
      severity: "note",
      number: 44,
    });
    expect(rules(checkBatchNorm(norm(0.1), { steps: 220 }))).toEqual([]);
    expect(rules(checkBatchNorm(norm(null), { steps: 1 }))).toEqual([]);
    expect(only(checkBatchNorm(norm(0), { steps: 1e6 }), "momentum-slow").number).toBe(Number.POSITIVE_INFINITY);
  });

  it("frozen, but in training mode", () => {
    const net = good();
    net.at(1).requiresGrad_(false);
    expect(only(checkBatchNorm(net), "frozen-but-training").number).toBe(0.1);
    expect(rules(checkBatchNorm(net.eval()))).toEqual([]);
  });

  it("weight decay on it, and on what it takes the length of", () => {
    const net = good();
    const optimizer = { paramGroups: [{ params: net.parameters(), weightDecay: 0.1 }] };
    const report = checkBatchNorm(net, { optimizer });
    expect(rules(report)).toEqual(["decay-on-norm 1", "decay-before-norm 1"]);
    expect(report.findings.map(({ severity, number }) => [severity, number])).toEqual([
      ["note", 0.1],
      ["note", 0.1],
    ]);
    const apart = { paramGroups: [{ params: [...net.at(1).parameters()], weightDecay: 0 }] };
    expect(rules(checkBatchNorm(net, { optimizer: apart }))).toEqual([]);
    net.at(1).frozen = true;
    net.at(1).requiresGrad_(false);
    expect(rules(checkBatchNorm(net.eval(), { optimizer }))).toEqual([]);
  });
});

describe("batches", () => {
  it("so small that training and evaluation differ", () => {
    const small = (batchSize: number) => checkBatchNorm(good(), { batchSize });
    expect(only(small(4), "small-batch").number).toBeCloseTo(1.596, 3);
    expect(only(small(8), "small-batch").number).toBeCloseTo(1.204, 3);
    expect(only(small(2), "small-batch").number).toBeCloseTo(6.95, 2);
    expect(rules(small(16))).toEqual([]);
    // Places count like rows.
    const places = new nn.Sequential(new nn.BatchNorm1d(3));
    expect(rules(checkBatchNorm(places, { loader: batchesOf(randn([16, 3, 5]), 4) }))).toEqual([]);
    expect(only(checkBatchNorm(places, { loader: batchesOf(randn([16, 3, 2]), 4) }), "small-batch").number).toBeCloseTo(
      1.204,
      3,
    );
  });

  it("the last of which is a single row", () => {
    expect(only(checkBatchNorm(good(), { rows: 385, batchSize: 32 }), "lone-row")).toMatchObject({
      severity: "error",
      module: "1",
    });
    expect(rules(checkBatchNorm(good(), { rows: 384, batchSize: 32 }))).toEqual([]);
    expect(only(checkBatchNorm(good(), { loader: batchesOf(randn([33, 4]), 32) }), "lone-row").reason).toContain(
      "33 rows",
    );
    expect(rules(checkBatchNorm(good(), { loader: batchesOf(randn([33, 4]), 32), batches: 1 }))).toEqual([]);
  });
});

describe("values", () => {
  const table = (column: Tensor) => cat([randn([column.shape[0], 2]), column.reshape([-1, 1])], 1);

  it("a constant column", () => {
    const net = new nn.Sequential(new nn.BatchNorm1d(3), new nn.Linear(3, 1));
    const finding = only(
      checkBatchNorm(net, { loader: batchesOf(table(ones([320]).mul(0.1)), 32) }),
      "constant-channel",
    );
    expect(finding).toMatchObject({ severity: "error", module: "0" });
    expect(finding.number).toBeCloseTo(316.2, 1);
    expect(finding.reason).toContain("channel 2 is constant over 320 values (0.1)");
    // The number is what one value away makes after training.
    for (let i = 0; i < 300; i++) net.at(0)(table(ones([32]).mul(0.1)));
    const [made] = [net.eval().at(0)(tensor([[0, 0, 1.1]])).data[2]];
    expect(made / finding.number).toBeCloseTo(1, 2);
  });

  it("a dead unit", () => {
    const net = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.BatchNorm1d(4));
    noGrad(() => net.at(0).bias.sub_(100));
    const report = checkBatchNorm(net, { loader: batchesOf(randn([64, 3]), 32) });
    expect(only(report, "constant-channel")).toMatchObject({ severity: "warning", module: "2" });
    expect(only(report, "norm-behind-activation").number).toBe(1);
  });

  it("a class of the library by its name there, whatever a bundler calls it", () => {
    class Bent extends nn.ReLU {}
    const reasonBehind = (activation: nn.ReLU) => {
      const net = new nn.Sequential(new nn.Linear(3, 4), activation, new nn.BatchNorm1d(4));
      return only(checkBatchNorm(net, { loader: batchesOf(randn([64, 3]), 32) }), "norm-behind-activation").reason;
    };
    const name = Object.getOwnPropertyDescriptor(nn.ReLU, "name") as PropertyDescriptor;
    Object.defineProperty(nn.ReLU, "name", { ...name, value: "e" });
    try {
      expect(reasonBehind(new nn.ReLU())).toContain("(ReLU)");
      expect(reasonBehind(new Bent())).toContain("(Bent)");
    } finally {
      Object.defineProperty(nn.ReLU, "name", name);
    }
  });

  it("a rare one-hot column", () => {
    const rare = tensor(Array.from({ length: 3200 }, (_, i) => ((i * 37) % 3200 < 32 ? 1 : 0)));
    const net = new nn.Sequential(new nn.BatchNorm1d(3), new nn.Linear(3, 1));
    const finding = only(checkBatchNorm(net, { loader: batchesOf(table(rare), 32) }), "rare-channel");
    const batches = rare.split(32).filter((batch) => batch.sum().item() === 0).length;
    expect(finding.number).toBe(batches / 100);
    expect(finding.number).toBeGreaterThan(0.5);
    expect(finding.reason).toContain("5.57 standard deviations if it is alone in its batch, and at 9.95");
    const common = tensor(Array.from({ length: 3200 }, (_, i) => (i % 3 === 0 ? 1 : 0)));
    expect(rules(checkBatchNorm(net, { loader: batchesOf(table(common), 32) }))).toEqual([]);
    // An output of a Linear is not a dummy column.
    expect(
      rules(checkBatchNorm(good(), { loader: batchesOf(cat([table(rare), table(rare).narrow(1, 0, 1)], 1), 32) })),
    ).toEqual([]);
  });

  it("an eps that matters", () => {
    const net = new nn.Sequential(new nn.BatchNorm1d(4, { affine: false }));
    const finding = only(checkBatchNorm(net, { loader: batchesOf(randn([3200, 4]).mul(0.01), 32) }), "eps-matters");
    expect(finding.number).toBeCloseTo(Math.sqrt(1e-4 / (1e-4 + 1e-5)), 1);
    expect(rules(checkBatchNorm(net, { loader: batchesOf(randn([3200, 4]).mul(0.02), 32) }))).toEqual([]);
  });

  it("statistics that are not those of the data", () => {
    const net = good();
    const loader = batchesOf(randn([320, 4]), 32);
    for (const [x] of [...loader, ...loader, ...loader, ...loader, ...loader]) net(x);
    expect(rules(checkBatchNorm(net, { loader }))).toEqual([]);
    noGrad(() => net.at(0).weight.mul_(3)); // the weights have moved since
    expect(only(checkBatchNorm(net, { loader }), "stale-statistics")).toMatchObject({
      severity: "warning",
      module: "1",
    });
    // There are no findings about a layer that has seen no batch.
    net.at(1).resetRunningStats();
    expect(rules(checkBatchNorm(net, { loader }))).toEqual([]);
  });
});

it("prints the worst first", () => {
  const net = new nn.Sequential(new nn.Linear(4, 8), new nn.BatchNorm1d(8, { momentum: 0.99 }), new nn.ReLU());
  const lines = String(checkBatchNorm(net, { rows: 9, batchSize: 4 })).split("\n");
  expect(lines[0]).toBe("1 BatchNorm layer: 4 findings");
  expect(
    lines
      .slice(1)
      .filter((line) => !line.startsWith("  "))
      .map((line) => line.split(":")[0]),
  ).toEqual([
    'error lone-row, "1"',
    'warning bias-before-norm, "1"',
    'warning momentum-fast, "1"',
    'warning small-batch, "1"',
  ]);
});
