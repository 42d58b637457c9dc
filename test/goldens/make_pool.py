"""Goldens of pooling and resizing, forward and backward: `python3 test/goldens/make_pool.py` writes pool.json.

The cases are as in make_ops.py; the options are drawn from a seeded generator, so that they meet in all combinations.
prints: {layer, args, repr}: how torch prints each layer.
"""

import random

import torch
import torch.nn.functional as F
from _case import INF, NAN, case, cases, f64
from _golden import ints, normal, values, write
from torch import nn


def tied(*shape):
    """Few different numbers: most windows hold their largest one twice."""
    return lambda g: torch.randint(-2, 3, shape, generator=g).float()


def one_or_list(draw, rank):
    """A number for all dimensions as often as one for each."""
    return draw() if random.random() < 0.5 else [draw() for _ in range(rank)]


def listed(value, rank):
    return value if isinstance(value, list) else [value] * rank


def plane(rank, kernel, dilation=1):
    reach = [d * (k - 1) + 1 for k, d in zip(listed(kernel, rank), listed(dilation, rank))]
    return [random.randint(max(1, r - 1), r + (5 if rank < 3 else 2)) for r in reach]


def lead():
    return random.choice([[1], [2], [3], [1, 1], [2, 1], [1, 3], [2, 2]])


