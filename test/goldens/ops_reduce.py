"""Reductions over no, one and several dimensions; ties, NaN and empty tensors."""

import torch
from _case import INF, NAN, case, f64
from _golden import bools, ints, normal, values

AXES = [
    ((), {}),
    ((3,), {}),
    ((1,), {}),
    ((17,), {}),
    ((3, 5), {}),
    ((3, 5), {"dim": [0]}),
    ((3, 5), {"dim": [1]}),
    ((3, 5), {"dim": [-1], "keepdim": True}),
    ((2, 3, 5), {"dim": [1]}),
    ((2, 3, 5), {"dim": [0, 2]}),
    ((2, 3, 5), {"dim": [-1, 0], "keepdim": True}),
    ((2, 1, 5), {"dim": [1]}),
    ((7, 13), {"dim": [0]}),
]


for call, fn in {"sum": torch.sum, "mean": torch.mean}.items():
    for shape, args in AXES:
        case(call, fn, [normal(*shape)], **args)
    case(call, fn, [normal(0)])
    case(call, fn, [normal(0, 3)], dim=[0])
    case(call, fn, [normal(3, 0)], dim=[0])
    case(call, fn, [normal(301, scale=8, shift=4000)], note="large mean")
    case(call, fn, [normal(3, 5, dtype=f64)], dim=[1])
    case(call, fn, [values([1.0, INF, -INF, NAN])], note="specials", grad=False)
case("sum", torch.sum, [ints(-9, 9, 3, 5)])
case("sum", torch.sum, [ints(-9, 9, 3, 5)], dim=[0], keepdim=True)
case("sum", torch.sum, [bools(3, 5)], dim=[1])

case("prod", torch.prod, [normal(3, 5)])
for shape, args in [
    ((3,), {}),
    ((), {}),
    ((3, 5), {"dim": 0}),
    ((3, 5), {"dim": -1, "keepdim": True}),
    ((2, 3, 5), {"dim": 1}),
]:
    case("prod", torch.prod, [normal(*shape)], **args)
case("prod", torch.prod, [normal(0)])
case("prod", torch.prod, [values([2.0, 0.0, 3.0])], note="one zero")
case("prod", torch.prod, [values([[2.0, 0.0, 0.0], [1.0, 0.0, 4.0], [1.0, 2.0, 3.0]])], dim=1, note="zeros")
case("prod", torch.prod, [ints(1, 4, 5)])
case("prod", torch.prod, [normal(5, dtype=f64)])

for call, fn in {"var": torch.var, "std": torch.std}.items():
    run = lambda x, dim=None, correction=1, keepdim=False, fn=fn: (
        fn(x, dim=dim, unbiased=bool(correction), keepdim=keepdim)
        if dim is not None
        else fn(x, unbiased=bool(correction))
    )
    for shape, args in AXES:
        if shape in [(), (1,), (2, 1, 5)]:
            continue
        case(call, run, [normal(*shape)], **args)
        case(call, run, [normal(*shape)], **args, correction=0)
    case(call, run, [normal(1)], grad=False, note="one value")
    case(call, run, [normal(301, scale=8, shift=4000)], note="large mean")
    case(call, run, [normal(3, 5, dtype=f64)], dim=[1])
case("var", lambda x, correction: torch.var(x, unbiased=bool(correction)), [normal(1)], correction=0, note="one value")

