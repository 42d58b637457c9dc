"""What stands in brackets: reading and writing by places, slices, lists, tensors and masks.

An index is a list as JSON holds it: numbers, slices as text, null, lists, and {"input": k} for a tensor among the inputs.
"""

import torch
from _case import case, f64
from _golden import bools, ints, normal, values

i32 = torch.int32


def entry(item, inputs):
    """One entry of an index, as Python writes it."""
    if isinstance(item, dict):
        tensor = inputs[item["input"]]
        return tensor.long() if tensor.dtype == i32 else tensor
    if item == "...":
        return ...
    if isinstance(item, str):
        return slice(*(int(part) if part else None for part in item.split(":")))
    return item


def read(*inputs, at):
    return inputs[0][tuple(entry(item, inputs) for item in at)]


def write(x, value, *rest, at):
    y = x.clone()
    y[tuple(entry(item, [x, value, *rest]) for item in at)] = value
    return y


def reading(shape, at, *indices, call="at", **options):
    case(call, read, [normal(*shape, **options), *indices], grad=[True, *(False for _ in indices)], at=at)


a, b = {"input": 1}, {"input": 2}
for shape, at in [
    ((5,), []),
    ((), []),
    ((), [None]),
    ((5,), [2]),
    ((5,), [-1]),
    ((5,), ["1:4"]),
    ((5,), ["-3:"]),
    ((5,), ["::2"]),
    ((5,), ["3:1"]),
    ((5,), ["1:99:3"]),
    ((5,), [[0, -1, 2, 2]]),
    ((5,), [[]]),
    ((5,), [[[0, 1], [2, 3]]]),
    ((3, 4), [1]),
    ((3, 4), [1, 2]),
    ((3, 4), [":", 2]),
    ((3, 4), ["1:", "::2"]),
    ((3, 4), [None, 1]),
    ((3, 4), [":", None, "1:3"]),
    ((3, 4), ["...", 0]),
    ((3, 4), ["...", None]),
    ((3, 4), [None, "...", None]),
    ((3, 4), [[2, 0]]),
    ((3, 4), [":", [3, 0, 0]]),
    ((3, 4), [[0, 2], [1, -1]]),
    ((3, 4), [[[0], [2]], [1, -1, 0]]),
    ((3, 4), ["1:", [0, 0]]),
    ((3, 4), [[0], "1:"]),
    ((2, 3, 4), [0, ":", [1, 3]]),
    ((2, 3, 4), [[0, 1], ":", [1, 3]]),
    ((2, 3, 4), [":", [0, 2], [1, 3]]),
    ((2, 3, 4), [[1, 0], [0, 2], ":"]),
    ((2, 3, 4), [":", [[0, 2], [1, 1]], ":"]),
    ((2, 3, 4), [[0, 1], None, [1, 2]]),
    ((2, 3, 4), [[0, 1], 1, [1, 2]]),
    ((2, 3, 4), ["...", [0, -1]]),
    ((2, 3, 4), [[[1], [0]], "1:", [0, 2, 3]]),
    ((2, 3, 4, 2), [":", [0, 2], ":", [1, 0]]),
    ((2, 3, 4, 2), [":", [0, 2], [1, 3], "::2"]),
    ((2, 3, 4, 2), [0, "...", [[0], [1]]]),
    ((0, 3), [":", [2, 0]]),
    ((3, 0), [1]),
]:
    reading(shape, at)
reading((3, 4), [a], values([2, -3, 0], i32))
reading((3, 4), [a], values(1, i32))
reading((3, 4), [":", a], values([[0, 3], [-1, 1]], i32))
reading((3, 4), [a, b], values([0, 1, 2], i32), values([3, -4, 0], i32))
reading((3, 4), [a, [1, 0]], values([[0], [2]], i32))
reading((2, 3, 4), [a, ":", b], values([0, 1], i32), values([3, 0], i32))
reading((2, 3, 4), [a, ":", [1, 3]], values(1, i32))
reading((2, 3, 4), [":", a, [1, 3]], values(2, i32))
reading((3, 4), [a], values([], i32))
reading((3, 4), ["1:", a], values([0, 0], i32), dtype=f64)
case("at", read, [ints(0, 9, 3, 4), values([2, 0], i32)], at=[":", a])
case("at", read, [bools(3, 4), values([2, 0], i32)], at=[a, "1:"])

