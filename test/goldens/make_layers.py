"""Goldens of the nn modules: `python3 test/goldens/make_layers.py` writes layers.json.

layers:   {name, layer, args, state, passes, stateAfter}. A pass is one call in `train` or eval mode: inputs, output,
          gradOutput, gradInput, gradParams, and the same in float64 (`exact`). Passes of a case follow each other on
          one module: running statistics carry over, gradients are cleared between them.
losses:   {name, loss, args, weights, input, target, output, gradInput, exact}: loss modules; `weights` are tensor
          options.
networks: {name, repr, keys, parameters}: how a network prints, its state-dict keys and its parameter names, in order.
"""

import torch
from _golden import encode, generator_for, ints, normal, probabilities, uniform, values, write
from _layer import case, layers
from torch import nn

losses, networks = [], []

# Layers

for n_in, n_out, shape in [(9, 5, (4, 9)), (1, 1, (1, 1)), (3, 17, (5, 3)), (4, 2, (4,)), (3, 2, (2, 5, 3))]:
    for bias in [True, False]:
        args = {"in_features": n_in, "out_features": n_out, "bias": bias}
        case(
            "Linear",
            nn.Linear(**args),
            [("train", normal(*shape)), ("eval", normal(*shape))],
            note=str(list(shape)),
            **args,
        )

TRAIN, EVAL = "train", "eval"
for shape in [(5, 3), (17, 3), (2, 3), (3, 3, 4), (1, 3, 4)]:
    for options in [
        {},
        {"affine": False},
        {"momentum": None},
        {"track_running_stats": False},
        {"momentum": 0.5, "eps": 1e-3},
    ]:
        args = {"num_features": 3, **options}
        x = normal(*shape, scale=2, shift=3)
        case(
            "BatchNorm1d",
            nn.BatchNorm1d(**args),
            [(TRAIN, x), (TRAIN, x), (EVAL, x), (TRAIN, x)],
            note=str(list(shape)),
            **args,
        )
case(
    "BatchNorm1d",
    nn.BatchNorm1d(3, momentum=None, affine=False),
    [(TRAIN, normal(4, 3, shift=k)) for k in range(6)] + [(EVAL, normal(4, 3))],
    note="six batches",
    num_features=3,
    momentum=None,
    affine=False,
)
case(
    "BatchNorm1d",
    nn.BatchNorm1d(3),
    [(EVAL, normal(1, 3)), (EVAL, normal(4, 3))],
    randomize=False,
    note="fresh, eval first",
    num_features=3,
)
case(
    "BatchNorm1d",
    nn.BatchNorm1d(2),
    [(TRAIN, normal(32, 2, scale=8, shift=4000)), (EVAL, normal(32, 2, scale=8, shift=4000))],
    note="4000 +- 8",
    num_features=2,
)

for shape, over, options in [
    ((5, 3), 1, {}),
    ((1, 4), 1, {}),
    ((2, 3, 4), 2, {}),
    ((5, 7), 1, {"elementwise_affine": False}),
    ((5, 7), 1, {"eps": 1e-2}),
]:
    normalized = list(shape[-over:]) if over > 1 else shape[-1]
    args = {"normalized_shape": normalized, **options}
    x = normal(*shape, scale=2, shift=3)
    case("LayerNorm", nn.LayerNorm(**args), [(TRAIN, x), (EVAL, x)], note=str(list(shape)), **args)
for shape, options in [((6,), {}), ((3, 2), {}), ((6,), {"padding_idx": 2}), ((6,), {"padding_idx": -1})]:
    args = {"num_embeddings": 5, "embedding_dim": 3, **options}
    x = ints(0, 5, *shape)
    case("Embedding", nn.Embedding(**args), [(TRAIN, x), (EVAL, x)], note=str(list(shape)), **args)

