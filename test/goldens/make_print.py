"""Goldens of printed tensors: `python3 test/goldens/make_print.py` writes print.json.

cases: {name, value, requiresGrad, expression, text}. `text` is torch's str(tensor). `expression`, where it is not
       null, names an operation on `value` (a leaf that requires grad) whose result is printed, grad_fn included.
       int32 values print torch's dtype suffix.
"""

import torch
from _golden import encode, generator_for, write

cases = []
INF, NAN = float("inf"), float("nan")
f32, f64, i32, bit = torch.float32, torch.float64, torch.int32, torch.bool


def case(name, value, dtype=f32, requires=False, expression=None, apply=None):
    tensor = value if isinstance(value, torch.Tensor) else torch.tensor(value, dtype=dtype)
    encoded = encode(tensor)
    tensor = tensor.clone().requires_grad_(requires or apply is not None)
    text = str(apply(tensor) if apply else tensor)
    cases.append(
        {
            "name": name,
            "value": encoded,
            "requiresGrad": requires or apply is not None,
            "expression": expression,
            "text": text,
        }
    )


def randn(*shape, scale=1.0):
    return torch.randn(shape, generator=generator_for(f"print {shape} {scale}")) * scale


# Scalars
for value in [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.1,
    3.14159265,
    1e-5,
    1e-4,
    12345.678,
    99999.0,
    1e8,
    123456789.0,
    1.5e-10,
    1e30,
    -2.5e-7,
    INF,
    -INF,
    NAN,
]:
    case(f"scalar {value}", value)
for value in [0.1, 1.0, 1e-9, 1e9, 1 / 3, NAN]:
    case(f"float64 scalar {value}", value, f64)
for value in [0, -7, 2**31 - 1]:
    case(f"int32 scalar {value}", value, i32)
case("bool scalar", True, bit)

# Floats
case("whole numbers", [1.0, 2.0, 3.0])
case("whole numbers of several widths", [1.0, -20.0, 300.0])
case("whole numbers, large", [1.0, 1e6])
case("whole numbers, eight digits", [1.0, 12345678.0])
case("whole numbers, scientific", [1.0, 1e9])
case("fractions", [0.5, 0.25, -1.125])
case("four decimals", [1.23456789, 2.3456789])
case("half even", [0.00005, 0.00015, 0.12345, 0.12355, 2.00005])
case("tens", [12.5, -3.25, 100.125])
case("wide range", [0.001, 1000.5])
case("small", [0.0001, 0.0002])
case("too small", [0.00001, 0.00002])
case("one too small", [0.00001, 1.0])
case("large with fraction", [100000.5, 1.5])
case("too large with fraction", [1e8 + 0.5, 0.5])
case("huge ratio", [1e-3, 10.5])
case("ratio above a thousand", [1e-3, 1.5, 2.5])
case("scientific, both signs", [-1e-10, 1e10])
case("exponent of three digits", [1e-40, 1.5])
case("float64 exponent of three digits", [1e-150, 1e150], f64)
case("negative zero", [0.0, -0.0])
case("negative zero with fraction", [-0.0, 0.5])
case("rounds to zero", [-0.00001, 0.5])
case("nan", [NAN, 1.0])
case("inf", [INF, -INF, 1.0])
case("inf with fraction", [INF, 0.5])
case("only nan", [NAN, NAN])
case("only inf", [INF, -INF])
case("nan and whole", [NAN, 2.0, -30.0])
case("zeros", torch.zeros(3))
case("zeros 2-D", torch.zeros(2, 3))
case("ones 3-D", torch.ones(2, 1, 3))
case("eye", torch.eye(4))
case("one value", [3.5])
case("randn 5", randn(5))
case("randn 3x4", randn(3, 4))
case("randn 2x3x4", randn(2, 3, 4))
case("randn 2x2x2x2", randn(2, 2, 2, 2))
case("randn 1x1x1x1x3", randn(1, 1, 1, 1, 3))
case("randn 30", randn(30))
case("randn 3x25", randn(3, 25))
case("randn times 1e4", randn(3, 4, scale=1e4))
case("randn times 1e-4", randn(3, 4, scale=1e-4))
case("randn times 1e6", randn(2, 25, scale=1e6))
case("float64", [0.1, 0.2, 1 / 3], f64)
case("float64 whole", [1.0, 2.0], f64)
case("float64 randn", randn(2, 3).double())

