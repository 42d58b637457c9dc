"""Arithmetic, comparison, where and clamp, and functions of one operand."""

import json
import re

import torch
from _case import INF, NAN, case, f64
from _golden import FOLDER, bools, ints, magnitudes, normal, uniform, values

PAIRS = [
    ((), ()),
    ((3,), (3,)),
    ((1,), (5,)),
    ((), (4,)),
    ((3, 1), (1, 5)),
    ((2, 3, 5), (3, 1)),
    ((17,), (17,)),
    ((0,), (1,)),
    ((2, 0, 3), (3,)),
    ((7, 13), (7, 13)),
]

for call, fn in {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}.items():
    for a, b in PAIRS:
        case(call, fn, [normal(*a), normal(*b, shift=0.1)])
    case(call, fn, [magnitudes(-8, 8, 7, 13), magnitudes(-8, 8, 13)], note="magnitudes")
    case(call, fn, [normal(3, 5, dtype=f64), normal(5, dtype=f64)])
    case(call, fn, [normal(2, 3), normal(2, 1, dtype=f64)], note="mixed")
    case(call, fn, [ints(-9, 9, 3, 1), ints(1, 9, 1, 5)])
    case(call, fn, [normal(3), ints(1, 9, 3)], note="mixed")
    case(call, fn, [normal(5), 2.5])
    case(call, fn, [normal(5), 0.1])
    case(call, fn, [ints(-9, 9, 5), 3])
    case(call, fn, [ints(-9, 9, 5), 0.5])
    if call in ["add", "mul"]:
        case(call, fn, [ints(-9, 9, 4), bools(4)], note="promoted")
        case(call, fn, [normal(4), bools(4)], note="promoted")
    case(
        call,
        fn,
        [values([0.0, -0.0, 1.0, -1.0, INF, -INF, NAN, 3e38]), values([1.0, -1.0, 2.0, INF, INF, INF, 1.0, 3e38])],
        grad=False,
        note="specials",
    )
case("div", torch.div, [values([1.0, -1.0, 0.0, 0.0]), values([0.0, 0.0, 0.0, -0.0])], note="by zero", grad=False)
case("rsub", lambda x, c: c - x, [normal(2, 3), 1.5])
case("rdiv", lambda x, c: c / x, [normal(2, 3), 1.5])

for call, fn in {"maximum": torch.maximum, "minimum": torch.minimum}.items():
    for a, b in PAIRS:
        case(call, fn, [normal(*a), normal(*b)])
    case(call, fn, [values([1.0, 2.0, 3.0, 0.0, -0.0]), values([1.0, 5.0, 3.0, -0.0, 0.0])], note="ties")
    case(call, fn, [values([NAN, 1.0, INF, -INF]), values([1.0, NAN, 1.0, 1.0])], note="specials", grad=False)
    case(call, fn, [ints(-5, 5, 3, 1), ints(-5, 5, 4)])

for a, b in PAIRS:
    case("pow", torch.pow, [uniform(0.2, 3, *a), normal(*b)])
for exponent in [0, 1, 2, 3, 4, 0.5, -1, -2, -0.5, 2.5]:
    case("pow", torch.pow, [uniform(0.2, 3, 3, 5), exponent])
case("pow", torch.pow, [normal(17), 3], note="negative base")
case(
    "pow",
    torch.pow,
    [values([0.0, 0.0, 0.0, 2.0, -2.0]), values([0.0, 1.0, 2.0, 0.0, 3.0])],
    note="zeros",
    grad=[True, False],
)
case("pow", torch.pow, [values([0.0, 1.0, -1.0]), 2], note="zeros")
case("pow", torch.pow, [values([0.0, 1.0, -1.0]), 0], note="zeros")
case("pow", torch.pow, [values([-8.0, INF, 0.0, NAN]), 0.5], note="specials", grad=False)
case("pow", torch.pow, [ints(-4, 5, 6), 2])
case("pow", torch.pow, [ints(0, 4, 5), ints(0, 6, 5)])
case("pow", torch.pow, [uniform(0.2, 3, 5, dtype=f64), normal(5, dtype=f64)])
case("rpow", lambda x, c: torch.pow(c, x), [normal(2, 3), 2.0])

for a, b in PAIRS:
    case("remainder", torch.remainder, [normal(*a, scale=5), uniform(0.5, 3, *b)])
case(
    "remainder",
    torch.remainder,
    [values([5.0, -5.0, 5.0, -5.0, 0.0, -0.5, 7.5]), values([3.0, 3.0, -3.0, -3.0, 2.0, 1.0, -2.5])],
    note="signs",
)
case("remainder", torch.remainder, [normal(5, scale=9), 2.5])
case(
    "remainder",
    torch.remainder,
    [values([7, -7, 7, -7, 6, 0], torch.int32), values([3, 3, -3, -3, 3, 5], torch.int32)],
    note="signs",
)
case("remainder", torch.remainder, [values([1.0, INF, 2.0]), values([INF, 1.0, 0.0])], note="specials", grad=False)