ACTIVATIONS = [
    ("ReLU", nn.ReLU, {}),
    ("LeakyReLU", nn.LeakyReLU, {}),
    ("LeakyReLU", nn.LeakyReLU, {"negative_slope": 0.3}),
    ("ELU", nn.ELU, {}),
    ("ELU", nn.ELU, {"alpha": 0.7}),
    ("GELU", nn.GELU, {}),
    ("GELU", nn.GELU, {"approximate": "tanh"}),
    ("SiLU", nn.SiLU, {}),
    ("LogSigmoid", nn.LogSigmoid, {}),
    ("LogSoftmax", nn.LogSoftmax, {"dim": 1}),
    ("Tanh", nn.Tanh, {}),
    ("Sigmoid", nn.Sigmoid, {}),
    ("Softmax", nn.Softmax, {"dim": 1}),
    ("Softmax", nn.Softmax, {"dim": 0}),
    ("Softplus", nn.Softplus, {}),
    ("Softplus", nn.Softplus, {"beta": 3, "threshold": 5}),
    ("CELU", nn.CELU, {}),
    ("CELU", nn.CELU, {"alpha": 0.7}),
    ("SELU", nn.SELU, {}),
    ("Mish", nn.Mish, {}),
    ("Softsign", nn.Softsign, {}),
    ("Softmin", nn.Softmin, {"dim": 1}),
    ("ReLU6", nn.ReLU6, {}),
    ("Hardtanh", nn.Hardtanh, {}),
    ("Hardtanh", nn.Hardtanh, {"min_val": -0.5, "max_val": 2}),
    ("Hardswish", nn.Hardswish, {}),
    ("Hardsigmoid", nn.Hardsigmoid, {}),
    ("Threshold", nn.Threshold, {"threshold": 0.1, "value": 20}),
    ("Identity", nn.Identity, {}),
    ("Flatten", nn.Flatten, {}),
    ("Flatten", nn.Flatten, {"start_dim": 0, "end_dim": 1}),
]
for layer, make, args in ACTIVATIONS:
    shape = (2, 3, 4) if layer == "Flatten" else (5, 7)
    case(layer, make(**args), [(TRAIN, normal(*shape, scale=2)), (EVAL, normal(*shape, scale=2))], **args)
for layer, make, args in ACTIVATIONS:
    if layer in ["ReLU6", "Hardtanh", "Hardswish", "Hardsigmoid", "Threshold", "SELU", "CELU", "Mish"] and len(args) != 1:
        kinks = values([-6.0, -3.0, -1.0, -0.5, 0.0, 0.1, 1.0, 2.0, 3.0, 6.0, 9.0])
        case(layer, make(**args), [(TRAIN, kinks)], note="kinks", **args)
for args, shape in [
    ({}, (5, 7)),
    ({"num_parameters": 3}, (4, 3)),
    ({"num_parameters": 3}, (2, 3, 4)),
    ({"num_parameters": 1, "init": 0.5}, (6,)),
]:
    x = normal(*shape)
    note = str(list(shape))
    case("PReLU", nn.PReLU(**args), [(TRAIN, x), (EVAL, x)], note=note, **args)
    case("PReLU", nn.PReLU(**args), [(TRAIN, x)], note=note + " fresh", randomize=False, **args)
case("PReLU", nn.PReLU(), [(TRAIN, values([-2.0, -0.0, 0.0, 3.0]))], note="kinks")
for dim, size, shape in [(1, [2, 3], (5, 6)), (-1, [3, -1], (2, 6)), (0, [2, 2, 1], (4, 3))]:
    args = {"dim": dim, "unflattened_size": size}
    case("Unflatten", nn.Unflatten(dim, tuple(size)), [(TRAIN, normal(*shape))], note=str(list(shape)), **args)
case("Dropout", nn.Dropout(0.0), [(TRAIN, normal(3, 5)), (EVAL, normal(3, 5))], p=0.0)
case("Dropout", nn.Dropout(1.0), [(TRAIN, normal(3, 5)), (EVAL, normal(3, 5))], p=1.0)
case("Dropout", nn.Dropout(0.5), [(EVAL, normal(3, 5))], p=0.5)

# Losses


def loss(name, x, target, weights=None, note="", **args):
    made = {k: spec(generator_for(f"loss {name} {k}")) for k, spec in (weights or {}).items()}
    title = " ".join([name, *(f"{k}={v}" for k, v in args.items()), *made, *([note] if note else [])])
    x, target = x(generator_for(f"{title} input")), target(generator_for(f"{title} target"))

    def run(dtype):
        criterion = getattr(nn, name)(**args, **{k: v.to(dtype) for k, v in made.items()})
        leaf = x.to(dtype, copy=True).requires_grad_()
        output = criterion(leaf, target.long() if target.dtype == torch.int32 else target.to(dtype))
        output.sum().backward()
        return {"output": encode(output), "gradInput": encode(leaf.grad)}

    entry = {"name": title, "loss": name, "args": args, "weights": {k: encode(v) for k, v in made.items()}}
    entry |= {"input": encode(x), "target": encode(target), **run(torch.float32), "exact": run(torch.float64)}
    losses.append(entry)


