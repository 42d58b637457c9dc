import { ones, type Tensor, zeros } from "evenkeel";
import * as nn from "evenkeel/nn";
import * as F from "evenkeel/nn/functional";

/** The networks that the makers of the goldens build in Python. */

/** The network of the tutorial, as make_layers.py and make_init.py have it. */
export class Net extends nn.Module {
  layer1 = new nn.Linear(9, 50);
  layer2 = new nn.Linear(50, 25);
  layer3 = new nn.Linear(25, 1);
  batch_norm1 = new nn.BatchNorm1d(50);
  batch_norm2 = new nn.BatchNorm1d(25);

  override forward(x: Tensor): Tensor {
    x = F.relu(this.batch_norm1(this.layer1(x)));
    x = F.relu(this.batch_norm2(this.layer2(x)));
    return this.layer3(x);
  }
}

export interface NetOptions {
  readonly normalize: boolean;
  readonly bias?: boolean;
  readonly dropout?: number;
}

/** The same with BatchNorm, biases and dropout as wanted, as make_training.py has it. */
export class VariableNet extends nn.Module {
  readonly layer1: nn.Linear;
  readonly layer2: nn.Linear;
  readonly layer3: nn.Linear;
  readonly batch_norm1: nn.BatchNorm1d | null;
  readonly batch_norm2: nn.BatchNorm1d | null;
  readonly #dropout: number;

  constructor({ normalize, bias = true, dropout = 0 }: NetOptions) {
    super();
    this.layer1 = new nn.Linear(9, 50, { bias });
    this.layer2 = new nn.Linear(50, 25, { bias });
    this.layer3 = new nn.Linear(25, 1);
    this.batch_norm1 = normalize ? new nn.BatchNorm1d(50) : null;
    this.batch_norm2 = normalize ? new nn.BatchNorm1d(25) : null;
    this.#dropout = dropout;
  }

  override forward(x: Tensor): Tensor {
    x = this.activate(this.layer1(x), this.batch_norm1);
    x = this.activate(this.layer2(x), this.batch_norm2);
    return this.layer3(x);
  }

  private activate(x: Tensor, norm: nn.BatchNorm1d | null): Tensor {
    x = F.relu(norm === null ? x : norm(x));
    return this.#dropout > 0 ? F.dropout(x, { p: this.#dropout, training: this.training }) : x;
  }
}

export class Block extends nn.Module {
  readonly body: nn.Sequential;
  readonly skip: nn.Identity;

  constructor(n: number) {
    super();
    this.body = new nn.Sequential(new nn.Linear(n, n), new nn.BatchNorm1d(n), new nn.ReLU(), new nn.Dropout(0.1));
    this.skip = new nn.Identity();
  }

  override forward(x: Tensor): Tensor {
    return this.skip(x).add(this.body(x));
  }
}

/** Nested modules, a list, a dictionary, a free parameter and a buffer. */
export class Tree extends nn.Module {
  scale = new nn.Parameter(ones([3]));
  blocks = new nn.ModuleList([new Block(3), new Block(3)]);
  heads = new nn.ModuleDict({
    mean: new nn.Linear(3, 1),
    spread: new nn.Sequential(new nn.Linear(3, 1, { bias: false }), new nn.Softplus()),
  });
  offset = new nn.Buffer(zeros([3]));
  empty = new nn.Sequential();

  override forward(x: Tensor): Tensor {
    return x.mul(this.scale).add(this.offset);
  }
}

export class Empty extends nn.Module {
  override forward(x: Tensor): Tensor {
    return x;
  }
}