def window(rank, dilated):
    """The options of a window, each left out half of the time."""
    kernel = one_or_list(lambda: random.randint(1, 4 if rank < 3 else 3), rank)
    args = {"kernel_size": kernel}
    if random.random() < 0.7:
        args["stride"] = one_or_list(lambda: random.randint(1, 4), rank)
    if random.random() < 0.5:
        args["padding"] = [random.randint(0, k // 2) for k in listed(kernel, rank)]
    if dilated and random.random() < 0.4:
        args["dilation"] = one_or_list(lambda: random.randint(1, 3), rank)
    if random.random() < 0.5:
        args["ceil_mode"] = True
    return args


def fits(fn, shape, args):
    """Whether torch takes it, and reads inside its memory: a dilated window may hold nothing but padding."""
    try:
        result = fn(torch.zeros(shape), **args)
    except RuntimeError:
        return False
    outputs = result if isinstance(result, tuple) else [result]
    return bool(torch.isfinite(outputs[0]).all())


def drawn(count, rank, fn, make_args, make=normal, name=None, **fixed):
    done = 0
    while done < count:
        args = {**make_args(), **fixed}
        shape = lead() + plane(rank, args["kernel_size"], args.get("dilation", 1))
        if not fits(fn, shape, args):
            continue
        case(name or fn.__name__, fn, [make(*shape)], **args)
        done += 1


MAX = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVG = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


def divided(rank):
    args = window(rank, False)
    if random.random() < 0.5:
        args["count_include_pad"] = False
    if rank > 1 and random.random() < 0.3:
        args["divisor_override"] = random.choice([1, 3, 7, -2])
    return args


random.seed("pool")
for rank, count in [(1, 40), (2, 90), (3, 30)]:
    name = f"max_pool{rank}d"
    dilated = lambda: window(rank, True)
    drawn(count, rank, MAX[rank], dilated, name=name)
    drawn(count // 2, rank, MAX[rank], dilated, name=name, make=tied, return_indices=True)
    drawn(count, rank, AVG[rank], lambda: divided(rank), name=f"avg_pool{rank}d")

EDGES = values([[-INF, -INF, 1.0, NAN], [-INF, -INF, NAN, INF], [NAN, 2.0, -0.0, 0.0], [NAN, 2.0, 0.0, -0.0]])
for args in [{"kernel_size": 2}, {"kernel_size": 3, "stride": 1, "padding": 1}, {"kernel_size": 2, "dilation": 2, "stride": 1}]:
    indices = {**args, "return_indices": True}
    case("max_pool1d", F.max_pool1d, [EDGES], note="edges", **indices)
    case("max_pool2d", F.max_pool2d, [lambda g: EDGES(g)[None]], note="edges", **indices)
    case("max_pool3d", F.max_pool3d, [lambda g: EDGES(g)[None, None].repeat(1, 3, 1, 1)], note="edges", **indices)
    if "dilation" not in args:
        case("avg_pool2d", F.avg_pool2d, [lambda g: EDGES(g)[None]], note="edges", **args)
for dtype in [torch.float32, f64]:
    case("max_pool2d", F.max_pool2d, [normal(0, 2, 5, 4, dtype=dtype)], kernel_size=2, return_indices=True)
    case("avg_pool2d", F.avg_pool2d, [normal(0, 2, 5, 4, dtype=dtype)], kernel_size=2)
    case("max_pool2d", F.max_pool2d, [normal(2, 3, 7, 6, dtype=dtype)], kernel_size=3, stride=2, padding=1)
    case("max_pool2d", F.max_pool2d, [normal(2, 3, 16, 16, dtype=dtype)], kernel_size=2)
    case("avg_pool2d", F.avg_pool2d, [normal(2, 3, 16, 16, dtype=dtype)], kernel_size=2)
    case("avg_pool2d", F.avg_pool2d, [normal(2, 3, 9, 19, dtype=dtype)], kernel_size=3, stride=2, padding=1)
    case("max_pool2d", F.max_pool2d, [normal(1, 2, 9, 19, dtype=dtype)], kernel_size=[3, 2], return_indices=True)
    case("max_pool2d", F.max_pool2d, [normal(1, 2, 9, 23, dtype=dtype)], kernel_size=3, stride=1, return_indices=True)
    case("max_pool3d", F.max_pool3d, [normal(1, 2, 4, 4, 5, dtype=dtype)], kernel_size=2, return_indices=True)
    case("avg_pool3d", F.avg_pool3d, [normal(1, 2, 4, 4, 5, dtype=dtype)], kernel_size=2, padding=1)
    case("adaptive_avg_pool2d", F.adaptive_avg_pool2d, [normal(2, 3, 7, 6, dtype=dtype)], output_size=[3, 4])
    case("adaptive_max_pool2d", F.adaptive_max_pool2d, [normal(2, 3, 7, 6, dtype=dtype)], output_size=[3, 4])


def of_long(fn):
    """torch averages int64 alone; the library's integers are int32."""
    return lambda x, **args: fn(x.long(), **args)


for args in [{}, {"stride": 1}, {"padding": 1, "ceil_mode": True}, {"padding": 1, "count_include_pad": False}]:
    case("avg_pool1d", of_long(F.avg_pool1d), [ints(-9, 10, 2, 3, 7)], kernel_size=2, **args)
    case("avg_pool2d", of_long(F.avg_pool2d), [ints(-9, 10, 1, 2, 5, 6)], kernel_size=2, **args)
    case("avg_pool3d", of_long(F.avg_pool3d), [ints(-9, 10, 1, 2, 3, 4, 5)], kernel_size=2, **args)

# Evenly parted windows


def even(rank, fn, name, **args):
    shape = lead() + [random.randint(1, 7 if rank < 3 else 4) for _ in range(rank)]
    size = one_or_list(lambda: random.randint(1, 5 if rank < 3 else 3), rank)
    if rank > 1 and isinstance(size, list):
        size = [None if random.random() < 0.3 else n for n in size]
    case(name, fn, [normal(*shape)], output_size=size, **args)


for rank, count in [(1, 25), (2, 45), (3, 20)]:
    for _ in range(count):
        even(rank, getattr(F, f"adaptive_avg_pool{rank}d"), f"adaptive_avg_pool{rank}d")
        even(rank, getattr(F, f"adaptive_max_pool{rank}d"), f"adaptive_max_pool{rank}d")
    for _ in range(count // 3):
        even(rank, getattr(F, f"adaptive_max_pool{rank}d"), f"adaptive_max_pool{rank}d", return_indices=True)
for shape in [(2, 3, 5, 4), (1, 1, 1, 1), (3, 8, 7, 7)]:
    case("adaptive_avg_pool2d", F.adaptive_avg_pool2d, [normal(*shape)], output_size=1)
    case("adaptive_max_pool2d", F.adaptive_max_pool2d, [normal(*shape)], output_size=1)
    case("global_amax", lambda x: x.amax([2, 3]), [normal(*shape)])
for shape in [(2, 3, 5, 4), (1, 1, 1, 1), (3, 8, 7, 7), (4, 16, 4, 4), (4, 8, 6, 5), (2, 16, 8, 8)]:
    case("global_mean", lambda x: x.mean([2, 3]), [normal(*shape)])
case("global_amax", lambda x: x.amax([2, 3]), [tied(2, 3, 4, 4)], note="ties")
case("adaptive_max_pool2d", F.adaptive_max_pool2d, [tied(2, 3, 4, 4)], output_size=1, return_indices=True, note="ties")
case("adaptive_max_pool2d", F.adaptive_max_pool2d, [lambda g: EDGES(g)[None]], output_size=[2, 3], return_indices=True, note="edges")
case("adaptive_avg_pool2d", F.adaptive_avg_pool2d, [normal(0, 2, 3, 4)], output_size=2)
case("adaptive_avg_pool2d", F.adaptive_avg_pool2d, [normal(1, 0, 3, 4)], grad=False, output_size=2)
case("adaptive_avg_pool2d", F.adaptive_avg_pool2d, [normal(1, 2, 3, 4)], grad=False, output_size=0)

# The partial inverse of max pooling


def unpooled(rank, args):
    """Indices that a pooling gave: no two of a plane are the same where windows do not overlap."""
    pool, unpool = MAX[rank], getattr(F, f"max_unpool{rank}d")

    def places(shape):
        def make(g):
            x = torch.randn(shape, generator=g)
            return pool(x, return_indices=True, **{k: v for k, v in args.items() if k != "output_size"})[1].int()

        return make

    return places, lambda x, indices, **args: unpool(x, indices.long(), **args)


for rank, shape, args in [
    (1, (2, 3, 8), {"kernel_size": 2}),
    (1, (2, 9), {"kernel_size": 3, "stride": 3, "padding": 1, "output_size": [9]}),
    (1, (1, 2, 7), {"kernel_size": 2, "output_size": [7]}),
    (2, (2, 3, 4, 6), {"kernel_size": 2}),
    (2, (3, 4, 6), {"kernel_size": [2, 3]}),
    (2, (1, 2, 5, 7), {"kernel_size": 2, "output_size": [5, 7]}),
    (2, (1, 2, 5, 7), {"kernel_size": 2, "output_size": [1, 2, 5, 7]}),
    (2, (1, 2, 8, 8), {"kernel_size": 2, "stride": 3}),
    (2, (0, 2, 4, 4), {"kernel_size": 2}),
    (3, (1, 2, 4, 4, 2), {"kernel_size": 2}),
    (3, (2, 3, 4, 4), {"kernel_size": [1, 2, 2], "output_size": [3, 4, 5]}),
]:
    places, unpool = unpooled(rank, args)
    inner = places(shape)
    pooled = inner(torch.Generator().manual_seed(0)).shape
    case(f"max_unpool{rank}d", unpool, [normal(*pooled), inner], **args)

# By a norm

for rank, fn in [(1, F.lp_pool1d), (2, F.lp_pool2d)]:
    for p in [1, 2, 3, 1.5]:
        for kernel in [2, 3]:
            for args in [{}, {"stride": 1}, {"ceil_mode": True}]:
                shape = [2, 3, 7] if rank == 1 else random.choice([[1, 2, 5, 4], [2, 4, 6]])
                positive = lambda g: torch.rand(shape, generator=g) + 0.1
                make = normal(*shape) if p == 2 else positive
                case(f"lp_pool{rank}d", fn, [make], norm_type=p, kernel_size=kernel, **args)

        for note, make in [("zeros", values([[0.0, 0.0, 1.0, 2.0]])), ("signs", values([[-1.0, 0.5, 1.0, -2.0]]))]:
            case(f"lp_pool{rank}d", fn, [lambda g: make(g).view(*[1] * rank, 4)], note=note, norm_type=p, kernel_size=2 if rank == 1 else [1, 2])

# Resizing


def resized(name, *shape, note="", make=normal, **args):
    case("interpolate", F.interpolate, [make(*shape)], note=note, **args)


for mode, rank in [
    ("nearest", 1),
    ("nearest", 2),
    ("nearest", 3),
    ("nearest-exact", 1),
    ("nearest-exact", 2),
    ("nearest-exact", 3),
    ("linear", 1),
    ("bilinear", 2),
    ("trilinear", 3),
    ("bicubic", 2),
    ("area", 1),
    ("area", 2),
]:
    # Channels of 2 and more, as the strides of one channel look like channels last to torch, which then computes otherwise.
    count = 14 if rank < 3 else 8
    for i in range(count):
        sizes = [random.randint(1, 7 if rank < 3 else 4) for _ in range(rank)]
        shape = [random.choice([1, 2]), random.choice([2, 3]), *sizes]
        args = {"mode": mode}
        if i % 2 == 0:
            args["size"] = one_or_list(lambda: random.randint(1, 11 if rank < 3 else 5), rank)
        else:
            args["scale_factor"] = one_or_list(lambda: random.choice([0.5, 2, 3, 1.7, 0.8, 2.5, 1.3]), rank)
            if any(int(n * s) == 0 for n, s in zip(sizes, listed(args["scale_factor"], rank))):
                continue
            exact = lambda n, s: int(n * s) in (n, 2 * n) and s not in (1, 2)
            # Torch's gradient of "nearest" is that of another function there: docs/11.
            if "nearest" in mode and any(exact(n, s) for n, s in zip(sizes, listed(args["scale_factor"], rank))):
                continue
            if random.random() < 0.3:
                args["recompute_scale_factor"] = True
        if "linear" in mode or mode == "bicubic":
            if random.random() < 0.5:
                args["align_corners"] = random.choice([True, False])
        resized(mode, *shape, **args)
for n in [41, 47, 55, 61, 74, 82]:  # where float32 rounds to another neighbour than float64
    resized("nearest", 1, 2, 8, size=n, mode="nearest")
    resized("nearest-exact", 1, 2, 6, size=n, mode="nearest-exact")
for mode, shape in [("nearest", (1, 2, 5)), ("linear", (1, 2, 5)), ("bilinear", (1, 2, 4, 3)), ("bicubic", (1, 2, 4, 3))]:
    double = lambda *shape: normal(*shape, dtype=f64)
    resized(mode, *shape, make=double, size=7, mode=mode)
    resized(mode, *shape, make=double, scale_factor=2, mode=mode)
resized("bilinear", 0, 2, 4, 3, size=5, mode="bilinear")
resized("bilinear", 1, 2, 4, 3, size=[4, 3], mode="bilinear")
resized("bilinear", 1, 2, 4, 3, size=1, mode="bilinear", align_corners=True)

for shape, r in [((2, 8, 3, 2), 2), ((9, 2, 2), 3), ((1, 2, 4, 1, 3), 2), ((1, 3, 2, 2), 1)]:
    case("pixel_shuffle", F.pixel_shuffle, [normal(*shape)], upscale_factor=r)
for shape, r in [((2, 2, 4, 6), 2), ((1, 3, 3), 3), ((1, 2, 1, 2, 4), 2), ((1, 3, 2, 2), 1)]:
    case("pixel_unshuffle", F.pixel_unshuffle, [normal(*shape)], downscale_factor=r)


def channel_shuffle(x, groups):
    """torch 1.13 has no gradient of its own function."""
    n, c, *plane = x.shape
    y = x.view(n, groups, c // groups, *plane).transpose(1, 2).reshape(x.shape)
    assert torch.equal(y, nn.ChannelShuffle(groups)(x.detach()))
    return y


for shape, groups in [((2, 6, 2, 3), 2), ((1, 6, 2, 2), 3), ((1, 4, 3), 2)]:
    case("channel_shuffle", channel_shuffle, [normal(*shape)], groups=groups)

# Prints

prints = []


def printed(layer, *places, **args):
    tupled = lambda value: tuple(value) if isinstance(value, list) else value
    made = getattr(nn, layer)(*map(tupled, places), **{name: tupled(value) for name, value in args.items()})
    prints.append({"layer": layer, "places": list(places), "args": args, "repr": repr(made)})


for rank in "123":
    printed(f"MaxPool{rank}d", 2)
    printed(f"MaxPool{rank}d", 3, 2)
    printed(f"MaxPool{rank}d", [2] * int(rank), stride=1, padding=1, dilation=2, ceil_mode=True, return_indices=True)
    printed(f"AvgPool{rank}d", 2)
    printed(f"AvgPool{rank}d", [2] * int(rank), 3, padding=1, ceil_mode=True, count_include_pad=False)
    printed(f"MaxUnpool{rank}d", 2)
    printed(f"MaxUnpool{rank}d", 3, stride=2, padding=1)
    printed(f"AdaptiveAvgPool{rank}d", 1)
    printed(f"AdaptiveAvgPool{rank}d", [5] * int(rank))
    printed(f"AdaptiveMaxPool{rank}d", 3, return_indices=True)
printed("AvgPool2d", 2, divisor_override=3)
printed("AdaptiveAvgPool2d", [None, 7])
printed("AdaptiveAvgPool2d", None)
printed("LPPool1d", 2, 3)
printed("LPPool2d", 1.5, [2, 3], stride=2, ceil_mode=True)
printed("Upsample", scale_factor=2)
printed("Upsample", size=5)
printed("Upsample", size=[3, 4], mode="bilinear", align_corners=True)
printed("Upsample", scale_factor=[2, 1.5], mode="bicubic")
printed("UpsamplingNearest2d", scale_factor=2)
printed("UpsamplingBilinear2d", size=[3, 4])
printed("PixelShuffle", 2)
printed("PixelUnshuffle", 3)
printed("ChannelShuffle", 2)

seen = {}
for entry in cases:  # a name twice gets a number, so that every test has its own
    seen[entry["name"]] = seen.get(entry["name"], 0) + 1
    if seen[entry["name"]] > 1:
        entry["name"] += f" #{seen[entry['name']]}"
write("pool.json", cases=cases, prints=prints)
