"""Goldens of convolutions, windows and borders: `python3 test/goldens/make_conv.py` writes conv.json.

cases:  calls of torch.nn.functional, as in make_ops.py.
layers: {name, layer, args, options, seed, repr, state, after, input, call, output, gradOutput, gradInput, gradParams, exact}:
        a freshly made layer under manual_seed(seed), its state bit for bit; `after` is the position of the generator; one call
        with gradients. `args` are those that stand by their places; `call` holds what the call takes besides the input.
"""

import copy

import torch
import torch.nn.functional as F
from _case import INF, NAN, case, cases, f64
from _golden import bools, encode, encode_state, generator_for, ints, normal, position, values, write
from torch import nn

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSE = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
FUNCTIONAL = {
    1: [
        # input, weight, options
        ((2, 1, 5), (1, 1, 3), {}),
        ((1, 2, 7), (3, 2, 3), {"stride": 2}),
        ((2, 3, 6), (2, 3, 1), {}),
        ((2, 2, 6), (4, 2, 4), {"padding": 2}),
        ((2, 2, 9), (2, 2, 3), {"dilation": 3}),
        ((1, 4, 6), (6, 2, 2), {"groups": 2}),
        ((1, 3, 6), (3, 1, 3), {"groups": 3, "padding": 1}),
        ((2, 2, 11), (2, 1, 3), {"stride": 3, "padding": 2, "dilation": 2, "groups": 2}),
        ((2, 2, 6), (3, 2, 3), {"padding": "same"}),
        ((2, 2, 6), (3, 2, 4), {"padding": "same"}),
        ((1, 2, 7), (3, 2, 2), {"padding": "same", "dilation": 3}),
        ((1, 2, 7), (3, 2, 3), {"padding": "valid", "stride": 2}),
        ((2, 5), (3, 2, 3), {"padding": 1}),
        ((0, 2, 5), (3, 2, 3), {}),
        ((1, 1, 3), (1, 1, 3), {}),
        ((1, 1, 2), (2, 1, 4), {"padding": 1}),
        ((1, 8, 40), (5, 8, 9), {"padding": 4}),
    ],
    2: [
        ((2, 1, 5, 5), (2, 1, 3, 3), {}),
        ((1, 3, 5, 7), (4, 3, 3, 2), {"stride": (2, 1)}),
        ((1, 2, 5, 4), (3, 2, 1, 1), {}),
        ((2, 2, 4, 4), (3, 2, 3, 3), {"padding": 1}),
        ((1, 2, 4, 5), (3, 2, 3, 3), {"padding": (2, 0), "stride": 2}),
        ((1, 1, 7, 8), (2, 1, 3, 3), {"dilation": (2, 3)}),
        ((1, 4, 4, 4), (4, 1, 3, 3), {"groups": 4, "padding": 1}),
        ((1, 4, 4, 4), (8, 1, 3, 3), {"groups": 4, "padding": 1}),
        ((2, 4, 3, 5), (6, 2, 2, 2), {"groups": 2}),
        ((1, 2, 9, 7), (4, 1, 3, 2), {"stride": (3, 2), "padding": (2, 1), "dilation": (2, 3), "groups": 2}),
        ((1, 1, 8, 8), (1, 1, 2, 2), {"stride": 4}),
        ((1, 2, 5, 4), (2, 2, 3, 3), {"padding": "same"}),
        ((1, 2, 5, 4), (2, 2, 4, 2), {"padding": "same"}),
        ((1, 1, 6, 5), (2, 1, 2, 3), {"padding": "same", "dilation": (1, 2)}),
        ((1, 1, 5, 6), (2, 1, 2, 3), {"padding": "valid", "stride": (1, 2)}),
        ((2, 4, 5), (3, 2, 3, 3), {}),
        ((0, 1, 4, 4), (2, 1, 3, 3), {"padding": 1}),
        ((1, 1, 1, 1), (1, 1, 1, 1), {}),
        ((1, 1, 1, 2), (2, 1, 3, 3), {"padding": (1, 2)}),
        ((2, 1, 10, 10), (8, 1, 5, 5), {"padding": 2}),
        ((1, 8, 6, 6), (9, 8, 5, 5), {"padding": 2}),
        ((1, 16, 5, 5), (8, 16, 3, 3), {"padding": 1}),
        ((1, 12, 4, 4), (5, 12, 1, 1), {"stride": 2}),
        ((1, 1, 40, 3), (1, 1, 7, 1), {"padding": (3, 0)}),
        ((1, 1, 3, 40), (2, 1, 1, 5), {"stride": (1, 2)}),
    ],
    3: [
        ((1, 1, 3, 4, 3), (2, 1, 2, 3, 2), {}),
        ((1, 2, 4, 3, 5), (3, 2, 2, 2, 2), {"stride": (2, 1, 3)}),
        ((1, 2, 3, 3, 3), (2, 2, 3, 3, 3), {"padding": 1}),
        ((1, 1, 5, 3, 4), (1, 1, 2, 2, 2), {"dilation": (3, 1, 2), "padding": (0, 1, 2)}),
        ((1, 4, 2, 3, 2), (2, 2, 1, 2, 1), {"groups": 2}),
        ((1, 2, 3, 2, 3), (2, 2, 2, 1, 3), {"padding": "same"}),
        ((2, 3, 3, 3), (1, 2, 2, 2, 2), {}),
    ],
}
listed = lambda options: {k: list(v) if isinstance(v, tuple) else v for k, v in options.items()}


