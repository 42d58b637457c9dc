"""Goldens of averaged weights: `python3 test/goldens/make_averaged.py` writes averaged.json.

cases: {name, average, useBuffers, seed, x, y, steps, exact}. The network is Linear(3, 4), BatchNorm1d(4), ReLU, Linear(4, 1),
       made under `seed` and trained on x and y by SGD (rate 0.1, momentum 0.9). After every step a
       torch.optim.swa_utils.AveragedModel is updated: `steps[k]` are the parameters, and with useBuffers the running
       statistics, of its module after step k, `exact` the same run in float64. `average` is
       {"kind": "mean"}, {"kind": "ema", "decay"} or {"kind": "polynomial", "eta"}.
"""

import copy

import torch
from _golden import encode, encode_state, generator_for, normal, write
from torch import nn
from torch.optim.swa_utils import AveragedModel


def function(kind, decay=0.0, eta=0.0):
    if kind == "mean":
        return None
    if kind == "ema":
        return lambda averaged, current, count: decay * averaged + (1 - decay) * current
    return lambda averaged, current, count: averaged + (current - averaged) / (1 + count / (eta + 1))


def state_of(averaged, use_buffers):
    module = averaged.module
    named = dict(module.named_parameters())
    if use_buffers:
        named |= {name: buffer for name, buffer in module.named_buffers() if not name.endswith("num_batches_tracked")}
    return {name: value.detach().clone() for name, value in named.items()}


cases = []
kinds = [{"kind": "mean"}, {"kind": "ema", "decay": 0.9}, {"kind": "polynomial", "eta": 9}]
for seed, (average, use_buffers) in enumerate((average, b) for average in kinds for b in (False, True)):
    name = f"{average}, buffers {use_buffers}"
    generator = generator_for(name)
    x, y = normal(12, 3)(generator), normal(12, 1)(generator)
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 1))
    runs = []
    for dtype in (torch.float32, torch.float64):
        own = copy.deepcopy(net).to(dtype)
        optimizer = torch.optim.SGD(own.parameters(), lr=0.1, momentum=0.9)
        averaged = AveragedModel(own, avg_fn=function(**average), use_buffers=use_buffers)
        states = []
        for _ in range(7):
            optimizer.zero_grad()
            nn.functional.mse_loss(own(x.to(dtype)), y.to(dtype)).backward()
            optimizer.step()
            averaged.update_parameters(own)
            states.append(encode_state(state_of(averaged, use_buffers)))
        assert averaged.n_averaged == 7
        runs.append(states)
    steps, exact = runs
    cases.append(
        {
            **{"name": name, "average": average, "useBuffers": use_buffers, "seed": seed},
            **{"x": encode(x), "y": encode(y), "steps": steps, "exact": exact},
        }
    )

write("averaged.json", cases=cases)
