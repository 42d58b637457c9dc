"""Goldens of recomputed running statistics: `python3 test/goldens/make_update_bn.py` writes update_bn.json.

cases: {name, seed, dropout, batchSize, x, after, exact, training, position}. The network is Linear(3, 4),
       BatchNorm1d(4, momentum=0.3), ReLU, Dropout(dropout), Linear(4, 2), BatchNorm1d(2), made under `seed`. It sees
       all of `x` once in training mode and goes into eval mode; then torch.optim.swa_utils.update_bn runs over `x` in
       batches of `batchSize`, the last one smaller: `after` is the running state then, `exact` the same in float64,
       `training` the mode, `position` that of the generator.
"""

import copy

import torch
from _golden import encode, encode_state, generator_for, normal, position, write
from torch import nn
from torch.optim.swa_utils import update_bn
from torch.utils.data import DataLoader, TensorDataset


def network(dropout):
    first, second = nn.BatchNorm1d(4, momentum=0.3), nn.BatchNorm1d(2)
    return nn.Sequential(nn.Linear(3, 4), first, nn.ReLU(), nn.Dropout(dropout), nn.Linear(4, 2), second)


def statistics(net):
    return {name: buffer.clone() for name, buffer in net.named_buffers()}


def recomputed(net, x, batch_size):
    """Updates a copy; the generator is then where it was."""
    net, start = copy.deepcopy(net).to(x.dtype), torch.get_rng_state()
    update_bn(DataLoader(TensorDataset(x), batch_size=batch_size), net)
    result = {"after": statistics(net), "training": net.training, "position": position()}
    torch.set_rng_state(start)
    return result


cases = []
for seed, rows, batch_size, dropout in [(0, 22, 8, 0.4), (1, 22, 8, 0.0), (2, 17, 5, 0.4), (3, 16, 16, 0.4)]:
    name = f"{rows} rows in batches of {batch_size}, dropout {dropout}"
    x = normal(rows, 3, scale=5.0, shift=100.0)(generator_for(name))
    torch.manual_seed(seed)
    net = network(dropout)
    net(x)
    net.eval()
    single, double = recomputed(net, x, batch_size), recomputed(net, x.double(), batch_size)
    for key, value in single["after"].items():  # the same masks in both
        assert torch.allclose(value.double(), double["after"][key].double(), atol=1e-4), f"{name}: {key}"
    cases.append(
        {
            "name": name,
            "seed": seed,
            "dropout": dropout,
            "batchSize": batch_size,
            "x": encode(x),
            "after": encode_state(single["after"]),
            "exact": encode_state(double["after"]),
            "training": single["training"],
            "position": single["position"],
        }
    )

write("update_bn.json", cases=cases)
