"""Goldens of the normalizations beside BatchNorm1d: `python3 test/goldens/make_norms.py` writes norms.json.

cases:    calls of functions, as in ops/*.json.
layers:   modules over several calls, as in layers.json; `positional` are the arguments before the options.
lazies:   lazy layers before and after their first call.
networks: how they print, and their names, as in layers.json.

RMSNorm is not in torch 1.13: it is the formula of torch 2.4 (aten/src/ATen/native/layer_norm.cpp), in torch's own ops.
"""

import warnings

import torch
import torch.nn.functional as F
from _case import case as call
from _case import cases, f64
from _golden import encode, encode_state, normal, uniform, write
from _layer import case as layer
from _layer import layers
from torch import nn

# Functions


def transposed(*shape, **options):
    """A tensor of this shape that is not contiguous: its first two dimensions were the other way round."""
    return lambda g: normal(shape[1], shape[0], *shape[2:], **options)(g).transpose(0, 1)


def constant(value, *shape):
    return lambda g: torch.full(shape, value)


def affine(c, **options):
    return [uniform(0.5, 1.5, c, **options), normal(c, **options)]


def group_norm(x, weight=None, bias=None, groups=1, **args):
    return F.group_norm(x, groups, weight, bias, **args)


for shape, groups in [
    ((5, 4), 2),
    ((2, 6, 5), 3),
    ((1, 3, 4), 1),
    ((1, 1, 7), 1),
    ((2, 6, 3, 4), 2),
    ((3, 4, 1, 1), 2),
    ((2, 4, 3, 3), 4),
    ((2, 4, 2, 3, 2), 2),
    ((3, 4, 5, 5), 2),
]:
    call("group_norm", group_norm, [normal(*shape, scale=2, shift=1), *affine(shape[1])], groups=groups)
    call("group_norm", group_norm, [normal(*shape, scale=2, shift=1)], groups=groups)
call("group_norm", group_norm, [transposed(3, 4, 5), *affine(4)], groups=2, note="transposed")
call("group_norm", group_norm, [normal(3, 4, 5), *affine(4)], groups=2, eps=0.1)
call("group_norm", group_norm, [normal(2, 4, 9, scale=8, shift=4000), *affine(4)], groups=2, note="4000 +- 8")
call("group_norm", group_norm, [normal(2, 4, 9, shift=1e6), *affine(4)], groups=2, note="1e6 +- 1")
call("group_norm", group_norm, [constant(7.0, 2, 4, 3), *affine(4)], groups=2, note="constant")
call("group_norm", group_norm, [normal(2, 4, 3, dtype=f64), *affine(4, dtype=f64)], groups=2)
call("group_norm", group_norm, [normal(2, 4, 3, dtype=f64)], groups=2)


def instance_norm(x, mean, var, weight=None, bias=None, **args):
    """Output and the running statistics afterwards."""
    mean, var = mean.detach().clone(), var.detach().clone()
    y = F.instance_norm(x, mean, var, weight, bias, **args)
    return y, mean, var


def instance_norm_alone(x, weight=None, bias=None, **args):
    return F.instance_norm(x, None, None, weight, bias, **args)


for shape in [(2, 3, 5), (1, 3, 4), (3, 1, 7), (2, 3, 4, 5), (4, 5, 2, 2), (2, 2, 2, 3, 2), (3, 3, 3, 5)]:
    c = shape[1]
    x = normal(*shape, scale=2, shift=1)
    call("instance_norm_alone", instance_norm_alone, [x])
    call("instance_norm_alone", instance_norm_alone, [x, *affine(c)])
    for stats in [True, False]:
        call(
            "instance_norm",
            instance_norm,
            [x, normal(c, scale=0.3), uniform(0.5, 2, c), *affine(c)],
            grad=[True, False, False, True, True],
            use_input_stats=stats,
            momentum=0.1,
            eps=1e-5,
        )
