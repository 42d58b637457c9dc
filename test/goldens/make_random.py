"""Goldens of the random streams: `python3 test/goldens/make_random.py` writes random.json.

cases: {name, seed, steps, after}: under manual_seed(seed) the steps are called one after the other; each keeps its arguments and what
       torch returned: `values` (little-endian base64), or `sha256` of those bytes where they are many. `after` tells where the
       generator stands: an int64, and after it a float32 normal, which shows whether one was kept.
states: {name, seed, draws, state, int64, normal}: get_state() (zlib, base64) after manual_seed(seed) and `draws` calls of randn(1),
       and what follows.

Seeds and int64 are strings, because JSON numbers end at 2^53. torch must run its AVX2 kernels: others give other normals.
"""

import base64
import hashlib
import os
import zlib

os.environ["ATEN_CPU_CAPABILITY"] = "avx2"  # must be set before torch is loaded

import torch  # noqa: E402
from _golden import write  # noqa: E402

LONGEST = 110  # values kept in full
DTYPES = {"float32": torch.float32, "float64": torch.float64, "int32": torch.int32}
SIZES = [0, 1, 2, 3, 5, 8, 15, 16, 17, 24, 31, 32, 33, 47, 48, 100, 1000, 20000]
SEEDS = [0, 1, 2, 42, -1, -2, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 5, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, -(2**63)]
SEEDS += [67280421310721, 123456789012345678]


def capability():
    return next(line.split(":")[1].strip() for line in torch.__config__.show().split("\n") if "CPU capability" in line)


def probabilities(n, dtype):
    """Zeros, ones and all tenths between them."""
    return torch.tensor([(7 * i % 11) / 10 for i in range(n)], dtype=dtype)


CALLS = {
    "uniform": lambda dtype, n, low, high: torch.empty(n, dtype=dtype).uniform_(low, high),
    "normal": lambda dtype, n, mean, std: torch.empty(n, dtype=dtype).normal_(mean, std),
    "randint": lambda dtype, n, low, high: torch.randint(low, high, (n,), dtype=dtype),
    "randperm": lambda dtype, n: torch.randperm(n, dtype=dtype),
    "bernoulli": lambda dtype, n, p: torch.empty(n, dtype=dtype).bernoulli_(p),
    "bernoulliEach": lambda dtype, n: torch.bernoulli(probabilities(n, dtype)),
    "dropout": lambda dtype, n, p: torch.nn.functional.dropout(torch.ones(n, dtype=dtype), p, training=True),
    "int64": lambda dtype, n: torch.empty(n, dtype=torch.int64).random_(),
}


def encode(tensor):
    if tensor.dtype == torch.int64:
        return {"values": [str(v) for v in tensor.tolist()]}
    data = tensor.numpy().tobytes()
    if tensor.numel() > LONGEST and not (tensor.dtype == torch.float64 and tensor.numel() <= 1000):
        return {"sha256": hashlib.sha256(data).hexdigest()}
    return {"values": base64.b64encode(data).decode("ascii")}


def run(call, dtype, n, *args):
    assert capability() == "AVX2", f"torch runs its {capability()} kernels"
    value = CALLS[call](DTYPES.get(dtype), n, *args)
    return {"call": call, "dtype": dtype, "n": n, "args": list(args), **encode(value)}


def after():
    int64 = str(torch.empty((), dtype=torch.int64).random_().item())
    return {"int64": int64, "normal": torch.randn(1).item()}


cases = []


def case(name, seed, *steps):
    name = f"{name}, seed {seed}"
    assert all(name != other["name"] for other in cases), f"two cases are called {name}"
    torch.manual_seed(seed)
    results = [run(*step) for step in steps]
    cases.append({"name": name, "seed": str(seed), "steps": results, "after": after()})


def single(seed, call, dtype, n, *args):
    case(f"{call}({', '.join(str(a) for a in [dtype, n, *args])})", seed, (call, dtype, n, *args))


def pick(values, i):
    return values[i % len(values)]


# Every call over the sizes; seeds and arguments take turns.
BOUNDS = [(0, 1), (-0.3, 0.3), (-1 / 3, 1 / 7), (1, 1), (0.1, 0.7), (-1e-3, 5e4), (100, 100.5), (-0.1767766952966369, 0.1767766952966369)]
BOUNDS += [(0, 1e-40), (1e-30, 2e-30), (-1.5e38, 1.5e38)]
MOMENTS = [(0, 1), (0, 0.02), (3.7, 0.1), (-1e3, 1e-3), (1 / 3, 7.7), (2, 0), (0, 1e-20)]
PROBABILITIES = [0.5, 0.1, 0.3, 1 / 3, 0.9, 0.25, 0.999, 1e-3]
for i, n in enumerate(SIZES):
    for k in range(3):
        turn = 3 * i + k
        for offset, dtype in enumerate(["float32", "float64"]):
            if not (dtype == "float64" and n == 1000 and k > 0):
                single(pick(SEEDS, turn + offset), "uniform", dtype, n, *pick(BOUNDS, turn))
            if not (dtype == "float64" and (n > 1000 or (n == 1000 and k > 0))):
                single(pick(SEEDS, turn + offset), "normal", dtype, n, *pick(MOMENTS, turn))
    for dtype in ["float32", "float64", "int32"]:
        single(pick(SEEDS, i), "bernoulli", dtype, n, pick(PROBABILITIES, i))
    for dtype in ["float32", "float64"]:
        single(pick(SEEDS, i + 1), "bernoulliEach", dtype, n)
        single(pick(SEEDS, i + 2), "dropout", dtype, n, pick(PROBABILITIES, i))
    single(pick(SEEDS, i), "randint", "int32", n, 0, 10)
    single(pick(SEEDS, i + 5), "randperm", "int32", n)
    single(pick(SEEDS, i + 6), "randperm", "int32", n)
    single(pick(SEEDS, i), "int64", "int64", min(n, 3))