def call(functions, rank, transposed):
    """A function that takes lists for tuples, as JSON has them."""
    fn = functions[rank]
    return lambda *inputs, **options: fn(*inputs, **{k: tuple(v) if isinstance(v, list) else v for k, v in options.items()})


for rank, table in FUNCTIONAL.items():
    fn = call(CONV, rank, False)
    for x, w, options in table:
        case(f"conv{rank}d", fn, [normal(*x), normal(*w), normal(w[0])], **listed(options))
    for x, w, options in table[::3]:
        case(f"conv{rank}d", fn, [normal(*x), normal(*w)], **listed(options))
    x, w, options = table[3]
    args = listed(options)
    wide = lambda *shape: normal(*shape, dtype=f64)
    case(f"conv{rank}d", fn, [wide(*x), wide(*w), wide(w[0])], **args)
    for grad in [[False, True, True], [True, False, False], [False, False, True], [False, True, False]]:
        case(f"conv{rank}d", fn, [normal(*x), normal(*w), normal(w[0])], grad=grad, note=f"gradients {grad}", **args)
case("conv2d", F.conv2d, [normal(1, 3, 5, 5, shift=100), normal(2, 3, 3, 3), normal(2)], note="cancelling")
case("conv1d", F.conv1d, [values([[[1.0, NAN, 2.0, 3.0, INF, 4.0]]]), normal(2, 1, 2), normal(2)], note="NaN and infinity")

