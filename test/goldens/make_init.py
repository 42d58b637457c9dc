"""Goldens of initial weights and of nn.init: `python3 test/goldens/make_init.py` writes init.json.

networks: {name, network, seed, state, after}: parameters of a freshly made network under manual_seed(seed), bit for
          bit; a large tensor is kept as its SHA-256 and its first 8 values. `after` is the position of the generator
          (one uniform, one normal).
functions: {name, call, args, shape, seed, value, after}: one nn.init function on a float32 tensor filled with 7.
gains:    {name, nonlinearity, param, gain}.
"""

import hashlib

import torch
from _golden import encode, position, write
from torch import nn

networks, functions, gains = [], [], []
SEEDS = [0, 1, 2, 3, 7, 42, 1234, 2**31, 2**32 - 1, 2**32 + 5]


def digest(tensor):
    flat = tensor.detach().contiguous()
    if flat.numel() <= 64:
        return encode(flat)
    sha = hashlib.sha256(flat.numpy().tobytes()).hexdigest()
    return {"dtype": "float32", "shape": list(flat.shape), "sha256": sha, "first": encode(flat.flatten()[:8])}


class Net(nn.Module):
    """The network of the tutorial: Linear layers first, then the normalization, as the fields are written."""

    def __init__(self, bias=True):
        super().__init__()
        self.layer1 = nn.Linear(9, 50, bias=bias)
        self.layer2 = nn.Linear(50, 25, bias=bias)
        self.layer3 = nn.Linear(25, 1)
        self.batch_norm1 = nn.BatchNorm1d(50)
        self.batch_norm2 = nn.BatchNorm1d(25)


NETWORKS = {
    "Net": Net,
    "Net without bias": lambda: Net(bias=False),
    "before": lambda: nn.Sequential(nn.Linear(9, 50), nn.ReLU(), nn.Linear(50, 25), nn.ReLU(), nn.Linear(25, 1)),
    "Linear(1, 1)": lambda: nn.Linear(1, 1),
    "Linear(3, 2)": lambda: nn.Linear(3, 2),
    "Linear(17, 5, bias=False)": lambda: nn.Linear(17, 5, bias=False),
    "Linear(784, 128)": lambda: nn.Linear(784, 128),
    "dropout": lambda: nn.Sequential(nn.Linear(9, 50), nn.ReLU(), nn.Dropout(0.2), nn.Linear(50, 1)),
    "Embedding(10, 3)": lambda: nn.Embedding(10, 3),
    "Embedding(5, 2)": lambda: nn.Embedding(5, 2),
    "Embedding(7, 4, padding_idx=2)": lambda: nn.Embedding(7, 4, padding_idx=2),
    "normalized": lambda: nn.Sequential(nn.Embedding(3, 5), nn.LayerNorm(5), nn.Linear(5, 1)),
}
for network, make in NETWORKS.items():
    for seed in SEEDS:
        torch.manual_seed(seed)
        state = {k: digest(v) for k, v in make().named_parameters()}
        networks.append(
            {"name": f"{network} seed {seed}", "network": network, "seed": seed, "state": state, "after": position()}
        )


def function(call, shape, args, seeds=(0, 5)):
    for seed in seeds:
        torch.manual_seed(seed)
        value = getattr(nn.init, call)(torch.full(shape, 7.0), **args)
        name = " ".join([call, str(list(shape)), *(f"{k}={v}" for k, v in args.items()), f"seed {seed}"])
        functions.append(
            {
                "name": name,
                "call": call,
                "args": args,
                "shape": list(shape),
                "seed": seed,
                "value": digest(value),
                "after": position(),
            }
        )


ONCE = (0,)
for shape in [(3,), (3, 5), (17, 9), (2, 3, 4)]:
    function("uniform_", shape, {})
    function("uniform_", shape, {"a": -0.3, "b": 0.7})
    function("normal_", shape, {})
    function("normal_", shape, {"mean": 2.0, "std": 0.02})
    function("trunc_normal_", shape, {})
    function("trunc_normal_", shape, {"mean": 0.5, "std": 0.2, "a": 0.0, "b": 1.0})
    function("constant_", shape, {"val": 0.3}, ONCE)
    function("ones_", shape, {}, ONCE)
    function("zeros_", shape, {}, ONCE)
for shape in [(3, 5), (5, 3), (4, 4)]:
    function("eye_", shape, {}, ONCE)
for shape in [(3, 5), (17, 9), (1, 1), (4, 3, 5)]:
    for call in ["xavier_uniform_", "xavier_normal_"]:
        function(call, shape, {})
        function(call, shape, {"gain": 5 / 3})
    for call in ["kaiming_uniform_", "kaiming_normal_"]:
        function(call, shape, {})
        for mode in ["fan_in", "fan_out"]:
            for nonlinearity in ["relu", "leaky_relu", "linear", "tanh", "sigmoid", "selu"]:
                function(call, shape, {"mode": mode, "nonlinearity": nonlinearity}, ONCE)
        function(call, shape, {"a": 5**0.5})
        function(call, shape, {"a": 0.2, "mode": "fan_out"}, ONCE)
for shape in [(3, 3), (5, 3), (3, 5), (9, 4), (4, 2, 3), (1, 1), (16, 16)]:
    function("orthogonal_", shape, {})
    function("orthogonal_", shape, {"gain": 2.0}, ONCE)
for shape, sparsity in [((5, 3), 0.4), ((10, 4), 0.1), ((3, 5), 0.9), ((17, 2), 0.5)]:
    function("sparse_", shape, {"sparsity": sparsity})
    function("sparse_", shape, {"sparsity": sparsity, "std": 1.0}, ONCE)

for nonlinearity in ["linear", "conv1d", "conv2d", "conv3d", "sigmoid", "tanh", "relu", "selu", "leaky_relu"]:
    gains.append(
        {
            "name": nonlinearity,
            "nonlinearity": nonlinearity,
            "param": None,
            "gain": float(nn.init.calculate_gain(nonlinearity)),
        }
    )
for param in [0.0, 0.2, 1.0, 5**0.5]:
    gains.append(
        {
            "name": f"leaky_relu {param}",
            "nonlinearity": "leaky_relu",
            "param": param,
            "gain": nn.init.calculate_gain("leaky_relu", param),
        }
    )

write("init.json", networks=networks, functions=functions, gains=gains)
