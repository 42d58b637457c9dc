"""Reshaping, selecting and joining."""

import torch
from _case import case, f64
from _golden import bools, ints, normal, values

for shape, to in [
    ((), [1, 1]),
    ((6,), [2, 3]),
    ((2, 3), [3, 2]),
    ((2, 3), [-1]),
    ((2, 3, 5), [5, -1]),
    ((0, 3), [3, 0]),
    ((1,), []),
    ((2, 3, 5), [2, 1, 15]),
]:
    case("reshape", lambda x, shape: x.reshape(shape), [normal(*shape)], shape=to)
case("reshape", lambda x, shape: x.reshape(shape), [ints(0, 9, 6)], shape=[3, 2])
case("reshape", lambda x, shape: x.reshape(shape), [bools(6)], shape=[3, -1])
for shape, dims in [
    ((2, 3), (0, 1)),
    ((2, 3, 5), (0, 2)),
    ((2, 3, 5), (-1, -2)),
    ((3, 1), (0, 1)),
    ((0, 3), (0, 1)),
    ((3,), (0, 0)),
    ((7, 13), (0, 1)),
]:
    case("transpose", torch.transpose, [normal(*shape)], dim0=dims[0], dim1=dims[1])
case("transpose", torch.transpose, [ints(0, 9, 2, 3)], dim0=0, dim1=1)
case("transpose", torch.transpose, [bools(2, 3)], dim0=0, dim1=1)
case("T", lambda x: x.T, [normal(3, 5)])
for shape, dims in [
    ((2, 3), [1, 0]),
    ((2, 3, 5), [2, 0, 1]),
    ((2, 3, 5), [-1, 1, 0]),
    ((2, 3, 1, 4), [3, 1, 0, 2]),
    ((3,), [0]),
    ((), []),
    ((2, 0, 3), [1, 2, 0]),
]:
    case("permute", torch.permute, [normal(*shape)], dims=dims)
for shape, to in [
    ((3, 1), [3, 5]),
    ((1,), [4]),
    ((), [2, 3]),
    ((3,), [2, 3]),
    ((1, 3, 1), [2, -1, 5]),
    ((2, 3), [2, 3]),
    ((1, 3), [0, 3]),
]:
    case("expand", lambda x, shape: x.expand(shape), [normal(*shape)], shape=to)
case("expand", lambda x, shape: x.expand(shape), [ints(0, 9, 3, 1)], shape=[3, 2])
for shape, args in [
    ((5,), (0, 1, 3)),
    ((3, 5), (1, 0, 2)),
    ((2, 3, 5), (-1, 2, 3)),
    ((5,), (0, 2, 0)),
    ((3, 5), (0, 2, 1)),
]:
    case("narrow", torch.narrow, [normal(*shape)], dim=args[0], start=args[1], length=args[2])


def cut(x, dim, start=None, stop=None, step=1):
    where = [slice(None)] * x.ndim
    where[dim] = slice(start, stop, step)
    return x[tuple(where)]


for shape, args in [
    ((7,), {"dim": 0, "start": 1, "stop": 6}),
    ((7,), {"dim": 0, "start": 0, "stop": 7, "step": 2}),
    ((7,), {"dim": 0, "start": 1, "stop": 7, "step": 3}),
    ((7,), {"dim": 0, "start": -3}),
    ((7,), {"dim": 0, "stop": -2}),
    ((3, 5), {"dim": 1, "start": 1, "stop": 99}),
    ((2, 3, 5), {"dim": -1, "start": 0, "stop": 5, "step": 4}),
    ((5,), {"dim": 0, "start": 3, "stop": 3}),
    ((5,), {"dim": 0, "start": 4, "stop": 2}),
    ((2, 3, 5), {"dim": 1, "start": 1}),
]:
    case("slice", cut, [normal(*shape)], **args)
case("slice", cut, [ints(0, 9, 7)], dim=0, start=1, step=2)
for shape, dim, index in [((5,), 0, 2), ((3, 5), 1, -1), ((2, 3, 5), 1, 0), ((2, 3, 5), -3, 1)]:
    case("select", torch.select, [normal(*shape)], dim=dim, index=index)