# A mask picks as many elements as it holds: read on the host only.
mask = lambda *shape: bools(*shape)
reading((3, 4), [a], mask(3, 4), call="at_mask")
reading((3, 4), [a], mask(3), call="at_mask")
reading((3, 4), [":", a], mask(4), call="at_mask")
reading((3, 4), [[True, False, True]], call="at_mask")
reading((3, 4), [a, 1], mask(3), call="at_mask")
reading((2, 3, 4), [a], mask(2, 3), call="at_mask")
reading((2, 3, 4), [":", a], mask(3, 4), call="at_mask")
reading((2, 3, 4), [a, ":", b], values([True, True], torch.bool), values([0, 2], i32), call="at_mask")
reading((2, 3, 4), [0, a, "1:"], mask(3), call="at_mask")
reading((3,), [a], values([False, False, False], torch.bool), call="at_mask")
reading((3,), [a], values(True, torch.bool), call="at_mask")
reading((3,), [a], values(False, torch.bool), call="at_mask")
case("masked_select", torch.masked_select, [normal(3, 4), mask(3, 4)], grad=[True, False])
case("masked_select", torch.masked_select, [normal(3, 1), mask(4)], grad=[True, False])
case("nonzero", torch.nonzero, [ints(-1, 2, 3, 4)])
case("nonzero", torch.nonzero, [mask(5)])
case("nonzero", torch.nonzero, [values(2.5)])
case("nonzero", torch.nonzero, [values(0.0)])
case("nonzero_tuple", lambda x: torch.nonzero(x, as_tuple=True), [ints(-1, 2, 2, 3, 2)])
case("nonzero_tuple", lambda x: torch.nonzero(x, as_tuple=True), [values(3.0)])


def writing(shape, value, at, *indices, call="set_"):
    grad = [True, not isinstance(value, (int, float)), *(False for _ in indices)]
    case(call, write, [normal(*shape), value, *indices], grad=grad, at=at)


c, d = {"input": 2}, {"input": 3}
for shape, value, at in [
    ((5,), 7, [2]),
    ((5,), 7.5, [[0, -1]]),
    ((5,), normal(), ["1:3"]),
    ((5,), normal(1, 1), ["1:3"]),
    ((5,), 0, ["3:1"]),
    ((), 3, []),
    ((3, 4), normal(4), [0]),
    ((3, 4), normal(1, 4), [0]),
    ((3, 4), normal(3), [":", 1]),
    ((3, 4), normal(3, 1), [":", "::2"]),
    ((3, 4), normal(2, 2), ["1:", "1:3"]),
    ((3, 4), normal(2), [[0, 2], [1, -1]]),
    ((3, 4), normal(2, 3), [[[0], [2]], [1, -1, 0]]),
    ((3, 4), normal(4), ["..."]),
    ((3, 4), 1, [[2, 0]]),
    ((2, 3, 4), normal(2, 3), [[0, 1], ":", [1, 3]]),
    ((2, 3, 4), normal(3), ["...", 0]),
    ((2, 3, 4), normal(1, 2, 3), [None, ":", ":", 1]),
]:
    writing(shape, value, at)
writing((3, 4), normal(2, 4), [c], values([2, -3], i32))
writing((3, 4), normal(3), [c, d], values([0, 1, 2], i32), values([3, -4, 0], i32))
writing((3, 4), 5, [":", c], values(1, i32))
writing((3, 4), 0, [c], mask(3, 4))
writing((3, 4), 0, [c], mask(3))
writing((3, 4), normal(4), [c], mask(3))
writing((3, 4), normal(), [c], mask(3, 4))
writing((3, 4), normal(1), [c], mask(3, 4))
writing((2, 3, 4), -1, [c], mask(2, 3))
writing((3, 4), normal(2), [c], values([[True, False, False, True], [False] * 4, [False] * 4], torch.bool), call="set_mask")
writing((3, 4), 2, [":", c], mask(4), call="set_mask")
writing((3, 4), 2, [1, c], mask(4), call="set_mask")
case("set_", write, [ints(0, 9, 3, 4), 2.75], at=[1])
case("set_", write, [ints(0, 9, 3, 4), normal(4)], at=[1], grad=False)
case("set_", write, [bools(3, 4), 2], at=[1])

fill = lambda x, mask, value: x.masked_fill(mask, value)
case("masked_fill", fill, [normal(3, 4), mask(3, 4), 0], grad=[True, False, False])
case("masked_fill", fill, [normal(3, 4), mask(4), -1e9], grad=[True, False, False])
case("masked_fill", fill, [normal(3, 4), mask(3, 1), normal()], grad=[True, False, True])
case("masked_fill", fill, [ints(0, 9, 3), mask(3), 2])
for shape, to, dim in [((5,), (3,), 0), ((3, 5), (3, 2), 1), ((3, 5), (2, 5), 0), ((2, 3, 4), (2, 3, 1), -1)]:
    size = shape[dim]
    # Each place once: which of several values stays is not promised by torch.
    places = lambda g, to=to, dim=dim, size=size: torch.argsort(
        torch.rand([size if i == dim % len(to) else n for i, n in enumerate(to)], generator=g), dim
    ).narrow(dim, 0, to[dim]).to(i32)
    put = lambda x, index, value, dim: x.scatter(dim, index.long(), value)
    case("scatter", put, [normal(*shape), places, normal(*to)], dim=dim)
    case("scatter", put, [normal(*shape), places, 1.5], dim=dim)
    add = lambda x, index, value, dim: x.scatter_add(dim, index.long(), value)
    case("scatter_add", add, [normal(*shape), ints(0, size, *to), normal(*to)], dim=dim)
