"""Running sums, sorting, and compositions of ops that move values."""

import torch
from _case import INF, NAN, case, f64
from _golden import bools, ints, normal, values

for shape, dim in [((), 0), ((5,), 0), ((17,), -1), ((3, 4), 0), ((3, 4), 1), ((2, 3, 4), 1), ((0, 3), 0), ((3, 0), 1)]:
    case("cumsum", torch.cumsum, [normal(*shape)], dim=dim)
case("cumsum", torch.cumsum, [normal(1000, shift=3)], dim=0)
case("cumsum", torch.cumsum, [ints(-9, 9, 3, 4)], dim=1)
case("cumsum", torch.cumsum, [bools(7)], dim=0)
case("cumsum", torch.cumsum, [normal(7, dtype=f64)], dim=0)
sort = lambda x, dim, descending=False: torch.sort(x, dim=dim, descending=descending, stable=True)
for shape, dim in [((), 0), ((5,), 0), ((3, 4), 0), ((3, 4), -1), ((2, 3, 4), 1), ((0, 3), 1)]:
    for descending in [False, True]:
        case("sort", sort, [normal(*shape)], dim=dim, descending=descending)
special = values([1.0, NAN, -INF, 1.0, INF, NAN, -1.0, 0.0, -0.0, 1.0])
for descending in [False, True]:
    case("sort", sort, [special], dim=0, descending=descending, note="NaN, infinities, ties")
    case("sort", sort, [ints(0, 3, 4, 9)], dim=1, descending=descending)
    case("sort", sort, [bools(9)], dim=0, descending=descending)
topk = lambda x, k, dim, largest: torch.topk(x, k, dim=dim, largest=largest)
for shape, k, dim in [((), 1, 0), ((5,), 2, 0), ((5,), 5, -1), ((5,), 0, 0), ((3, 4), 2, 0), ((2, 3, 4), 3, -1)]:
    for largest in [True, False]:
        case("topk", topk, [normal(*shape)], k=k, dim=dim, largest=largest)
for diagonal in [0, 1, -1, 5, -5]:
    case("tril", torch.tril, [normal(3, 4)], diagonal=diagonal)
    case("triu", torch.triu, [normal(3, 4)], diagonal=diagonal)
case("tril", torch.tril, [normal(2, 3, 3)], diagonal=0)
case("triu", torch.triu, [ints(1, 9, 4, 2)], diagonal=0)
case("tril", torch.tril, [bools(3, 3)], diagonal=0)
for shape, dims in [((5,), [0]), ((3, 4), [1]), ((3, 4), [0, -1]), ((2, 3, 4), [2, 0]), ((3,), []), ((0, 2), [1])]:
    case("flip", torch.flip, [normal(*shape)], dims=dims)
for shape, times in [((), [3]), ((3,), [2]), ((3,), [2, 1]), ((2, 3), [1, 2]), ((2, 3), [2, 2, 2]), ((2, 3), [0, 1])]:
    case("repeat", lambda x, times: x.repeat(times), [normal(*shape)], times=times)
for shape, dim, n in [((), None, 2), ((3,), None, 2), ((3,), 0, 3), ((2, 3), None, 2), ((2, 3), 1, 2), ((2, 3), -2, 0)]:
    case("repeat_interleave", lambda x, n, dim: torch.repeat_interleave(x, n, dim), [normal(*shape)], n=n, dim=dim)
for decimals in [0, 1, 2, -1]:
    case("round_decimals", lambda x, decimals: x.round(decimals=decimals), [normal(4, 5, scale=30)], decimals=decimals)
case("t", torch.t, [normal(3, 4)])
case("t", torch.t, [normal(3)])
case("t", torch.t, [normal()])
near = values([1.0, 1.0 + 1e-6, 1.0 + 1e-4, NAN, INF, -INF, INF, 0.0, 0.0])
other = values([1.0, 1.0, 1.0, NAN, INF, INF, 1.0, 1e-9, 1e-7])
for equal_nan in [False, True]:
    case("isclose", lambda x, y, equal_nan: torch.isclose(x, y, equal_nan=equal_nan), [near, other], equal_nan=equal_nan)
case("clamp_positional", lambda x: torch.clamp(x, -0.5, 0.5), [normal(7)])