TRANSPOSED = {
    1: [
        ((2, 1, 4), (1, 1, 3), {}),
        ((1, 2, 3), (2, 3, 3), {"stride": 2}),
        ((1, 2, 3), (2, 3, 3), {"stride": 3, "output_padding": 2}),
        ((2, 2, 5), (2, 2, 3), {"padding": 1}),
        ((1, 2, 4), (2, 2, 2), {"dilation": 3, "output_padding": 2}),
        ((1, 4, 3), (4, 3, 2), {"groups": 2, "stride": 2}),
        ((2, 3), (2, 1, 3), {"stride": 2, "padding": 1}),
        ((0, 2, 3), (2, 2, 2), {}),
        ((1, 3, 9), (3, 4, 5), {"stride": 2, "padding": 2, "output_padding": 1}),
        ((1, 1, 1), (1, 2, 4), {"padding": 1}),
        ((1, 2, 4), (2, 2, 3), {"stride": 2, "dilation": 5, "output_padding": 4}),
    ],
    2: [
        ((1, 1, 3, 3), (1, 2, 3, 3), {}),
        ((1, 2, 3, 2), (2, 3, 2, 3), {"stride": 2}),
        ((1, 2, 2, 3), (2, 2, 3, 3), {"stride": (3, 2), "padding": (1, 0), "output_padding": (2, 1)}),
        ((1, 2, 3, 3), (2, 1, 3, 3), {"padding": 1}),
        ((1, 1, 3, 4), (1, 1, 2, 2), {"dilation": (2, 3), "stride": (1, 2), "output_padding": (1, 0)}),
        ((1, 4, 3, 3), (4, 2, 2, 2), {"groups": 2}),
        ((1, 3, 3, 2), (3, 1, 3, 3), {"groups": 3, "stride": 2, "padding": 1, "output_padding": 1}),
        ((2, 3, 4), (2, 1, 2, 2), {"stride": 2}),
        ((2, 8, 4, 4), (8, 3, 4, 4), {"stride": 2, "padding": 1}),
        ((1, 1, 3, 3), (1, 1, 1, 1), {"stride": 2}),
        ((0, 1, 3, 3), (1, 1, 2, 2), {}),
    ],
    3: [
        ((1, 1, 2, 3, 2), (1, 2, 2, 2, 2), {}),
        ((1, 2, 2, 2, 2), (2, 1, 2, 3, 2), {"stride": (2, 1, 2), "output_padding": (1, 0, 0), "padding": (0, 1, 0)}),
        ((1, 2, 2, 1, 2), (2, 1, 2, 2, 1), {"groups": 2, "dilation": 2}),
        ((1, 2, 2, 2), (1, 1, 2, 2, 2), {}),
    ],
}
for rank, table in TRANSPOSED.items():
    fn = call(TRANSPOSE, rank, True)
    for x, w, options in table:
        outputs = w[1] * options.get("groups", 1)
        case(f"conv_transpose{rank}d", fn, [normal(*x), normal(*w), normal(outputs)], **listed(options))
    for x, w, options in table[::2]:
        case(f"conv_transpose{rank}d", fn, [normal(*x), normal(*w)], **listed(options))
    x, w, options = table[1]
    case(f"conv_transpose{rank}d", fn, [normal(*x, dtype=f64), normal(*w, dtype=f64)], **listed(options))
    for grad in [[False, True], [True, False]]:
        case(f"conv_transpose{rank}d", fn, [normal(*x), normal(*w)], grad=grad, note=f"gradients {grad}", **listed(options))

for x, options in [
    ((1, 1, 3, 3), {"kernel_size": 2}),
    ((2, 2, 4, 5), {"kernel_size": [2, 3]}),
    ((1, 2, 5, 4), {"kernel_size": 3, "padding": 1}),
    ((1, 1, 6, 7), {"kernel_size": [2, 3], "dilation": [3, 2], "padding": [1, 2], "stride": [2, 1]}),
    ((1, 3, 4, 4), {"kernel_size": 2, "stride": 2}),
    ((2, 4, 3), {"kernel_size": [3, 1]}),
    ((1, 1, 2, 2), {"kernel_size": 2}),
    ((0, 1, 3, 3), {"kernel_size": 2}),
    ((1, 1, 4, 4), {"kernel_size": 1, "stride": 3}),
]:
    unfold = lambda t, **o: F.unfold(t, **{k: tuple(v) if isinstance(v, list) else v for k, v in o.items()})
    case("unfold", unfold, [normal(*x)], **options)
    case("unfold", unfold, [normal(*x, dtype=f64)], **options)
    size = list(x[-2:])
    fold = lambda t, **o: F.fold(t, **{k: tuple(v) if isinstance(v, list) else v for k, v in o.items()})
    columns = unfold(torch.zeros(1, *x[-3:]), **options).shape[1:]
    batch = x[:1] if len(x) == 4 else ()
    case("fold", fold, [normal(*batch, *columns)], output_size=size, **options)
    case("fold", fold, [normal(*batch, *columns, dtype=f64)], output_size=size, **options)

