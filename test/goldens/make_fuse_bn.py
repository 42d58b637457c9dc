"""Goldens of batch normalization folded into the layer before it: `python3 test/goldens/make_fuse_bn.py` writes fuse_bn.json.

cases: {name, layer, arguments, options, channels, norm, state, fused, exact}. `layer` is the class, made of `arguments`
       and `options`; behind it a BatchNorm of `channels` with the options `norm` (eps, affine). `state` is the
       state dict of both, as of nn.Sequential. `fused` is {weight, bias} by torch.nn.utils.fusion (fuse_linear_bn_eval,
       fuse_conv_bn_eval), `exact` the same in float64.
"""

import copy

import torch
from _golden import encode, encode_state, generator_for, normal, uniform, write
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

# class, arguments, options, BatchNorm's class
LAYERS = [
    ("Linear", [9, 50], {}, nn.BatchNorm1d),
    ("Linear", [3, 1], {"bias": False}, nn.BatchNorm1d),
    ("Linear", [17, 5], {}, nn.BatchNorm1d),
    ("Conv1d", [3, 4, 3], {}, nn.BatchNorm1d),
    ("Conv2d", [3, 8, 3], {"padding": 1}, nn.BatchNorm2d),
    ("Conv2d", [4, 6, [2, 3]], {"groups": 2, "bias": False, "stride": 2}, nn.BatchNorm2d),
    ("Conv2d", [4, 8, 3], {"groups": 4, "dilation": 2}, nn.BatchNorm2d),
    ("Conv3d", [2, 3, 2], {}, nn.BatchNorm3d),
    ("ConvTranspose1d", [3, 4, 3], {"stride": 2}, nn.BatchNorm1d),
    ("ConvTranspose2d", [3, 5, 3], {"stride": 2, "padding": 1, "output_padding": 1}, nn.BatchNorm2d),
    ("ConvTranspose2d", [4, 4, 2], {"bias": False}, nn.BatchNorm2d),
    ("ConvTranspose3d", [2, 3, 2], {}, nn.BatchNorm3d),
]
NORMS = [{}, {"eps": 1e-3}, {"affine": False}, {"eps": 0.0}]


def fuse(layer, norm):
    if isinstance(layer, nn.Linear):
        return fuse_linear_bn_eval(layer, norm)
    return fuse_conv_bn_eval(layer, norm, transpose=type(layer).__name__.startswith("ConvTranspose"))


cases = []
for i, (kind, arguments, options, norm_class) in enumerate(LAYERS):
    for k, settings in enumerate(NORMS):
        if i % 2 and k % 2:
            continue
        if kind == "Linear" and not settings.get("affine", True):  # torch's fuse_linear_bn_eval needs a weight
            continue
        name = f"{kind} {arguments} {options}, {norm_class.__name__} {settings}"
        generator = generator_for(name)
        torch.manual_seed(i)
        sizes = [tuple(a) if isinstance(a, list) else a for a in arguments]
        layer = getattr(nn, kind)(*sizes, **options)
        channels = arguments[1]
        norm = norm_class(channels, **settings)
        norm.running_mean.copy_(normal(channels, scale=3.0)(generator))
        norm.running_var.copy_(uniform(1e-3, 4.0, channels)(generator))
        if norm.affine:
            norm.weight.data.copy_(normal(channels)(generator))
            norm.bias.data.copy_(normal(channels)(generator))
        pair = nn.Sequential(layer, norm).eval()
        single, double = fuse(*pair), fuse(*copy.deepcopy(pair).double())
        cases.append(
            {
                "name": name,
                "layer": kind,
                "arguments": arguments,
                "options": options,
                "channels": channels,
                "norm": settings,
                "state": encode_state(pair.state_dict()),
                "fused": {"weight": encode(single.weight), "bias": encode(single.bias)},
                "exact": {"weight": encode(double.weight), "bias": encode(double.bias)},
            }
        )

write("fuse_bn.json", cases=cases)
