import { describe, expect, it } from "vitest";
import * as nn from "../../nn/index.ts";
import { Adam, SGD } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { full, noGrad, ones, randn, type Tensor, tensor } from "../../tensor/index.ts";
import { compile } from "../compile.ts";

/**
 * A dependency of a step changes between two calls. The next call must give what eager execution
 * gives: results, gradients and state are compared after each call.
 */

interface Scene {
  /** The step, of one argument. */
  readonly step: (x: Tensor) => Tensor;
  /** The change of the environment after three calls. */
  readonly change: () => unknown;
  /** The other values that must agree: parameters, gradients, state. */
  readonly state?: () => readonly (Tensor | null | undefined)[];
}

function runs(make: () => Scene, enabled: boolean): (readonly (Tensor | null | undefined)[])[] {
  manualSeed(11);
  const { step, change, state = () => [] } = make();
  // Guards alone must see it: whole traces are compared from time to time only.
  const compiled = compile(step, { compile: enabled, check: "never" });
  const inputs = Array.from({ length: 7 }, () => randn([4, 3]));
  return inputs.map((x, call) => {
    if (call === 3) change();
    return [compiled(x), ...state()].map((one) => one?.detach().clone());
  });
}

function expectAlike(make: () => Scene): void {
  const [eager, compiled] = [runs(make, false), runs(make, true)];
  for (const [call, tensors] of eager.entries()) {
    for (const [i, expected] of tensors.entries()) {
      const actual = compiled[call][i];
      const what = `call ${call + 1}, tensor ${i}`;
      expect(actual?.shape, what).toEqual(expected?.shape);
      expected?.data.forEach((value, at) => {
        const error = Math.abs((actual as Tensor).data[at] - value);
        expect(error / Math.max(1, Math.abs(value)), `${what}, element ${at}`).toBeLessThan(1e-4);
      });
    }
  }
}

/** A network of two layers that is trained. */
function training(
  forward: (net: nn.Sequential, x: Tensor) => Tensor,
  change: (net: nn.Sequential, optimizer: Adam) => unknown,
): () => Scene {
  return () => {
    const net = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(4, 1));
    const optimizer = new Adam(net.at(0).parameters(), { lr: 0.1 });
    return {
      step: (x) => {
        net.zeroGrad();
        const loss = forward(net, x).square().mean();
        loss.backward();
        optimizer.step();
        return loss;
      },
      change: () => change(net, optimizer),
      state: () => [...net.parameters(), ...net.parameters().map(({ grad }) => grad)],
    };
  };
}

const plain = (net: nn.Sequential, x: Tensor) => net(x);

describe("an optimizer", () => {
  it.each<[string, (net: nn.Sequential, optimizer: Adam) => unknown]>([
    [
      "gets a parameter group",
      (net, optimizer) => optimizer.addParamGroup({ params: net.at(2).parameters(), lr: 0.5 }),
    ],
    [
      "has parameters added to a group",
      (net, { paramGroups }) => paramGroups[0].params.push(...net.at(2).parameters()),
    ],
    ["has a parameter taken out of a group", (_, { paramGroups }) => paramGroups[0].params.pop()],
    [
      "has another parameter in a group",
      (net, { paramGroups }) => {
        paramGroups[0].params[0] = (net.at(2) as nn.Linear).weight;
      },
    ],
    [
      "has another group",
      (net, { paramGroups }) => {
        paramGroups[0] = { ...paramGroups[0], params: net.at(2).parameters(), lr: 0.3 };
      },
    ],
    ["loses its group", (_, { paramGroups }) => paramGroups.pop()],
    ["has its state cleared", (_, optimizer) => optimizer.state.clear()],
    [
      "has another tensor in its state",
      (net, { state }) => Object.assign(state.get(net.parameters()[0]) as object, { exp_avg: full([4, 3], 5) }),
    ],
    [
      "has other groups altogether",
      (net, optimizer) =>
        Object.assign(optimizer, { paramGroups: [{ ...optimizer.paramGroups[0], params: net.at(2).parameters() }] }),
    ],
    ["has the state of a parameter deleted", (net, { state }) => state.delete(net.parameters()[0])],
    ["has another rate", (_, { paramGroups }) => Object.assign(paramGroups[0], { lr: 0.01, betas: [0.5, 0.6] })],
    ["is switched to amsgrad", (_, { paramGroups }) => Object.assign(paramGroups[0], { amsgrad: true })],
  ])("%s", (_, change) => {
    expectAlike(training(plain, change));
  });

  it("is another one", () => {
    expectAlike(() => {
      const layer = new nn.Linear(3, 1);
      let optimizer = new SGD(layer.parameters(), { lr: 0.1 });
      return {
        step: (x) => {
          layer.zeroGrad();
          const loss = layer(x).square().mean();
          loss.backward();
          optimizer.step();
          return loss;
        },
        change: () => {
          optimizer.paramGroups.splice(0, 1);
          optimizer = new SGD(layer.parameters(), { lr: 0.5 });
        },
        state: () => layer.parameters(),
      };
    });
  });
});