for name, options in {
    "MSELoss": [{}],
    "L1Loss": [{}],
    "SmoothL1Loss": [{}, {"beta": 0.5}],
    "HuberLoss": [{}, {"delta": 0.5}],
}.items():
    for args in [{"reduction": "none"}, {"reduction": "sum"}, *options]:
        loss(name, normal(5, 3, scale=2), normal(5, 3), **args)
classes, weight = ints(0, 3, 5), {"weight": uniform(0.2, 2, 3)}
for args in [{}, {"reduction": "none"}, {"reduction": "sum"}, {"ignore_index": 1}]:
    loss("CrossEntropyLoss", normal(5, 3), classes, **args)
    loss("CrossEntropyLoss", normal(5, 3), classes, weight, **args)
    loss("NLLLoss", normal(5, 3), classes, weight, **args)
loss("CrossEntropyLoss", normal(5, 3), classes, weight, label_smoothing=0.1)
loss("CrossEntropyLoss", normal(5, 3), probabilities(5, 3), label_smoothing=0.1)
for args in [{}, {"reduction": "none"}, {"reduction": "sum"}]:
    loss("BCEWithLogitsLoss", normal(5, 3), uniform(0, 1, 5, 3), **args)
    loss(
        "BCEWithLogitsLoss",
        normal(5, 3),
        uniform(0, 1, 5, 3),
        {"weight": uniform(0.2, 2, 3), "pos_weight": uniform(0.2, 4, 3)},
        **args,
    )

for args in [{}, {"reduction": "none"}, {"reduction": "sum"}]:
    loss("BCELoss", uniform(0, 1, 5, 3), uniform(0, 1, 5, 3), **args)
    loss("BCELoss", uniform(0, 1, 5, 3), uniform(0, 1, 5, 3), {"weight": uniform(0.2, 2, 3)}, **args)
loss("BCELoss", values([0.0, 0.0, 1.0, 1.0, 1e-30]), values([0.0, 1.0, 0.0, 1.0, 0.5]), note="ends", reduction="none")
for args in [{}, {"reduction": "none"}, {"reduction": "sum"}, {"reduction": "batchmean"}]:
    logs = lambda g: probabilities(5, 3)(g).log()
    loss("KLDivLoss", logs, probabilities(5, 3), **args)
    loss("KLDivLoss", logs, lambda g: probabilities(5, 3)(g).log(), log_target=True, **args)
loss("KLDivLoss", values([-1.0, -2.0, -0.5]), values([0.0, 0.5, 0.5]), note="zeros", reduction="sum")
for args, shape in [({}, (5, 3)), ({"dim": 0}, (5, 3)), ({"dim": -1, "eps": 0.5}, (2, 3, 4))]:
    loss("CosineSimilarity", normal(*shape), normal(*shape), **args)
loss("CosineSimilarity", values([[0.0, 0.0], [3.0, 4.0]]), values([[1.0, 2.0], [3.0, 4.0]]), note="zeros")

# Networks


class Net(nn.Module):
    """The network of the tutorial."""

    def __init__(self):
        super().__init__()
        self.layer1 = nn.Linear(9, 50)
        self.layer2 = nn.Linear(50, 25)
        self.layer3 = nn.Linear(25, 1)
        self.batch_norm1 = nn.BatchNorm1d(50)
        self.batch_norm2 = nn.BatchNorm1d(25)

    def forward(self, x):
        x = torch.relu(self.batch_norm1(self.layer1(x)))
        x = torch.relu(self.batch_norm2(self.layer2(x)))
        return self.layer3(x)


class Block(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(n, n), nn.BatchNorm1d(n), nn.ReLU(), nn.Dropout(0.1))
        self.skip = nn.Identity()

    def forward(self, x):
        return self.skip(x) + self.body(x)