case("select", torch.select, [bools(3, 5)], dim=0, index=1)
pick = lambda x, index, dim: torch.index_select(x, dim, index.long())
for shape, dim, index in [
    ((5,), 0, [0, 4, 4, 2]),
    ((3, 5), 1, [1, 1, 1]),
    ((2, 3, 5), -2, [2, 0]),
    ((3, 5), 0, []),
    ((17, 3), 0, [16, 0, 5, 5, 9]),
]:
    case("index_select", pick, [normal(*shape), values(index, torch.int32)], dim=dim)
case("index_select", pick, [ints(0, 9, 5), values([3, 0], torch.int32)], dim=0)
take = lambda x, index, dim: torch.gather(x, dim, index.long())
for shape, to, dim in [
    ((5,), (3,), 0),
    ((3, 5), (3, 2), 1),
    ((3, 5), (2, 5), 0),
    ((2, 3, 5), (2, 3, 1), -1),
    ((3, 5), (2, 4), 1),
]:
    case("gather", take, [normal(*shape), ints(0, shape[dim], *to)], dim=dim)
case("gather", take, [ints(0, 9, 3, 5), ints(0, 5, 3, 2)], dim=1)
for shapes, dim in [
    ([(3,), (5,)], 0),
    ([(2, 3), (2, 1), (2, 5)], 1),
    ([(2, 3), (1, 3)], 0),
    ([(2, 3, 5), (2, 3, 1)], -1),
    ([(3,)], 0),
    ([(0, 3), (2, 3)], 0),
]:
    case("cat", lambda *xs, dim: torch.cat(xs, dim), [normal(*s) for s in shapes], dim=dim)
case("cat", lambda *xs, dim: torch.cat(xs, dim), [ints(0, 9, 2), ints(0, 9, 3)], dim=0)
case("cat", lambda *xs, dim: torch.cat(xs, dim), [normal(2), normal(3, dtype=f64)], dim=0, note="mixed")
for shape, n, dim in [((), 3, 0), ((3,), 2, 0), ((3,), 2, 1), ((2, 3), 3, 1), ((2, 3), 2, -1), ((0,), 2, 0)]:
    case("stack", lambda *xs, dim: torch.stack(xs, dim), [normal(*shape) for _ in range(n)], dim=dim)
for shape, size, dim in [((6,), 2, 0), ((7,), 3, 0), ((3, 5), [1, 4], 1), ((2, 3, 5), [2, 0, 1], 1), ((2, 3), 5, -1)]:
    case("split", lambda x, size, dim: torch.split(x, size, dim), [normal(*shape)], size=size, dim=dim)
for shape, n, dim in [((6,), 2, 0), ((7,), 3, 0), ((5,), 4, 0), ((2, 6), 3, 1)]:
    case("chunk", lambda x, n, dim: torch.chunk(x, n, dim), [normal(*shape)], n=n, dim=dim)
case("squeeze", torch.squeeze, [normal(1, 3, 1)])
case("squeeze", torch.squeeze, [normal(1)])
case("squeeze", torch.squeeze, [normal(1, 3, 1)], dim=0)
case("squeeze", torch.squeeze, [normal(1, 3, 1)], dim=-1)
case("squeeze", torch.squeeze, [normal(1, 3, 1)], dim=1, note="nothing to do")
for shape, dim in [((), 0), ((3,), 0), ((3,), 1), ((3,), -1), ((2, 3), 1), ((2, 3), -3)]:
    case("unsqueeze", torch.unsqueeze, [normal(*shape)], dim=dim)
for shape, args in [
    ((2, 3), {}),
    ((), {}),
    ((2, 3, 5), {"start_dim": 1}),
    ((2, 3, 5), {"start_dim": 0, "end_dim": 1}),
    ((2, 3, 1, 5), {"start_dim": -2}),
    ((0, 3), {}),
]:
    case("flatten", torch.flatten, [normal(*shape)], **args)