describe("a container", () => {
  const extra = () => new nn.Tanh();

  it.each<[string, (net: nn.Sequential) => unknown]>([
    ["append", (net) => net.append(extra())],
    ["extend", (net) => net.extend([extra(), extra()])],
    ["insert", (net) => net.insert(1, extra())],
    ["set", (net) => net.set(1, extra())],
    ["pop", (net) => net.pop()],
    ["addModule", (net) => net.addModule("1", extra())],
  ])("Sequential.%s", (_, change) => expectAlike(training(plain, change)));

  class Listed extends nn.Module {
    layers = new nn.ModuleList<nn.Module>([new nn.Linear(3, 3), new nn.Tanh()]);
    named = new nn.ModuleDict<nn.Module>({ out: new nn.Linear(3, 2) });
    override forward(x: Tensor): Tensor {
      let y = x;
      for (const layer of this.layers) y = layer(y);
      if (this.named.has("late")) y = this.named.get("late")(y);
      return this.named.get("out")(y).mul(this.layers.length).add(this.named.keys().length);
    }
  }

  it.each<[string, (model: Listed) => unknown]>([
    ["ModuleList.append", ({ layers }) => layers.append(extra())],
    ["ModuleList.set", ({ layers }) => layers.set(-1, new nn.ReLU())],
    ["ModuleList.pop", ({ layers }) => layers.pop()],
    ["ModuleDict.set", ({ named }) => named.set("late", extra())],
    ["ModuleDict.update", ({ named }) => named.update({ out: new nn.Linear(3, 2) })],
    [
      "ModuleDict.pop and set",
      ({ named }) => named.set("late", named.pop("out")) && named.set("out", new nn.Identity()),
    ],
  ])("%s", (_, change) => {
    expectAlike(() => {
      const model = new Listed();
      return { step: (x) => model(x), change: () => change(model) };
    });
  });
});

describe("a module", () => {
  class Scaled extends nn.Module {
    scales = [1, 2, 3];
    cfg: Record<string, unknown> = { k: 1, deep: { on: true, list: [1] } };
    factor = 1;
    late: nn.Module | null = null;
    out = new nn.Linear(3, 2);
    constructor() {
      super();
      this.parameters();
    }
    override forward(x: Tensor): Tensor {
      return this.encode(x);
    }
    encode(x: Tensor): Tensor {
      const { k, deep } = this.cfg as { k: number; deep: { on: boolean; list: number[] } };
      let y = this.out(x).mul(this.factor).mul(k);
      for (const scale of this.scales) y = y.mul(scale);
      if (deep.on) y = y.add(deep.list.length).sub(deep.list[0]);
      if (!this.training) y = y.neg();
      for (const child of this.children()) if (child !== this.out) y = (child as nn.Module)(y);
      return y;
    }
  }

  const changes: [string, (model: Scaled) => unknown][] = [
    ["an element of a list", ({ scales }) => scales.splice(0, 1, 10)],
    ["a longer list", ({ scales }) => scales.push(2)],
    ["another list", (model) => Object.assign(model, { scales: [5] })],
    ["a field of a plain object", ({ cfg }) => Object.assign(cfg, { k: 2 })],
    ["another plain object", (model) => Object.assign(model, { cfg: { k: 3, deep: { on: false, list: [] } } })],
    ["a field of an object in it", ({ cfg }) => Object.assign(cfg.deep as object, { on: false })],
    ["a list in an object in it", ({ cfg }) => (cfg.deep as { list: number[] }).list.unshift(7)],
    ["a number", (model) => Object.assign(model, { factor: 0.5 })],
    ["the mode", (model) => model.eval()],
    ["the mode of itself alone", (model) => Object.assign(model, { training: false })],
    ["addModule", (model) => model.addModule("late", new nn.Tanh())],
    ["registerModule of a new name", (model) => model.registerModule("later", new nn.Tanh())],
    ["forward of a layer", (model) => Object.assign(model.out, { forward: (x: Tensor) => x.slice(1, 0, 2) })],
    ["a layer", (model) => Object.assign(model, { out: new nn.Linear(3, 2) })],
    ["a parameter", (model) => Object.assign(model.out, { weight: new nn.Linear(3, 2).weight })],
    ["a forward hook", (model) => model.out.registerForwardHook((_, __, y) => y.mul(2))],
    ["a forward pre-hook", (model) => model.out.registerForwardPreHook((_, [x]) => [x.mul(2)])],
  ];

  it.each(changes)("that is called has %s changed", (_, change) => {
    expectAlike(() => {
      const model = new Scaled();
      return { step: (x) => model(x), change: () => change(model) };
    });
  });

  it.each(changes)("that is used through a method has %s changed", (_, change) => {
    expectAlike(() => {
      const model = new Scaled();
      return { step: (x) => model.encode(x), change: () => change(model) };
    });
  });

  it("has a 0 that gets a sign", () => {
    class Inverse extends nn.Module {
      factor = 0;
      override forward(x: Tensor): Tensor {
        return x.div(this.factor);
      }
    }
    const model = new Inverse();
    const step = compile((x: Tensor) => model(x), { check: "never" });
    expect(step(ones([1])).item()).toBe(Infinity);
    model.factor = -0;
    expect(step(ones([1])).item()).toBe(-Infinity);
  });

  it("has a list changed beside a long one, and beside very many layers", () => {
    class Wide extends nn.Module {
      table = Array.from({ length: 900 }, (_, i) => i);
      scales = [1, 2];
      layers = new nn.ModuleList(Array.from({ length: 200 }, () => new nn.Identity()));
      override forward(x: Tensor): Tensor {
        let y = x;
        for (const layer of this.layers) y = layer(y);
        return y.mul(this.scales[0]).mul(this.scales[1]);
      }
    }
    expectAlike(() => {
      const model = new Wide();
      return { step: (x) => model(x), change: () => model.scales.splice(1, 1, 5) };
    });
  });

  it("shares a layer with another model, which was traversed later", () => {
    expectAlike(() => {
      const model = new Scaled();
      const other = new nn.Sequential(model.out);
      other.parameters();
      return { step: (x) => model.encode(x), change: () => Object.assign(model, { factor: 3 }) };
    });
  });

  it("has a hook taken away and another put in its place", () => {
    expectAlike(() => {
      const layer = new nn.Linear(3, 2);
      const remove = layer.registerForwardHook((_, __, y) => y.mul(2));
      return {
        step: (x) => layer(x),
        change: () => {
          remove();
          layer.registerForwardHook((_, __, y) => y.mul(3));
        },
      };
    });
  });

  it("has its mode read by code that does not call it", () => {
    expectAlike(() => {
      const model = new nn.Sequential(new nn.Linear(3, 2), new nn.Dropout(0.5));
      model.parameters();
      return {
        step: (x) => (model.training ? model.at(0)(x) : model.at(0)(x).neg()),
        change: () => model.eval(),
      };
    });
  });
});

