"""Goldens of the points where a function or its derivative breaks off: `python3 test/goldens/make_singular.py`.

A case is one call: {call, args, inputs, dtypes, dy, output, grads, second}. Values are nested lists, with NaN and the
infinities as strings, so that the table can be read. `dy` is the gradient of the output, `grads` those of the inputs
(null: an input without one), and `second` the gradients of sum(grads * weights), where weights are 1, 2, 3, ... in the
order of the elements; null where torch has none. A call that torch refuses has {error} in place of all these.
"""

import math

import torch
import torch.nn.functional as F
from _golden import write

INF, NAN = float("inf"), float("nan")
SHORT = {torch.float32: "float32", torch.float64: "float64", torch.int32: "int32", torch.int64: "int32", torch.bool: "bool"}
cases = []


def plain(tensor):
    def one(v):
        return str(v).replace("inf", "Infinity").replace("nan", "NaN") if isinstance(v, float) and not math.isfinite(v) else v

    def level(v):
        return [level(x) for x in v] if isinstance(v, list) else one(v)

    if tensor is None:
        return None
    # What torch knows to be zeros has no memory until something is added to it.
    return level((tensor.detach() + 0).tolist() if tensor._is_zerotensor() else tensor.tolist())


def counted(tensor):
    return torch.arange(1, tensor.numel() + 1, dtype=tensor.dtype).reshape(tensor.shape)


def make(value):
    if isinstance(value, torch.Tensor):
        return value.clone().requires_grad_(value.is_floating_point())
    return torch.tensor(value, dtype=torch.float32, requires_grad=True)


def case(call, fn, *values, dy=None, second=True, **args):
    """Adds one case; `dy` fills the gradient of the output (default 1)."""
    inputs = [make(v) for v in values]
    entry = {
        "call": call,
        "args": args,
        "inputs": [plain(x) for x in inputs],
        "shapes": [list(x.shape) for x in inputs],
        "dtypes": [SHORT[x.dtype] for x in inputs],
    }
    cases.append(entry)
    try:
        output = fn(*inputs, **args)
    except (RuntimeError, IndexError) as error:
        entry["error"] = str(error).splitlines()[0]
        return
    output = output[0] if isinstance(output, tuple) else output
    entry |= {"output": plain(output), "dtype": SHORT[output.dtype], "shape": list(output.shape)}
    if not output.requires_grad:
        return
    start = torch.full_like(output, 1.0 if dy is None else dy)
    wanted = [x for x in inputs if x.requires_grad]
    try:
        grads = torch.autograd.grad(output, wanted, start, create_graph=True, allow_unused=True)
    except RuntimeError as error:
        print(f"{call} {args} {entry['inputs']}: torch has no gradient, {str(error).splitlines()[0]}")
        return
    entry |= {"dy": 1.0 if dy is None else dy, "grads": [plain(g) for g in grads]}
    if not second:
        return
    total = sum((g * counted(g)).sum() for g in grads if g is not None)
    if not (isinstance(total, torch.Tensor) and total.requires_grad):
        entry["second"] = [None for _ in wanted]
        return
    entry["second"] = [plain(g) for g in torch.autograd.grad(total, wanted, allow_unused=True)]


EDGES = [0.0, -0.0, 1.0, -1.0, INF, -INF, NAN]
UNARY = {
    "neg": [], "abs": [], "sign": [], "floor": [0.5, 2.0], "ceil": [0.5, 2.0], "trunc": [-0.5], "round": [0.5, 1.5, -0.5],
    "sqrt": [1e-40], "rsqrt": [1e-40], "square": [], "reciprocal": [1e-40],
    "exp": [100.0, -200.0], "expm1": [100.0, -200.0], "log": [1e-40], "log1p": [-2.0], "log2": [1e-40],
    "sin": [], "cos": [], "tanh": [50.0, -50.0], "sigmoid": [200.0, -200.0], "relu": [], "erf": [50.0],
}
for call, more in UNARY.items():
    for dy in [1.0, 0.0]:
        case(call, getattr(torch, call), EDGES + more, dy=dy)
for call, fn, args in [
    ("leaky_relu", F.leaky_relu, {"negative_slope": 0.1}),
    ("leaky_relu", F.leaky_relu, {"negative_slope": 0.0}),
    ("elu", F.elu, {"alpha": 1.5}),
    ("gelu", F.gelu, {"approximate": "none"}),
    ("gelu", F.gelu, {"approximate": "tanh"}),
    ("silu", F.silu, {}),
    ("log_sigmoid", F.logsigmoid, {}),
    ("softplus", F.softplus, {"beta": 1.0, "threshold": 20.0}),
    ("clamp", torch.clamp, {"min": -1.0, "max": 1.0}),
    ("clamp", torch.clamp, {"min": 0.0}),
    ("clamp", torch.clamp, {"max": 0.0}),
    ("clamp", torch.clamp, {"min": 1.0, "max": -1.0}),
]:
    for dy in [1.0, 0.0]:
        case(call, fn, EDGES + [20.0, 20.5, 200.0, -200.0], dy=dy, **args)