PADS = [
    ("constant", (3,), [1, 2]),
    ("constant", (2, 3), [1, 2]),
    ("constant", (2, 3), [0, 1, 2, 0]),
    ("constant", (2, 3, 2), [1, 0, 0, 2, 1, 1]),
    ("constant", (2, 1, 3, 2), [1, 2, 3, 0, 0, 1, 2, 1]),
    ("constant", (4, 5), [-1, 2, 1, -2]),
    ("constant", (4, 5), [-2, -1]),
    ("constant", (3, 3), [-3, 1]),
    ("constant", (2, 0), [1, 1]),
    ("constant", (2, 3), []),
    ("reflect", (2, 4), [1, 3]),
    ("reflect", (2, 3, 4), [3, 0]),
    ("reflect", (2, 3, 4), [2, 1, 0, 2]),
    ("reflect", (1, 2, 3, 4), [3, 3, 2, 2]),
    ("reflect", (1, 2, 3, 2), [0, 1, 1, 0, 1, 1]),
    ("reflect", (1, 1, 2, 3, 2), [1, 0, 2, 1, 1, 0]),
    ("reflect", (2, 2, 4), [-1, 2]),
    ("replicate", (2, 4), [1, 3]),
    ("replicate", (2, 1, 4), [5, 0]),
    ("replicate", (2, 3, 2), [2, 1, 0, 4]),
    ("replicate", (1, 2, 3, 2), [3, 1, 2, 2]),
    ("replicate", (1, 2, 3, 2), [0, 3, 1, 0, 1, 2]),
    ("replicate", (1, 1, 2, 3, 1), [1, 0, 2, 1, 1, 4]),
    ("circular", (1, 2, 4), [4, 3]),
    ("circular", (2, 1, 4), [1, 2]),
    ("circular", (1, 2, 3, 2), [2, 1, 0, 3]),
    ("circular", (1, 2, 3, 2), [0, 1, 2, 2]),
    ("circular", (1, 1, 2, 3, 2), [1, 0, 2, 1, 1, 2]),
    ("circular", (1, 2, 5), [-1, 2]),
    ("circular", (1, 2, 4, 5), [2, -2, -1, -1]),
]
for mode, x, sizes in PADS:
    args = {"pad": sizes, "mode": mode, **({"value": -1.5} if mode == "constant" else {})}
    case("pad", F.pad, [normal(*x)], **args)
    case("pad", F.pad, [normal(*x, dtype=f64)], **args)
case("pad", F.pad, [normal(2, 2)], pad=[1, 1])
case("pad", F.pad, [ints(-5, 5, 2, 3)], pad=[1, 0, 2, 1], value=7)
case("pad", F.pad, [ints(-5, 5, 2, 3)], pad=[1, 0, 2, 1], value=-1.5)
case("pad", F.pad, [bools(2, 3)], pad=[1, 0, 2, 1], value=2)
case("pad", F.pad, [values([[1.0, NAN], [INF, 2.0]])], pad=[1, 1], note="NaN and infinity", value=0.5)

# Layers

layers, SEEDS = [], [0, 1, 42]
exact_dtype = torch.float64


def run(module, x, grad_output, kept):
    leaf = x.clone().requires_grad_()
    module.zero_grad()
    output = module(leaf, **kept)
    made = grad_output(output) if callable(grad_output) else grad_output
    output.backward(made)
    return output, made, leaf.grad, {k: p.grad for k, p in module.named_parameters()}


def layer(name, args, shape, options=None, call=None, seeds=SEEDS[:1]):
    options, kept = options or {}, call or {}
    tuples = lambda v: tuple(v) if isinstance(v, list) else v
    for seed in seeds:
        torch.manual_seed(seed)
        module = getattr(nn, name)(*map(tuples, args), **{k: tuples(v) for k, v in options.items()})
        state, after = encode_state(copy.deepcopy(module.state_dict())), position()
        words = [f"{k}={v}" for k, v in {**options, **kept}.items()]
        title = " ".join([f"{name}({', '.join(map(str, args))})", *words, str(list(shape)), f"seed {seed}"])
        generator = generator_for(title)
        x = torch.randn(shape, generator=generator)
        wide = copy.deepcopy(module).double()
        draw = lambda o: torch.randn(o.shape, generator=generator)
        output, grad_output, grad_input, grads = run(module, x, draw, kept)
        exact = run(wide, x.double(), grad_output.double(), kept)
        layers.append(
            {
                "name": title,
                "layer": name,
                "args": args,
                "options": options,
                "seed": seed,
                "repr": repr(module),
                "state": state,
                "after": after,
                "input": encode(x),
                "call": kept,
                "output": encode(output),
                "gradOutput": encode(grad_output),
                "gradInput": encode(grad_input),
                "gradParams": {k: encode(v) for k, v in grads.items()},
                "exact": {
                    "output": encode(exact[0]),
                    "gradInput": encode(exact[2]),
                    "gradParams": {k: encode(v) for k, v in exact[3].items()},
                },
            }
        )


