"""Goldens of training by several ranks: `python3 test/goldens/make_distributed.py` writes distributed.json.

samplers: {rows, options, epoch, orders}. `orders` has for each rank what DistributedSampler gives it.
norms:    {name, shape, x, dy, weight, bias, y, dx, dweight, dbias, mean, variance}. Batch normalization of a joined
          batch in float64, which SyncBatchNorm computes over ranks: its output and gradients for dy, and the running
          statistics after it.
"""

import torch
from _golden import encode, generator_for, write
from torch import nn
from torch.utils.data import DistributedSampler, TensorDataset

samplers, norms = [], []


def sampler(rows, replicas, epoch=0, **options):
    dataset = TensorDataset(torch.arange(rows))
    orders = []
    for rank in range(replicas):
        made = DistributedSampler(dataset, num_replicas=replicas, rank=rank, **options)
        made.set_epoch(epoch)
        order = list(made)
        assert len(made) == len(order)
        orders.append(order)
    samplers.append({"rows": rows, "options": options, "epoch": epoch, "orders": orders})


for rows in [1, 2, 7, 8, 9, 100]:
    for replicas in [1, 2, 3, 4, 11]:
        for shuffle in [True, False]:
            # torch's own count of a dataset smaller than the ranks is negative.
            for drop_last in [True, False] if rows >= replicas else [False]:
                sampler(rows, replicas, shuffle=shuffle, drop_last=drop_last)
for epoch in [1, 2, 1000]:
    for seed in [0, 5, 2**31]:
        sampler(13, 3, epoch, seed=seed)


def norm(*shape):
    name = f"{list(shape)}"
    generator = generator_for(name)

    def normal(*size):
        return torch.randn(*size, generator=generator, dtype=torch.float64)

    layer = nn.BatchNorm2d(shape[1]) if len(shape) == 4 else nn.BatchNorm1d(shape[1])
    layer = layer.double()
    with torch.no_grad():
        layer.weight.copy_(normal(shape[1]))
        layer.bias.copy_(normal(shape[1]))
    x = (normal(*shape) * 3 + 5).requires_grad_()
    dy = normal(*shape)
    weight, bias = encode(layer.weight), encode(layer.bias)
    y = layer(x)
    y.backward(dy)
    norms.append(
        {
            "name": name,
            "shape": list(shape),
            "x": encode(x),
            "dy": encode(dy),
            "weight": weight,
            "bias": bias,
            "y": encode(y),
            "dx": encode(x.grad),
            "dweight": encode(layer.weight.grad),
            "dbias": encode(layer.bias.grad),
            "mean": encode(layer.running_mean),
            "variance": encode(layer.running_var),
        }
    )


norm(10, 3)
norm(2, 5)
norm(7, 4, 3)
norm(6, 2, 3, 2)

write("distributed.json", samplers=samplers, norms=norms)