for call, fn in {
    "eq": torch.eq,
    "ne": torch.ne,
    "lt": torch.lt,
    "le": torch.le,
    "gt": torch.gt,
    "ge": torch.ge,
}.items():
    case(call, fn, [ints(0, 3, 3, 1), ints(0, 3, 1, 5)])
    case(call, fn, [normal(2, 3, 5), normal(3, 1)])
    case(call, fn, [values([0.0, NAN, INF, -INF, 1.0]), values([-0.0, NAN, INF, INF, 1.0])], note="specials")
    case(call, fn, [ints(0, 3, 6), 1])
    case(call, fn, [values([0.5, 1.0, 2.0]), ints(0, 3, 3)], note="mixed")
    case(call, fn, [bools(5), bools(5)])
    case(call, fn, [normal(0, 3), normal(3)])
    case(call, fn, [values([0.1, 0.2]), values([0.1, 0.3], f64)], note="mixed")

for call, fn in {
    "logical_and": torch.logical_and,
    "logical_or": torch.logical_or,
    "logical_xor": torch.logical_xor,
}.items():
    case(call, fn, [bools(3, 1), bools(1, 5)])
    case(call, fn, [ints(-1, 2, 7), ints(-1, 2, 7)])
    case(call, fn, [values([0.0, 1.0, -0.5, NAN]), values([1.0, 0.0, 2.0, 0.0])])
    case(call, fn, [values([0.0, 1.0, 2.0]), bools(3)], note="mixed")
for spec in [bools(3, 5), ints(-1, 2, 7), values([0.0, -0.0, 1.0, NAN]), bools(0)]:
    case("logical_not", torch.logical_not, [spec])

for c, a, b in [
    ((), (), ()),
    ((3,), (3,), (3,)),
    ((3, 1), (1, 5), ()),
    ((5,), (2, 3, 5), (3, 1)),
    ((0,), (0,), (1,)),
    ((17,), (17,), (17,)),
    ((2, 3), (2, 3), (3,)),
]:
    case("where", torch.where, [bools(*c), normal(*a), normal(*b)])
case("where", torch.where, [bools(5), ints(-5, 5, 5), ints(-5, 5, 5)])
case("where", torch.where, [bools(5), normal(5, dtype=f64), normal(5, dtype=f64)])
case("where", torch.where, [values([True, False], torch.bool), values([1.0, NAN]), values([INF, 2.0])], note="specials")

for shape in [(), (3, 5), (17,), (0,), (2, 3, 5)]:
    case("clamp", torch.clamp, [normal(*shape)], min=-0.5, max=0.7)
case("clamp", torch.clamp, [normal(17)], min=0.1)
case("clamp", torch.clamp, [normal(17)], max=0.1)
case("clamp", torch.clamp, [values([-1.0, -0.5, 0.0, 0.5, 1.0])], min=-0.5, max=0.5, note="edges")
case("clamp", torch.clamp, [normal(5)], min=1, max=-1, note="crossed")
case("clamp", torch.clamp, [values([NAN, INF, -INF])], min=-1, max=1, note="specials", grad=False)
case("clamp", torch.clamp, [ints(-9, 9, 7)], min=-3, max=4)
case("clamp", torch.clamp, [normal(5, dtype=f64)], min=-0.3, max=0.3)

SPECIALS = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    1e-40,
    1e-30,
    80.0,
    -90.0,
    120.0,
    1e30,
    -1e30,
    INF,
    -INF,
    NAN,
]
# Functions of one and of two operands that lie between limits; torch's names are ours in snake case.
FUNCTIONS = json.loads((FOLDER.parent / "elementwise.json").read_text())
for name, limits in FUNCTIONS.items():
    call = re.sub(r"[A-Z]", lambda capital: "_" + capital[0].lower(), name)
    fn = getattr(torch, call)
    shapes = [[(), (1,), (3, 5), (17,), (0,), (2, 3, 5), (7, 13)]] if len(limits) == 1 else zip(*PAIRS)
    for sizes in zip(*shapes):
        case(call, fn, [uniform(*limit, *shape) for limit, shape in zip(limits, sizes)])
    case(call, fn, [uniform(*limit, 5, dtype=f64) for limit in limits])
    case(call, fn, [uniform(1e-7, 1e-3, 5) for _ in limits], note="small")
    specials = [SPECIALS[i:] + SPECIALS[:i] for i in range(len(SPECIALS))] if len(limits) == 2 else [SPECIALS]
    operands = [SPECIALS * len(specials), sum(specials, [])][: len(limits)]
    case(call, fn, [values(operand) for operand in operands], note="specials", grad=False)
for call in ["neg", "abs", "sign", "square", "relu"]:
    case(call, getattr(torch, call), [ints(-5, 6, 3, 5)])
for call in ["exp", "log", "sqrt", "sin", "tanh", "sigmoid", "rsqrt", "reciprocal"]:
    case(call, getattr(torch, call), [ints(1, 6, 5)], note="of integers")
for call in ["abs", "relu", "sign"]:
    case(call, getattr(torch, call), [values([-1.0, -0.0, 0.0, 1.0])], note="kink")
for call in ["tanh", "sigmoid", "expm1", "erf", "exp"]:
    case(call, getattr(torch, call), [magnitudes(-6, 1.5, 7, 13)], note="magnitudes")
for call in ["isnan", "isinf", "isfinite"]:
    case(call, getattr(torch, call), [values(SPECIALS)], grad=False)
    case(call, getattr(torch, call), [ints(0, 5, 3)])
    case(call, getattr(torch, call), [normal(0, 3)], grad=False)