describe("a parameter", () => {
  const hooked = (change: (layer: nn.Linear) => unknown) => () => {
    const layer = new nn.Linear(3, 2);
    return {
      layer,
      step: (x: Tensor) => {
        layer.zeroGrad();
        const loss = layer(x).square().sum();
        loss.backward();
        return loss;
      },
      change: () => change(layer),
      state: () => layer.parameters().map(({ grad }) => grad),
    };
  };

  it("gets a hook", () => expectAlike(hooked(({ weight }) => weight.registerHook((grad) => grad.mul(2)))));

  it("has its hook replaced", () => {
    expectAlike(() => {
      const hooks: (() => void)[] = [];
      const scene = hooked((layer) => {
        for (const remove of hooks) remove();
        layer.weight.registerHook((grad) => grad.mul(5));
      })();
      hooks.push(scene.layer.weight.registerHook((grad) => grad.mul(3)));
      return scene;
    });
  });

  it("is frozen", () => expectAlike(hooked((layer) => layer.weight.requiresGrad_(false))));
  it("is written", () => expectAlike(hooked((layer) => noGrad(() => layer.weight.fill_(1)))));
  const own = full([2, 3], 7);
  it.each<[string, (layer: nn.Linear) => Tensor]>([
    ["to one that somebody keeps", () => own],
    ["to its own memory", ({ weight }) => weight.detach()],
    ["to one of another dtype", () => ones([2, 3], { dtype: "int32" })],
  ])("has its gradient set %s, and adds to it", (_, made) => {
    expectAlike(() => {
      const layer = new nn.Linear(3, 2);
      return {
        step: (x) => {
          const loss = layer(x).square().sum();
          loss.backward();
          return loss;
        },
        change: () => {
          layer.weight.grad = made(layer);
        },
        state: () => [own, layer.weight, layer.weight.grad],
      };
    });
  });

  it("shares its gradient with another, and adds to it", () => {
    expectAlike(() => {
      const [left, right] = [new nn.Linear(3, 2), new nn.Linear(3, 2)];
      return {
        step: (x) => {
          const loss = left(x).mul(right(x)).sum();
          loss.backward();
          return loss;
        },
        change: () => {
          left.weight.grad = right.weight.grad;
        },
        state: () => [left.weight.grad, right.weight.grad],
      };
    });
  });

  it("has its gradient set", () => {
    expectAlike(
      hooked((layer) => {
        layer.weight.grad = tensor([
          [1, 1, 1],
          [1, 1, 1],
        ]);
      }),
    );
  });
});