# Integers and booleans
case("int32", [1, 2, 3], i32)
case("int32 widths", [[1, -20], [300, 4]], i32)
case("int32 long", torch.arange(40, dtype=i32))
case("int32 large", [2**31 - 1, -(2**31)], i32)
case("bool", [True, False], bit)
case("bool 2-D", [[True, False], [False, False]], bit)
case("bool, true only", [True, True], bit)

# Empty
for shape in [(0,), (0, 3), (2, 0), (2, 0, 3)]:
    case(f"empty {list(shape)}", torch.zeros(shape))
case("empty int32", torch.zeros(0, dtype=i32))
case("empty float64", torch.zeros(0, 2, dtype=f64))
case("empty bool", torch.zeros(0, dtype=bit))

# Summaries: more than 1000 elements
case("1000 elements", torch.arange(1000).float())
case("1001 elements", torch.arange(1001).float())
case("summary randn 2000", randn(2000))
case("summary 40x30", randn(40, 30))
case("summary 5x300", randn(5, 300))
case("summary 300x5", randn(300, 5))
case("summary 12x11x10", randn(12, 11, 10))
case("summary 2x3x400", randn(2, 3, 400))
case("summary 1100x1", torch.arange(1100).float().reshape(1100, 1))
case("summary 6x200", torch.arange(1200).float().reshape(6, 200))
case("summary 7x200", torch.arange(1400).float().reshape(7, 200))
case("summary int32", torch.arange(2000, dtype=i32).reshape(40, 50))
case("summary bool", torch.arange(2000).reshape(40, 50) % 3 == 0)
hidden = torch.ones(2000)
hidden[1000] = 1e9
case("summary, the large value is hidden", hidden)
case("summary empty middle", torch.zeros(50, 50))

# Gradients
case("requires grad", [1.0, 2.5], requires=True)
case("requires grad, scalar", 1.0, requires=True)
case("requires grad, float64", [1.0, 2.5], f64, requires=True)
case("requires grad, empty", torch.zeros(0), requires=True)
case("requires grad, 2-D", randn(2, 3), requires=True)
for expression, apply in {
    "add": lambda x: x + 1,
    "sub": lambda x: x - 1,
    "mul": lambda x: x * 2,
    "div": lambda x: x / 2,
    "pow": lambda x: x**2,
    "neg": lambda x: -x,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "sum": torch.sum,
    "sumDim": lambda x: x.sum(0),
    "mean": torch.mean,
    "meanDim": lambda x: x.mean(0),
    "max": torch.max,
    "maxDim": lambda x: x.max(0).values,
    "reshape": lambda x: x.reshape(-1),
    "transpose": lambda x: x.transpose(0, 1),
    "matmul": lambda x: x @ x.t(),
    "softmax": lambda x: x.softmax(1),
    "logSoftmax": lambda x: x.log_softmax(1),
    "indexSelect": lambda x: x.index_select(0, torch.tensor([0])),
    "cat": lambda x: torch.cat([x, x]),
    "stack": lambda x: torch.stack([x, x]),
    "clamp": lambda x: x.clamp(0, 1),
    "var": torch.var,
    "mse": lambda x: torch.nn.functional.mse_loss(x, torch.zeros(2, 3)),
}.items():
    case(f"grad_fn of {expression}", randn(2, 3).abs() + 0.25, expression=expression, apply=apply)

write("print.json", cases=cases)