call("instance_norm_alone", instance_norm_alone, [transposed(3, 4, 5), *affine(4)], note="transposed")
call("instance_norm_alone", instance_norm_alone, [normal(2, 3, 9, scale=8, shift=4000), *affine(3)], note="4000 +- 8")
call("instance_norm_alone", instance_norm_alone, [normal(2, 3, 9, shift=1e6), *affine(3)], note="1e6 +- 1")
call("instance_norm_alone", instance_norm_alone, [constant(7.0, 2, 3, 4), *affine(3)], note="constant")
call("instance_norm_alone", instance_norm_alone, [normal(2, 3, 4), *affine(3)], eps=0.1)
call("instance_norm_alone", instance_norm_alone, [normal(2, 3, 4, dtype=f64), *affine(3, dtype=f64)])
call("instance_norm_alone", instance_norm_alone, [normal(2, 3, 4, dtype=f64)])
for momentum in [0.5, 0.0, 1.0]:
    call(
        "instance_norm",
        instance_norm,
        [normal(3, 2, 5), normal(2), uniform(0.5, 2, 2)],
        grad=[True, False, False],
        use_input_stats=True,
        momentum=momentum,
        eps=1e-3,
    )


def rms(x, weight, over, eps):
    eps = torch.finfo(x.dtype).eps if eps is None else eps
    # The epsilon that float32 would have stays in the computation in float64 too: it is part of the function.
    dims = tuple(range(x.dim() - over, x.dim()))
    y = x * torch.rsqrt(x.pow(2).mean(dims, keepdim=True).add(eps))
    return y if weight is None else y * weight


def rms_norm(x, weight=None, over=1, eps=2**-23):
    return rms(x, weight, over, eps)


for shape, over in [((5, 3), 1), ((4,), 1), ((2, 1), 1), ((17, 10), 1), ((2, 3, 5), 1), ((2, 3, 5), 2), ((6, 17), 1)]:
    weight = uniform(0.5, 1.5, *shape[-over:])
    call("rms_norm", rms_norm, [normal(*shape, scale=2, shift=1), weight], over=over)
    call("rms_norm", rms_norm, [normal(*shape, scale=2, shift=1)], over=over)
call("rms_norm", rms_norm, [transposed(3, 4, 5), normal(5)], note="transposed")
call("rms_norm", rms_norm, [normal(5, 3), normal(3)], eps=0.1)
call("rms_norm", rms_norm, [normal(5, 3, scale=1e-4), normal(3)], note="as small as the epsilon")
call("rms_norm", rms_norm, [normal(0, 3), normal(3)], note="empty")
call("rms_norm", rms_norm, [constant(0.0, 2, 3), normal(3)], note="zeros")
call("rms_norm", rms_norm, [normal(5, 9, shift=1e6), normal(9)], note="1e6 +- 1")
call("rms_norm", rms_norm, [normal(5, 3, dtype=f64), normal(3, dtype=f64)], eps=2**-52)
call("rms_norm", rms_norm, [normal(5, 3, dtype=f64)], eps=2**-52)


def local_response_norm(x, size=2, **args):
    return F.local_response_norm(x, size, **args)


for shape, size in [
    ((2, 5, 4), 2),
    ((2, 5, 4), 3),
    ((1, 1, 3), 5),
    ((2, 3, 2), 1),
    ((2, 7, 3, 4), 5),
    ((1, 4, 2, 3, 2), 3),
    ((2, 2, 3), 9),
]:
    call("local_response_norm", local_response_norm, [normal(*shape, scale=3)], size=size)
    call(
        "local_response_norm",
        local_response_norm,
        [normal(*shape, scale=3)],
        size=size,
        alpha=0.5,
        beta=0.6,
        k=2.0,
    )
call("local_response_norm", local_response_norm, [transposed(3, 4, 5)], size=3, alpha=0.2, note="transposed")
call("local_response_norm", local_response_norm, [normal(2, 4, 3, dtype=f64)], size=3, alpha=0.2)