class Tree(nn.Module):
    """Nested modules, a list, a dictionary, a free parameter and a buffer."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))
        self.blocks = nn.ModuleList([Block(3), Block(3)])
        self.heads = nn.ModuleDict(
            {"mean": nn.Linear(3, 1), "spread": nn.Sequential(nn.Linear(3, 1, bias=False), nn.Softplus())}
        )
        self.register_buffer("offset", torch.zeros(3))
        self.empty = nn.Sequential()

    def forward(self, x):
        return self.heads["mean"](x * self.scale + self.offset)


class Empty(nn.Module):
    pass


def network(name, module):
    networks.append(
        {
            "name": name,
            "repr": repr(module),
            "keys": list(module.state_dict()),
            "parameters": [k for k, _ in module.named_parameters()],
            "buffers": [k for k, _ in module.named_buffers()],
            "modules": [k for k, _ in module.named_modules()],
            "children": [k for k, _ in module.named_children()],
        }
    )


network("Net", Net())
network("Tree", Tree())
network("Block", Block(2))
network("Empty", Empty())
network("sequential", nn.Sequential(nn.Linear(9, 50), nn.ReLU(), nn.Linear(50, 25), nn.ReLU(), nn.Linear(25, 1)))
network("empty sequential", nn.Sequential())
network(
    "nested sequential",
    nn.Sequential(nn.Sequential(nn.Linear(2, 3), nn.Tanh()), nn.Sequential(nn.Sequential(nn.Sigmoid()))),
)
network(
    "activations",
    nn.Sequential(
        nn.ReLU(),
        nn.LeakyReLU(),
        nn.LeakyReLU(0.2),
        nn.ELU(),
        nn.ELU(0.5),
        nn.GELU(),
        nn.GELU("tanh"),
        nn.SiLU(),
        nn.Tanh(),
        nn.Sigmoid(),
        nn.Softmax(1),
        nn.Softplus(),
        nn.Softplus(2, 30),
        nn.Identity(),
        nn.Flatten(),
        nn.Flatten(0, 2),
    ),
)
network(
    "more activations",
    nn.Sequential(
        nn.PReLU(),
        nn.PReLU(3),
        nn.SELU(),
        nn.Mish(inplace=True),
        nn.ReLU6(),
        nn.ReLU6(inplace=True),
        nn.Hardtanh(),
        nn.Hardtanh(-2.5, 0.5, inplace=True),
        nn.CELU(),
        nn.CELU(0.5),
        nn.Softsign(),
        nn.Softmin(1),
        nn.Threshold(0.1, 20),
        nn.Hardswish(),
        nn.Hardsigmoid(),
        nn.Unflatten(1, (2, 3)),
        nn.Unflatten(1, (2,)),
    ),
)
network(
    "normalization",
    nn.Sequential(
        nn.BatchNorm1d(3),
        nn.BatchNorm1d(3, eps=1e-3, momentum=None),
        nn.BatchNorm1d(3, affine=False),
        nn.BatchNorm1d(3, track_running_stats=False),
        nn.BatchNorm1d(3, momentum=0.01),
        nn.Dropout(),
        nn.Dropout(0.25),
    ),
)
network(
    "layer normalization",
    nn.Sequential(
        nn.LayerNorm(3),
        nn.LayerNorm([2, 3], eps=1e-3),
        nn.LayerNorm(3, elementwise_affine=False),
    ),
)
network(
    "embeddings",
    nn.ModuleList([nn.Embedding(10, 3), nn.Embedding(4, 2, padding_idx=0), nn.Embedding(4, 2, padding_idx=-1)]),
)
network(
    "losses",
    nn.ModuleList(
        [
            nn.MSELoss(),
            nn.L1Loss(),
            nn.SmoothL1Loss(),
            nn.HuberLoss(),
            nn.NLLLoss(),
            nn.CrossEntropyLoss(),
            nn.BCEWithLogitsLoss(),
            nn.BCELoss(),
            nn.KLDivLoss(),
            nn.CosineSimilarity(),
        ]
    ),
)
network("list", nn.ModuleList([nn.Linear(1, 2), nn.Linear(2, 1, bias=False)]))
network("dictionary", nn.ModuleDict({"a": nn.Linear(1, 2), "b": nn.ReLU()}))
network("empty list", nn.ModuleList())
network("linear", nn.Linear(3, 4, bias=False))
network("loss with weights", nn.CrossEntropyLoss(weight=torch.ones(3)))

write("layers.json", layers=layers, losses=losses, networks=networks)