# Pieces. Fewer than 16 values at a time: torch's scalar code and that of its vectors differ at NaN and at the kinks, and
# here the first runs.
KINKS = [[0.0, -0.0, 1e-40, -1e-40, 1.0, -1.0, 0.5, -0.5, 3.0, -3.0, 6.0], [INF, -INF, NAN, 3e38, -3e38, 20.0, -20.0, 20.5, 200.0, -200.0]]
for call, fn, args, second in [
    ("relu6", F.relu6, {}, True),
    ("hardtanh", F.hardtanh, {}, True),
    ("hardtanh", F.hardtanh, {"min_val": -0.5, "max_val": 6.0}, True),
    ("hardswish", F.hardswish, {}, True),
    ("hardsigmoid", F.hardsigmoid, {}, False),  # torch has no second derivative
    ("threshold", F.threshold, {"threshold": 0.5, "value": 7.0}, True),
    ("threshold", F.threshold, {"threshold": 0.0, "value": 0.0}, True),
    ("hardshrink", F.hardshrink, {}, True),
    ("hardshrink", F.hardshrink, {"lambd": 0.0}, True),
    ("hardshrink", F.hardshrink, {"lambd": -1.0}, True),
    ("softshrink", F.softshrink, {}, True),
    ("softshrink", F.softshrink, {"lambd": 0.0}, True),
    ("softshrink", F.softshrink, {"lambd": 3.0}, True),
    ("tanhshrink", F.tanhshrink, {}, True),
    ("softsign", F.softsign, {}, True),
    ("mish", F.mish, {}, True),
    ("elu", F.elu, {"alpha": 1.0}, True),
    ("elu", F.elu, {"alpha": -2.0}, True),
    ("selu", F.selu, {}, True),
    ("celu", F.celu, {"alpha": 1.0}, True),
    ("celu", F.celu, {"alpha": 0.7}, True),
    ("celu", F.celu, {"alpha": -2.0}, True),
    ("leaky_relu", F.leaky_relu, {"negative_slope": 0.1}, True),
    ("gelu", F.gelu, {"approximate": "none"}, True),
    ("silu", F.silu, {}, True),
]:
    for values in KINKS:
        for dy in [1.0, 0.0]:
            case(call, fn, values, dy=dy, second=second, **args)
for values in KINKS:
    case("prelu", F.prelu, values, [0.25])
    case("prelu", F.prelu, values, [0.0])
EDGE_ROWS = [[0.0, -1.0, 2.0, INF], [NAN, -INF, 1.0, -200.0], [INF, 1.0, -INF, 3e38]]
case("glu", F.glu, EDGE_ROWS, dim=-1)
case("softmin", F.softmin, EDGE_ROWS, dim=1)

PAIR = [0.0, 0.0, 1.0, -1.0, INF, INF, -INF, NAN, 2.0, NAN], [0.0, -1.0, 0.0, -1.0, INF, 0.0, INF, 1.0, NAN, NAN]
for call in ["add", "sub", "mul", "div", "maximum", "minimum", "remainder"]:
    for dy in [1.0, 0.0]:
        case(call, getattr(torch, call), *PAIR, dy=dy)
for exponent in [0.0, 1.0, 2.0, 3.0, 0.5, 1.5, -1.0, -0.5]:
    case("pow", lambda x, e: torch.pow(x, e), EDGES, [exponent])
    case("power", lambda x, exponent: torch.pow(x, exponent), EDGES, exponent=exponent)
for base in [0.0, 1.0, 2.0, -1.0]:
    case("rpower", lambda x, base: torch.pow(base, x), EDGES, base=base)
for call, fn in {"mse_loss": F.mse_loss, "l1_loss": F.l1_loss, "huber_loss": F.huber_loss}.items():
    case(call, fn, PAIR[0], PAIR[1], reduction="none")
case("smooth_l1_loss", F.smooth_l1_loss, PAIR[0], PAIR[1], reduction="none", beta=1.0)
case("where", torch.where, torch.tensor([True, False, True]), [0.0, INF, NAN], [NAN, 0.0, INF])

