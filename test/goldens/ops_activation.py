"""Activations beyond those of ops_network.py: pieces, shrinking ones, gates."""

import math

import torch
import torch.nn.functional as F
from _case import case, f64
from _golden import normal, uniform, values

SHAPES = [(), (3, 5), (17,), (0,), (2, 3, 5), (7, 13)]
RANGE = [-100.0, -30.0, -8.5, -5.0, -3.1, -2.9, -1.1, -1e-3, -1e-8, 0.2, 1e-8, 1e-3, 0.9, 2.9, 3.1, 5.9, 6.1, 30.0, 100.0]
ACTIVATIONS = [
    ("celu", F.celu, [{}, {"alpha": 0.75}, {"alpha": 3.0}]),
    ("glu", F.glu, [{}, {"dim": 0}]),
    ("hardshrink", F.hardshrink, [{}, {"lambd": 1.1}]),
    ("hardsigmoid", F.hardsigmoid, [{}]),
    ("hardswish", F.hardswish, [{}]),
    ("hardtanh", F.hardtanh, [{}, {"min_val": -0.3, "max_val": 2.2}]),
    ("mish", F.mish, [{}]),
    ("relu6", F.relu6, [{}]),
    ("selu", F.selu, [{}]),
    ("softmin", F.softmin, [{"dim": -1}]),
    ("softshrink", F.softshrink, [{}, {"lambd": 1.1}]),
    ("softsign", F.softsign, [{}]),
    ("tanhshrink", F.tanhshrink, [{}]),
    ("threshold", F.threshold, [{"threshold": 0.1, "value": 20.0}]),
]
for call, fn, options in ACTIVATIONS:
    for args in options:
        for shape in [(4,), (2, 6), (4, 3, 2), (0, 2), (8, 10)] if call == "glu" else SHAPES:
            if call != "softmin" or len(shape) > 0:
                case(call, fn, [normal(*shape, scale=3)], **args)
        # The slope of hardsigmoid in double is a float32 sixth in torch.
        case(call, fn, [normal(6, 2, dtype=f64)], grad=call != "hardsigmoid", **args)
        case(call, fn, [values(RANGE + [0.4] if call == "glu" else RANGE)], note="range", **args)
for x, weight in [((), (1,)), ((17,), (1,)), ((3, 5), (1,)), ((3, 5), (5,)), ((2, 3, 5), (3,)), ((2, 3, 2, 2), (3,)), ((0, 3), (3,))]:
    case("prelu", F.prelu, [normal(*x, scale=3), uniform(0.05, 0.5, *weight)])
case("prelu", F.prelu, [normal(4, 3, dtype=f64), normal(3, dtype=f64)])


def tail(x, approximate):
    """gelu without the cancellation of 1 + erf, which leaves torch nothing below -8."""
    return x * 0.5 * torch.erfc(x * -math.sqrt(0.5))


# One value each: beside others, the error of the largest would be allowed to all.
for value in [-13.0, -12.0, -10.5, -9.0, -8.4, -7.0, -6.0]:
    case("gelu", tail, [values([value])], note=f"tail {value}", approximate="none")