def batch_norm(x, mean, var, weight=None, bias=None, **args):
    mean, var = mean.detach().clone(), var.detach().clone()
    y = F.batch_norm(x, mean, var, weight, bias, **args)
    return y, mean, var


for shape in [(2, 3, 4, 5), (1, 3, 2, 2), (3, 1, 1, 2), (2, 2, 2, 3, 2), (4, 2, 3, 5)]:
    c = shape[1]
    for training in [True, False]:
        for x in [normal(*shape, scale=2, shift=1), transposed(*shape)]:
            call(
                "batch_norm",
                batch_norm,
                [x, normal(c, scale=0.3), uniform(0.5, 2, c), *affine(c)],
                grad=[True, False, False, True, True],
                training=training,
                momentum=0.1,
                eps=1e-5,
                note="spatial",
            )
for spread, shift, note in [(8, 4000, "spatial, 4000 +- 8"), (1, 1e6, "spatial, 1e6 +- 1")]:
    call(
        "batch_norm",
        batch_norm,
        [normal(3, 2, 4, 5, scale=spread, shift=shift), normal(2), uniform(0.5, 2, 2), *affine(2)],
        grad=[True, False, False, True, True],
        training=True,
        momentum=0.1,
        eps=1e-5,
        note=note,
    )
call(
    "batch_norm",
    batch_norm,
    [normal(2, 3, 2, 2, dtype=f64), normal(3, dtype=f64), uniform(0.5, 2, 3, dtype=f64), *affine(3, dtype=f64)],
    grad=[True, False, False, True, True],
    training=True,
    momentum=0.1,
    eps=1e-5,
    note="spatial",
)

# Layers

TRAIN, EVAL = "train", "eval"


def norm_layer(name, shape, passes=None, note="", positional=(), **options):
    x = normal(*shape, scale=2, shift=3)
    passes = passes or [(TRAIN, x), (TRAIN, x), (EVAL, x), (TRAIN, x)]
    kind = getattr(nn, name)
    module = kind(*positional, **options)
    args = dict(options) if not positional else {"positional": list(positional), **options}
    layer(name, module, passes, note=f"{note} {list(shape)}".strip(), **args)


for name, shapes in {"BatchNorm2d": [(2, 3, 4, 5), (1, 3, 2, 2)], "BatchNorm3d": [(2, 3, 2, 3, 2), (1, 3, 1, 1, 2)]}.items():
    for shape in shapes:
        for options in [
            {},
            {"affine": False},
            {"momentum": None},
            {"track_running_stats": False},
            {"momentum": 0.5, "eps": 1e-3},
        ]:
            norm_layer(name, shape, positional=(3,), **options)
norm_layer("BatchNorm2d", (2, 1, 3, 3), positional=(1,), note="one channel")
for name, shapes in {
    "InstanceNorm1d": [(2, 3, 5), (3, 5)],
    "InstanceNorm2d": [(2, 3, 2, 4), (3, 2, 4)],
    "InstanceNorm3d": [(2, 3, 2, 2, 3), (3, 2, 2, 3)],
}.items():
    for shape in shapes:
        for options in [
            {},
            {"affine": True},
            {"track_running_stats": True},
            {"affine": True, "track_running_stats": True, "momentum": 0.5, "eps": 1e-3},
        ]:
            norm_layer(name, shape, positional=(3,), **options)
norm_layer("InstanceNorm1d", (2, 4, 5), positional=(3,), note="other channels")
for shape, positional, options in [
    ((2, 6, 5), (3, 6), {}),
    ((1, 6, 2, 3), (2, 6), {"affine": False}),
    ((4, 6), (3, 6), {"eps": 1e-2}),
    ((2, 4, 3), (1, 4), {}),
    ((2, 4, 3), (4, 4), {}),
]:
    x = normal(*shape, scale=2, shift=3)
    norm_layer("GroupNorm", shape, [(TRAIN, x), (EVAL, x)], positional=positional, **options)
