"""Goldens of dropout in all its forms, and of RReLU: `python3 test/goldens/make_dropout.py` writes dropout.json.

cases: {name, call, args, seed, input, output, gradOutput, gradInput, position}: the call under manual_seed(seed). Of a long
       input only the SHA-256 of the output's bytes is kept (`sha256`), and the input is 1, 2, 3, ... (`ramp`).
"""

import hashlib
import json

import torch
import torch.nn.functional as F
from _golden import encode, generator_for, normal, position, write

f32, f64 = torch.float32, torch.float64
cases = []


def case(call, shape, dtype=f32, seed=0, note="", values=None, **args):
    name = " ".join([call, str(list(shape)), str(dtype)[6:], *(f"{k}={v}" for k, v in args.items()), f"seed {seed}", note])
    x = normal(*shape, dtype=dtype)(generator_for(name)) if values is None else torch.tensor(values, dtype=dtype)
    torch.manual_seed(seed)
    x.requires_grad_()
    # Dropout2d warns that it takes three dimensions for [N, C, L].
    output = getattr(F, call)(x, **args)
    where = position()
    dy = torch.randn(output.shape, generator=generator_for(f"{name} dy")).to(dtype)
    (gradient,) = torch.autograd.grad(output, x, dy)
    entry = {"name": name.strip(), "call": call, "args": args, "seed": seed, "input": encode(x), "output": encode(output)}
    cases.append(entry | {"gradOutput": encode(dy), "gradInput": encode(gradient), "position": where})


def long(call, shape, dtype, seed, **args):
    n = torch.Size(shape).numel()
    torch.manual_seed(seed)
    output = getattr(F, call)(torch.arange(1, n + 1, dtype=dtype).reshape(shape), **args)
    digest = hashlib.sha256(output.numpy().tobytes()).hexdigest()
    name = f"{call} {list(shape)} {str(dtype)[6:]} {json.dumps(args)} seed {seed}"
    entry = {"name": name, "call": call, "args": args, "seed": seed, "shape": list(shape), "dtype": str(dtype)[6:]}
    cases.append(entry | {"sha256": digest, "position": position()})


SHAPES = {
    "dropout1d": [(3, 5), (2, 3, 5), (1, 1, 1), (0, 3, 2), (7, 17, 2)],
    "dropout2d": [(2, 3, 5), (2, 3, 2, 4), (1, 1, 1, 1), (2, 0, 3, 3), (5, 16, 2, 2)],
    "dropout3d": [(3, 2, 2, 3), (2, 3, 2, 1, 3), (1, 1, 1, 1, 1), (2, 3, 0, 1, 1)],
    "alpha_dropout": [(), (1,), (17,), (3, 5), (2, 3, 4), (0, 3)],
    "feature_alpha_dropout": [(3, 5), (2, 3, 4), (2, 3, 2, 4), (2, 3, 2, 1, 3), (0, 3)],
}
for call, shapes in SHAPES.items():
    for i, shape in enumerate(shapes):
        for p in [0.5, 0.2]:
            case(call, shape, seed=i + 1, p=p, training=True)
        case(call, shape, dtype=f64, seed=i + 1, p=0.3, training=True)
    for p in [0.0, 1.0]:
        case(call, shapes[1], p=p, training=True, seed=3)
    case(call, shapes[1], p=0.4, training=False, seed=4)
    case(call, shapes[1], note="defaults", seed=5)
    many = {"dropout1d": (40, 50, 3), "dropout2d": (40, 50, 3, 2), "dropout3d": (40, 50, 2, 1, 2)}.get(call, (70, 50, 3))
    for dtype in [f32, f64]:
        long(call, many, dtype, 6, p=0.15, training=True)
SPECIAL = [-1.0, 2.0, -3.0, 0.0, -0.0, 5.0, float("nan"), -float("inf"), float("inf"), -2.0]
for dtype in [f32, f64]:
    case("alpha_dropout", (10,), dtype=dtype, values=SPECIAL, note="specials", seed=7, p=0.5, training=True)
    case("rrelu", (10,), dtype=dtype, values=SPECIAL, note="specials", seed=7, training=True)
    case("rrelu", (10,), dtype=dtype, values=SPECIAL, note="specials", seed=7)
    for shape in [(), (17,), (3, 5), (0,), (2, 3, 4)]:
        case("rrelu", shape, dtype=dtype, seed=8, training=True)
        case("rrelu", shape, dtype=dtype, seed=8, training=True, lower=-0.5, upper=0.1)
    case("rrelu", (17,), dtype=dtype, seed=9, training=False, lower=0.1, upper=0.4)
    case("rrelu", (17,), dtype=dtype, seed=9, training=True, lower=0.4, upper=0.4)
write("dropout.json", cases=cases)