ROWS = {
    "zeros": [[0.0, 0.0, 0.0]],
    "equal": [[1.0, 1.0, 1.0]],
    "ties": [[1.0, 3.0, 3.0], [-1.0, -1.0, 2.0]],
    "a zero": [[2.0, 0.0, 3.0], [0.0, 0.0, 4.0]],
    "nan": [[1.0, NAN, 3.0]],
    "nans": [[NAN, 1.0, NAN], [1.0, 2.0, 3.0]],
    "all nan": [[NAN, NAN]],
    "inf": [[1.0, INF, 3.0], [INF, INF, 1.0]],
    "-inf": [[-INF, -INF, -INF], [-INF, 0.0, 1.0]],
    "mixed": [[INF, -INF, 1.0]],
    "one": [[2.0]],
    "nothing": torch.zeros(2, 0),
    "no rows": torch.zeros(0, 3),
}
var = lambda name: lambda x, dim=None, correction=1: getattr(torch, name)(x, dim=dim, correction=correction)
norm = lambda x, p, dim=None: torch.linalg.vector_norm(x, ord=float(p), dim=dim)
FOLDS = [
    ("sum", torch.sum, [{}, {"dim": 1}]),
    ("mean", torch.mean, [{}, {"dim": 1}]),
    ("prod", torch.prod, [{}, {"dim": 1}]),
    ("var", var("var"), [{}, {"dim": 1}, {"dim": 1, "correction": 0}, {"dim": 1, "correction": 3}]),
    ("std", var("std"), [{}, {"dim": 1}, {"dim": 1, "correction": 0}, {"dim": 1, "correction": 3}]),
    ("max", torch.max, [{}]),
    ("min", torch.min, [{}]),
    ("max_dim", torch.max, [{"dim": 1}]),
    ("min_dim", torch.min, [{"dim": 1}]),
    ("amax", torch.amax, [{"dim": []}, {"dim": 1}]),
    ("amin", torch.amin, [{"dim": []}, {"dim": 1}]),
    ("logsumexp", torch.logsumexp, [{"dim": 1}, {"dim": [0, 1]}]),
    ("norm_of", norm, [{"p": p, "dim": 1} for p in [1, 2, 3, 1.5, 0.5, "inf"]] + [{"p": 2}]),
    ("softmax", torch.softmax, [{"dim": 1}]),
    ("log_softmax", torch.log_softmax, [{"dim": 1}]),
    ("argmax", torch.argmax, [{}, {"dim": 1}]),
    ("argmin", torch.argmin, [{}, {"dim": 1}]),
    ("any", torch.any, [{}, {"dim": 1}]),
    ("all", torch.all, [{}, {"dim": 1}]),
]
for call, fn, variants in FOLDS:
    for args in variants:
        for rows in ROWS.values():
            case(call, fn, rows, **args)
    case(call, fn, torch.tensor(0.0), **{k: 0 if k == "dim" else v for k, v in variants[-1].items()})
for call, fn, args in [("sum", torch.sum, {}), ("mean", torch.mean, {}), ("prod", torch.prod, {}), ("max", torch.max, {})]:
    case(call, fn, torch.tensor([1, 0, 1]).bool(), **args)
    case(call, fn, torch.tensor([1, 0, 7], dtype=torch.int32), **args)
    case(call, fn, torch.zeros(0, dtype=torch.int32), **args)
for call, fn in {"var": torch.var, "std": torch.std}.items():
    case(call, fn, torch.tensor([1, 0, 7], dtype=torch.int32))

ends = torch.tensor([2**31 - 1, -(2**31), 2**31 - 1, -(2**31), 65536, 3], dtype=torch.int32)
others = torch.tensor([1, -1, 2**31 - 1, 2**31 - 1, 65536, 40], dtype=torch.int32)
for call in ["add", "sub", "mul"]:
    case(call, getattr(torch, call), ends, others)
case("pow", torch.pow, torch.tensor([3, -3, 65536, 2, -1, 0], dtype=torch.int32), torch.tensor([40, 41, 2, 31, 2**31 - 1, 0], dtype=torch.int32))
case("pow", torch.pow, torch.tensor([2, -1, -1, 1, 0], dtype=torch.int32), torch.tensor([-1, -3, -2, -5, -1], dtype=torch.int32))
for call in ["neg", "abs", "square"]:
    case(call, getattr(torch, call), ends)
ends = torch.tensor([[2**31 - 1, -(2**31)], [-(2**31), 2**31 - 1]], dtype=torch.int32)
case("matmul", torch.matmul, ends, torch.tensor([[1, 0], [1, 1]], dtype=torch.int32))

MATRIX = [[0.0, INF], [NAN, 1.0]]
case("matmul", torch.matmul, MATRIX, [[0.0, 1.0], [1.0, 0.0]])
logits = [-INF, INF, NAN, 0.0, 200.0, -200.0]
case("bce_with_logits", F.binary_cross_entropy_with_logits, logits, torch.tensor([0.0, 1.0, 0.5, 1.0, 1.0, 0.0]), reduction="none")
CLASSES = [[-INF, 0.0, 1.0], [0.0, INF, 1.0], [NAN, 0.0, 1.0], [-INF, -INF, -INF], [-200.0, 0.0, 200.0]]
run = lambda x, target, **args: F.cross_entropy(x, target.long(), **args)
for target in [[0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [2, 2, 2, 2, 2]]:
    for smoothing in [0.0, 0.1]:
        target = torch.tensor(target, dtype=torch.int32) if isinstance(target, list) else target
        case("cross_entropy", run, CLASSES, target, reduction="none", label_smoothing=smoothing, second=False)
write("singular.json", cases=cases)