for shape, size, options in [((2, 5, 4), 2, {}), ((2, 5, 3, 2), 3, {"alpha": 0.5, "beta": 0.5, "k": 2.0})]:
    x = normal(*shape, scale=2, shift=3)
    norm_layer("LocalResponseNorm", shape, [(TRAIN, x), (EVAL, x)], positional=(size,), **options)
for shape, normalized, options in [
    ((2, 3, 4, 5), [3, 4, 5], {}),
    ((2, 3, 4, 5), [5], {}),
    ((3, 4), [3, 4], {"eps": 0.1}),
    ((2, 3, 4, 5), [4, 5], {"elementwise_affine": False}),
]:
    x = normal(*shape, scale=2, shift=3)
    norm_layer("LayerNorm", shape, [(TRAIN, x), (EVAL, x)], positional=(normalized,), **options)

# Lazy layers under a seed: their state before and after the first call, how they print, and the generator afterwards.

lazies = []


def lazy(name, shape, positional=(), **options):
    torch.manual_seed(7)
    module = getattr(nn, name)(*positional, **options)
    before = {
        "repr": repr(module),
        "keys": list(module.state_dict()),
        "parameters": [repr(p) for p in module.parameters()],
    }
    drawn_before = torch.rand(1)
    torch.manual_seed(7)
    x = normal(*shape)(torch.Generator().manual_seed(3))
    output = module(x)
    lazies.append(
        {
            "name": name,
            "positional": list(positional),
            "options": options,
            "before": before,
            "untouched": encode(drawn_before),
            "input": encode(x),
            "repr": repr(module),
            "type": type(module).__name__,
            "state": encode_state(module.state_dict()),
            "output": encode(output),
            "next": encode(torch.rand(1)),
        }
    )


warnings.simplefilter("ignore")  # torch warns that lazy modules are new
lazy("LazyLinear", (4, 3), (5,))
lazy("LazyLinear", (2, 3, 7), (2,), bias=False)
for d in [1, 2, 3]:
    shape = (2, 3, 4, 2, 2)[: 2 + d]
    lazy(f"LazyBatchNorm{d}d", shape)
    lazy(f"LazyBatchNorm{d}d", shape, momentum=None, eps=1e-3, track_running_stats=False)
    lazy(f"LazyInstanceNorm{d}d", shape)
    lazy(f"LazyInstanceNorm{d}d", shape, affine=True, track_running_stats=True)
lazy("LazyBatchNorm1d", (4, 3), affine=False)
lazy("LazyConv1d", (2, 3, 6), (4, 3), padding=1)
lazy("LazyConv2d", (2, 4, 5, 5), (6, 3), stride=2, groups=2, bias=False)
lazy("LazyConv2d", (3, 5, 4), (2, [2, 1]))
lazy("LazyConv3d", (1, 2, 3, 3, 3), (2, 2))

# Prints

networks = []


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


network(
    "normalization of images",
    nn.Sequential(
        nn.BatchNorm2d(3),
        nn.BatchNorm2d(3, eps=1e-3, momentum=None),
        nn.BatchNorm3d(3, affine=False),
        nn.BatchNorm3d(3, track_running_stats=False),
        nn.InstanceNorm1d(3),
        nn.InstanceNorm2d(3, affine=True),
        nn.InstanceNorm3d(3, track_running_stats=True, momentum=0.01),
        nn.GroupNorm(2, 6),
        nn.GroupNorm(1, 4, eps=1e-3, affine=False),
        nn.LocalResponseNorm(2),
        nn.LocalResponseNorm(5, alpha=1e-3, beta=0.5, k=2.0),
        nn.LayerNorm([2, 3], elementwise_affine=False),
    ),
)

seen = {}
for entry in cases:  # as in make_ops.py
    seen[entry["name"]] = seen.get(entry["name"], 0) + 1
    if seen[entry["name"]] > 1:
        entry["name"] += f" #{seen[entry['name']]}"
write("norms.json", cases=cases, layers=layers, lazies=lazies, networks=networks)
