"""Goldens of large convolutions: `python3 test/goldens/make_conv_large.py` writes conv_large.json.

cases: {name, call, args, seed, input, weight, positive, results}. The arrays are drawn by torch.randn under manual_seed(seed), in this
       order: input, weight, bias, gradient of the output, each after a relu where `positive` names it. They are large, so nothing of them
       is stored, and of what comes of them only some places:
       results.{output, gradInput, gradWeight, gradBias} are {size, torch, exact}, flat places as `places` has them.
"""

import os

# As the other kernels. Read when oneDNN runs its first one. Its AVX-512 code sums in another order: docs/11 has our ratios to both.
os.environ["DNNL_MAX_CPU_ISA"] = "AVX2"

import torch
import torch.nn.functional as F
from _golden import encode, write

PLACES = 150
CALLS = {"conv2d": F.conv2d, "conv_transpose2d": F.conv_transpose2d}
SHAPES = [
    # name, call, input, weight, options
    ("1 to 8 channels, 5 x 5", "conv2d", (64, 1, 28, 28), (8, 1, 5, 5), {"padding": 2}),
    ("8 to 16 channels, 5 x 5", "conv2d", (64, 8, 14, 14), (16, 8, 5, 5), {}),
    ("3 to 32 channels, 3 x 3", "conv2d", (16, 3, 32, 32), (32, 3, 3, 3), {"padding": 1}),
    ("32 to 64 channels, 3 x 3", "conv2d", (8, 32, 16, 16), (64, 32, 3, 3), {"padding": 1}),
    ("64 to 64 channels, 3 x 3", "conv2d", (16, 64, 8, 8), (64, 64, 3, 3), {"padding": 1}),
    ("1 x 1", "conv2d", (8, 64, 16, 16), (64, 64, 1, 1), {}),
    ("stride 2", "conv2d", (8, 32, 16, 16), (64, 32, 3, 3), {"stride": 2, "padding": 1}),
    ("depthwise", "conv2d", (8, 64, 16, 16), (64, 1, 3, 3), {"padding": 1, "groups": 64}),
    ("4 groups", "conv2d", (8, 64, 16, 16), (64, 16, 3, 3), {"padding": 1, "groups": 4}),
    ("dilation 2", "conv2d", (8, 16, 16, 16), (32, 16, 3, 3), {"padding": 2, "dilation": 2}),
    ("transposed, stride 2", "conv_transpose2d", (8, 32, 8, 8), (32, 16, 4, 4), {"stride": 2, "padding": 1}),
]
# What convolutions of a network read behind a ReLU, and sums in which nothing cancels, whose rounding grows the most.
SIGNS = {"normal": [], "positive input": ["input"], "all positive": ["input", "weight", "bias", "gradOutput"]}


def places(size):
    """Up to 150 places of a flat array, spread by the golden ratio: as in ../conv.large.golden.test.ts."""
    return [int((i * 0.6180339887498949) % 1 * size) for i in range(min(size, PLACES))]


def evaluate(fn, arrays, dy, options):
    leaves = [a.clone().requires_grad_() for a in arrays]
    output = fn(*leaves, **options)
    output.backward(dy)
    return [output.detach(), *(leaf.grad for leaf in leaves)]


cases = []
for title, call, input, weight, options in SHAPES:
    for sign, positive in SIGNS.items():
        seed = len(cases)
        fn = CALLS[call]
        torch.manual_seed(seed)
        draw = lambda name, shape: torch.randn(shape).relu() if name in positive else torch.randn(shape)
        outputs = weight[0] if call == "conv2d" else weight[1]
        arrays = [draw("input", input), draw("weight", weight), draw("bias", (outputs,))]
        with torch.no_grad():
            shape = fn(*arrays, **options).shape
        dy = draw("gradOutput", shape)
        narrow = evaluate(fn, arrays, dy, options)
        wide = evaluate(fn, [a.double() for a in arrays], dy.double(), options)
        results = {}
        for name, torchs, exact in zip(["output", "gradInput", "gradWeight", "gradBias"], narrow, wide):
            at = places(torchs.numel())
            pick = lambda t: encode(t.flatten()[at])
            results[name] = {"size": torchs.numel(), "torch": pick(torchs), "exact": pick(exact)}
        cases.append(
            {
                "name": f"{title}, {sign}",
                "call": call,
                "args": options,
                "seed": seed,
                "input": list(input),
                "weight": list(weight),
                "positive": positive,
                "results": results,
            }
        )

write("conv_large.json", cases=cases)
