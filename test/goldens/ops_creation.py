"""Casts, creation and writing in place."""

import random

import torch
import torch.nn.functional as F
from _case import case, f64
from _golden import bools, generator_for, ints, normal, values

TYPES = {"float32": torch.float32, "float64": f64, "int32": torch.int32, "bool": torch.bool}
for spec in [
    values([0.0, -0.0, 1.9, -1.9, 0.4, 1e5]),
    values([0.1, -2.5, 1e-50, 1e300], f64),
    ints(-9, 9, 5),
    bools(5),
]:
    for dtype in TYPES:
        if dtype == "int32" and spec(generator_for("")).dtype == f64:
            continue  # 1e300 has no int32
        case("to", lambda x, dtype: x.to(TYPES[dtype]), [spec], dtype=dtype)
case("one_hot", lambda x, **args: F.one_hot(x.long(), **args), [ints(0, 4, 2, 3)], num_classes=4)
case("one_hot_counted", lambda x: F.one_hot(x.long()), [values([2, 0, 1], torch.int32)])
for args in [(0, 5, 1), (1, 2, 0.25), (0, 1, 0.1), (5, 0, -1), (0, 1, 0.3), (3, 3, 1), (-2.5, 2, 0.7)]:
    start, end, step = args
    case(
        "arange",
        lambda start, end, step: torch.arange(start, end, step, dtype=torch.float32),
        [],
        start=start,
        end=end,
        step=step,
    )
for start, end, steps in [(0, 1, 5), (0, 1, 11), (-3, 7, 4), (2, 2, 3), (1, 0, 1), (0, 1, 0), (0.1, 0.7, 17)]:
    case("linspace", torch.linspace, [], start=start, end=end, steps=steps)
spread = random.Random(7)
for dtype in ["float32", "float64"]:
    for steps in [1, 2, 3, 8, 15, 16, 17, 31, 32, 33, 64, 100, 127]:
        start, end = (-3, 3) if steps == 64 else (spread.uniform(-10, 10), spread.uniform(-10, 10))
        case(
            "linspace",
            lambda dtype, **args: torch.linspace(**args, dtype=TYPES[dtype]),
            [],
            start=start,
            end=end,
            steps=steps,
            dtype=dtype,
        )
    for end in [1, 4, 9, 17, 40]:
        start, step = spread.uniform(-3, 1), spread.uniform(0.05, 0.5)
        case(
            "arange",
            lambda start, end, step, dtype: torch.arange(start, end, step, dtype=TYPES[dtype]),
            [],
            start=start,
            end=end,
            step=step,
            dtype=dtype,
        )
for size in [{"n": 3}, {"n": 2, "m": 4}, {"n": 4, "m": 2}, {"n": 0}]:
    case("eye", torch.eye, [], **size)


def in_place(name):
    return lambda x, *rest, **args: getattr(x.clone(), name)(*rest, **args)


for call in ["add_", "sub_", "mul_", "div_"]:
    case(call, in_place(call), [normal(2, 3), normal(3)], grad=False)
    case(call, in_place(call), [normal(5), 2.5], grad=False)
    case(call, in_place(call), [ints(-9, 9, 4), 3] if call != "div_" else [normal(4), 3], grad=False)
case("add_", in_place("add_"), [normal(2, 3), normal(2, 3)], grad=False, alpha=0.3)
case("sub_", in_place("sub_"), [normal(2, 3), normal(2, 3)], grad=False, alpha=0.3)
case("clamp_", in_place("clamp_"), [normal(7)], grad=False, min=-0.5, max=0.5)
case("copy_", in_place("copy_"), [normal(2, 3), normal(3)], grad=False)
case("copy_", in_place("copy_"), [normal(4), ints(-9, 9, 4)], grad=False)
case("fill_", in_place("fill_"), [normal(3), 0.1], grad=False)
case("zero_", in_place("zero_"), [normal(3)], grad=False)