for rank, shape in [(1, (2, 4, 6)), (2, (1, 4, 4, 5)), (3, (1, 4, 3, 2, 3))]:
    name = f"Conv{rank}d"
    layer(name, [4, 3, 2], shape, seeds=SEEDS)
    layer(name, [4, 2, [2, 1, 2][:rank]], shape[1:], {"bias": False}, seeds=SEEDS)
    layer(name, [4, 4, 3], shape, {"padding": 1, "groups": 4, "stride": 2})
    layer(name, [4, 2, 2], shape, {"padding": "same", "dilation": 2, "groups": 2})
    layer(name, [4, 2, 2], shape, {"padding": "valid"})
    layer(name, [4, 2, 2], shape, {"padding": [1, 0, 2][:rank], "dilation": [2, 1, 2][:rank], "stride": [1, 2, 1][:rank]})
    for mode in ["reflect", "replicate", "circular"]:
        layer(name, [4, 2, 2], shape, {"padding": [1, 0, 1][:rank], "padding_mode": mode})
        layer(name, [4, 2, 2], shape, {"padding": "same", "padding_mode": mode, "bias": False})
layer("Conv2d", [1, 8, 5], (2, 1, 7, 7), {"padding": 2}, seeds=SEEDS)
layer("Conv2d", [4, 2, 4], (1, 4, 4, 5), {"padding": "same", "padding_mode": "reflect"})
layer("Conv1d", [4, 2, 3], (4, 6), {"padding": "valid", "padding_mode": "reflect"})

for rank, shape in [(1, (2, 4, 3)), (2, (1, 4, 3, 2)), (3, (1, 2, 2, 2, 1))]:
    name, channels = f"ConvTranspose{rank}d", shape[1]
    layer(name, [channels, 3, 2], shape, seeds=SEEDS)
    layer(name, [channels, 2, 3], shape[1:], {"bias": False, "stride": 2, "padding": 1, "output_padding": 1}, seeds=SEEDS)
    layer(name, [channels, 4, 2], shape, {"groups": 2, "dilation": 2, "output_padding": 1})
    least = lambda more: [(n - 1) * 3 + 2 + m for n, m in zip(shape[2:], more)]
    layer(name, [channels, 2, 2], shape, {"stride": 3}, call={"output_size": least([2, 1, 0])})
    layer(name, [channels, 2, 2], shape, {"stride": 3}, call={"output_size": [shape[0], 2, *least([1, 0, 2])]})

for options in [{}, {"stride": 2}, {"padding": [1, 0], "dilation": [2, 1]}]:
    layer("Unfold", [[2, 3]], (1, 2, 4, 5), options)
layer("Unfold", [2], (2, 4, 5))
layer("Fold", [[3, 4], 2], (1, 8, 6))
layer("Fold", [4, [2, 1]], (2, 4), {"stride": [2, 3], "padding": [0, 1]})
for rank, shape in [(1, (1, 2, 4)), (2, (1, 2, 4, 3)), (3, (1, 1, 3, 4, 3))]:
    sides = [1, 2, 0, 1, 2, 2][: 2 * rank]
    layer(f"ConstantPad{rank}d", [sides, -2.5], shape)
    layer(f"ConstantPad{rank}d", [-1, 0.5], shape)
    layer(f"ReflectionPad{rank}d", [sides], shape)
    layer(f"ReflectionPad{rank}d", [1], shape[1:])
    layer(f"ReplicationPad{rank}d", [sides], shape)
    layer(f"ReplicationPad{rank}d", [3], shape[1:])
layer("ZeroPad2d", [1], (2, 2, 3))
layer("ZeroPad2d", [[0, 1, 2, -1]], (1, 2, 3, 2))

dirac = []
for shape, groups in [((3, 2, 3), 1), ((4, 2, 3, 2), 2), ((2, 5, 1, 2, 3), 1), ((6, 1, 4), 3)]:
    dirac.append(
        {"shape": shape, "groups": groups, "value": encode(nn.init.dirac_(torch.full(shape, 7.0), groups=groups))}
    )

seen = {}
for entry in cases:  # a name twice gets a number, so that every test has its own
    seen[entry["name"]] = seen.get(entry["name"], 0) + 1
    if seen[entry["name"]] > 1:
        entry["name"] += f" #{seen[entry['name']]}"
write("conv.json", cases=cases, layers=layers, dirac=dirac)