# Every seed.
for seed in SEEDS:
    single(seed, "uniform", "float32", 5, 0, 1)
    single(seed, "normal", "float32", 7, 0, 1)
    single(seed, "normal", "float32", 20, 0, 1)
    single(seed, "randperm", "int32", 20)

# Bounds.
for low, high in BOUNDS:
    single(9, "uniform", "float32", 1000, low, high)
    single(9, "uniform", "float64", 40, low, high)
for low, high in [(-1e300, 1e300), (0, 1.7e308), (-1e-310, 1e-310), (1e-320, 3e-320), (1, 1 + 2**-51), (1e17, 2e17)]:
    single(10, "uniform", "float64", 40, low, high)
for low, high in [(0, 1), (0, 2), (-5, 5), (7, 8), (0, 2**31 - 1), (-(2**31), 2**31 - 1), (-(2**31), 2**31), (10**6, 10**9)]:
    single(11, "randint", "int32", 33, low, high)
for low, high in [(0, 2**24 + 1), (-(2**24), 2**24 + 1), (-3, 1000)]:
    single(12, "randint", "float32", 33, low, high)
for low, high in [(0, 2**32), (0, 2**32 - 1), (0, 2**32 + 1), (-(2**40), 3), (0, 2**53 - 1), (-(2**53) + 1, 2**53 - 1), (2**35, 2**35 + 9)]:
    single(13, "randint", "float64", 33, low, high)
for p in [0, 1, 0.5, 1e-9, 1 - 1e-9]:
    single(14, "bernoulli", "float32", 33, p)
for p in [0, 1, 0.05, 0.2, 0.4, 0.45, 0.6, 0.7, 0.75, 0.8, 0.85, 0.95, 0.99, 1e-9]:
    single(15, "dropout", "float32", 33, p)
    single(16, "dropout", "float64", 17, p)
for n in [1, 2, 3, 385, 314, 392, 60000]:
    single(17, "randperm", "int32", n)
for mean, std in MOMENTS:
    single(18, "normal", "float32", 1001, mean, std)
    single(18, "normal", "float32", 9, mean, std)
    single(18, "normal", "float64", 9, mean, std)
for seed in range(100, 110):
    single(seed, "normal", "float32", 200000, 0, 1)
for seed in range(110, 114):
    single(seed, "normal", "float64", 1000, 0, 1)
    single(seed, "normal", "float64", 15, 0, 1)

# Mixed calls: the kept normal survives everything but another single normal.
N1, N3, N16, N64 = [("normal", dtype, n, 0, 1) for dtype, n in [("float32", 1), ("float32", 3), ("float32", 16), ("float64", 1)]]
MIXES = {
    "one normal, and the other of its pair": [N1, N1, N1, N1],
    "a kept normal before and after a block": [N1, N16, N1, N16, N3],
    "a kept normal across types": [N1, N64, N64, N1, ("normal", "float64", 17, 0, 1), N3],
    "a kept normal gets the mean and std of its use": [N1, ("normal", "float32", 2, 5, 0.5), ("normal", "float64", 2, -5, 3)],
    "an empty normal": [N1, ("normal", "float32", 0, 0, 1), N1],
    "integers between normals": [N1, ("randint", "int32", 3, 0, 100), N1, ("randperm", "int32", 5), N3],
    "a Linear layer, dropout and a shuffle": [
        ("uniform", "float32", 27, -1 / 3, 1 / 3),
        ("uniform", "float32", 3, -1 / 3, 1 / 3),
        ("int64", "int64", 1),
        ("randperm", "int32", 31),
        ("dropout", "float32", 12, 0.2),
        N1,
        ("dropout", "float32", 12, 0.2),
    ],
    "across the renewal of the words": [("uniform", "float32", 623, 0, 1), ("uniform", "float64", 2, 0, 1), ("int64", "int64", 2), N3],
    "every call": [
        ("bernoulliEach", "float32", 13),
        N3,
        ("bernoulli", "int32", 5, 0.4),
        ("randint", "float64", 3, 0, 2**40),
        ("randint", "int32", 3, 0, 2**31 - 1),
        ("uniform", "float64", 3, -2, 3),
        ("normal", "float32", 33, 1, 2),
        ("normal", "float64", 16, 1, 2),
        ("bernoulliEach", "float64", 13),
        ("int64", "int64", 1),
        ("randperm", "int32", 9),
        ("dropout", "float64", 5, 0.5),
    ],
}
for name, steps in MIXES.items():
    for seed in [3, -7, 2**40 + 11]:
        case(name, seed, *steps)

states = []
for seed, draws in [(0, 0), (0, 1), (-1, 2), (2**63 + 5, 155), (5, 156), (5, 157), (2**32 + 7, 313)]:
    torch.manual_seed(seed)
    for _ in range(draws):
        torch.randn(1)
    state = base64.b64encode(zlib.compress(torch.get_rng_state().numpy().tobytes(), 9)).decode("ascii")
    follow = {"normal": torch.randn(1).item(), "int64": str(torch.empty((), dtype=torch.int64).random_().item())}
    states.append({"name": f"{draws} normals, seed {seed}", "seed": str(seed), "draws": draws, "state": state, **follow})

write("random.json", capability=capability(), cases=cases, states=states)