for call, fn in {"max": torch.max, "min": torch.min}.items():
    for shape in [(), (3,), (17,), (3, 5), (2, 3, 5)]:
        case(call, fn, [normal(*shape)])
    case(call, fn, [values([[1.0, 3.0, 3.0], [3.0, -1.0, -1.0]])], note="ties")
    case(call, fn, [values([1.0, NAN, 3.0])], note="nan", grad=False)
    case(call, fn, [ints(-9, 9, 3, 5)])
    case(call, fn, [normal(5, dtype=f64)])
    for shape, args in [
        ((3,), {"dim": 0}),
        ((3, 5), {"dim": 0}),
        ((3, 5), {"dim": -1}),
        ((3, 5), {"dim": 1, "keepdim": True}),
        ((2, 3, 5), {"dim": 1}),
        ((2, 1, 5), {"dim": 1}),
        ((0, 3), {"dim": 1}),
    ]:
        case(f"{call}_dim", fn, [normal(*shape)], **args)
    case(f"{call}_dim", fn, [values([[1.0, 3.0, 3.0], [3.0, 3.0, -1.0], [2.0, -1.0, -1.0]])], dim=1, note="ties")
    case(f"{call}_dim", fn, [values([[1.0, NAN, 3.0], [NAN, NAN, -INF]])], dim=1, note="nan", grad=False)
    case(f"{call}_dim", fn, [ints(-9, 9, 3, 5)], dim=0)
    arg = getattr(torch, f"arg{call}")
    for shape, args in [
        ((), {}),
        ((17,), {}),
        ((3, 5), {}),
        ((3, 5), {"dim": 0}),
        ((3, 5), {"dim": -1, "keepdim": True}),
        ((2, 3, 5), {"dim": 1}),
    ]:
        case(f"arg{call}", arg, [normal(*shape)], grad=False, **args)
    case(f"arg{call}", arg, [values([[1.0, 3.0, 3.0], [3.0, 1.0, 1.0]])], grad=False, note="ties")
    case(f"arg{call}", arg, [values([[1.0, 3.0, 3.0], [3.0, 1.0, 1.0]])], grad=False, dim=1, note="ties")
    case(f"arg{call}", arg, [values([1.0, NAN, 3.0, NAN])], grad=False, note="nan")
    case(f"arg{call}", arg, [ints(-9, 9, 3, 5)], dim=1)

for call, fn in {"any": torch.any, "all": torch.all}.items():
    for shape, args in [
        ((), {}),
        ((5,), {}),
        ((3, 5), {}),
        ((3, 5), {"dim": 0}),
        ((3, 5), {"dim": -1, "keepdim": True}),
        ((0,), {}),
        ((0, 3), {"dim": 0}),
    ]:
        case(call, fn, [bools(*shape)], **args)
    case(call, fn, [values([[0.0, 0.0], [1.0, 0.0], [NAN, 2.0]])], grad=False, dim=1)
    case(call, fn, [ints(-1, 2, 3, 4)], dim=0)

for call, fn in {"amax": torch.amax, "amin": torch.amin}.items():
    for shape, args in AXES:
        case(call, fn, [normal(*shape)], **({"dim": ()} | args))
    case(call, fn, [values([[1.0, 3.0, 3.0], [3.0, 3.0, -1.0], [-1.0, -1.0, -1.0]])], dim=[1], note="ties")
    case(call, fn, [values([[1.0, 3.0, 3.0], [3.0, 1.0, 1.0]])], dim=[0, 1], note="ties")
    case(call, fn, [values([[1.0, NAN], [INF, -INF]])], dim=[1], note="specials", grad=False)
    case(call, fn, [ints(-9, 9, 3, 5)], dim=[1])

for shape, args in [
    ((3,), {"dim": [0]}),
    ((3, 5), {"dim": [1]}),
    ((3, 5), {"dim": [0], "keepdim": True}),
    ((2, 3, 5), {"dim": [0, 2]}),
    ((7, 13), {"dim": [1]}),
    ((7, 13), {"dim": [0]}),
]:
    case("logsumexp", torch.logsumexp, [normal(*shape, scale=3)], **args)
case("logsumexp", torch.logsumexp, [values([[1000.0, 1000.0], [-1000.0, -1001.0], [1e-8, 0.0]])], dim=[1], note="large")
case(
    "logsumexp",
    torch.logsumexp,
    [values([[-INF, 0.0], [-INF, -INF], [INF, 0.0]])],
    dim=[1],
    note="infinite",
    grad=False,
)
case("logsumexp", torch.logsumexp, [normal(3, 5, dtype=f64)], dim=[1])

for p in [1, 2, 3, "inf"]:
    run = lambda x, p: torch.norm(x, p=float(p))
    for shape in [(3,), (3, 5), (2, 3, 5), (17,)]:
        case("norm", run, [normal(*shape)], p=p)
    case("norm_dim", lambda x, p, **args: torch.norm(x, p=float(p), **args), [normal(3, 5)], p=p, dim=1)
    case(
        "norm_dim",
        lambda x, p, **args: torch.norm(x, p=float(p), **args),
        [normal(2, 3, 5)],
        p=p,
        dim=[0, 2],
        keepdim=True,
    )
case("norm", lambda x, p: torch.norm(x, p=float(p)), [values([0.0, 0.0])], p=2, note="zeros")
case("norm", lambda x, p: torch.norm(x, p=float(p)), [normal(5, dtype=f64)], p=2)
