"""Goldens of the optimizers: `python3 test/goldens/make_optim.py` writes optim.json.

start, gradients: the two parameters ([3, 4] and [5]) every case begins with, and 20 steps of gradients for them
(null: no gradient).
cases: {name, optimizer, options, groups, rates, steps, exact, state}. `groups` is null (one group of all parameters)
       or a list of {params: [index], ...options}; `rates` is null or the learning rate set before each step. `steps`
       holds both parameters after every step, `state` the optimizer's state per parameter at the end, `exact` and
       `exactState` the same in float64.
clips: {name, call, args, gradients, total, after, exact}: gradient clipping.
"""

import torch
from _golden import encode, generator_for, write
from torch import nn, optim

STEPS, SHAPES = 20, [(3, 4), (5,)]


def draw(kind):
    """Twenty steps of gradients for the two parameters."""
    g = generator_for(f"gradients {kind}")
    steps = []
    for k in range(STEPS):
        pair = [torch.randn(shape, generator=g) for shape in SHAPES]
        if kind == "wild":  # from 1e-12 to 1e4, with zeros
            pair = [
                v * 10 ** (torch.rand(v.shape, generator=g) * 16 - 12) * (torch.rand(v.shape, generator=g) > 0.1)
                for v in pair
            ]
        if kind == "missing" and k % 3 == 1:
            pair[1] = None
        steps.append(pair)
    return steps


START = [torch.randn(shape, generator=generator_for("start")) for shape in SHAPES]
GRADIENTS = {kind: draw(kind) for kind in ["plain", "wild", "missing"]}
cases, clips = [], []


def run(optimizer, options, groups, rates, kind, dtype):
    params = [nn.Parameter(v.to(dtype, copy=True)) for v in START]
    split = (
        params if groups is None else [{**group, "params": [params[i] for i in group["params"]]} for group in groups]
    )
    stepper = getattr(optim, optimizer)(split, **options)
    trace = []
    for k, pair in enumerate(GRADIENTS[kind]):
        if rates:
            for group in stepper.param_groups:
                group["lr"] = rates[k]
        for p, gradient in zip(params, pair):
            p.grad = None if gradient is None else gradient.to(dtype, copy=True)
        stepper.step()
        trace.append([p.detach().clone() for p in params])
    state = [stepper.state.get(p, {}) for p in params]
    return trace, state


def encode_entry(entry):
    """State of one parameter; the step count is a float64 scalar in the library."""
    return {k: encode(v.double() if k == "step" else v) for k, v in entry.items()}


def case(optimizer, groups=None, rates=None, gradients="plain", note="", **options):
    trace, state = run(optimizer, options, groups, rates, gradients, torch.float32)
    exact, exact_state = run(optimizer, options, groups, rates, gradients, torch.float64)
    words = [optimizer, *(f"{k}={v}" for k, v in options.items()), gradients if gradients != "plain" else "", note]
    cases.append(
        {
            "name": " ".join(w for w in words if w),
            "optimizer": optimizer,
            "options": options,
            "groups": groups,
            "rates": rates,
            "gradients": gradients,
            "steps": [[encode(v) for v in pair] for pair in trace],
            "exact": [[encode(v) for v in pair] for pair in exact],
            "state": [encode_entry(entry) for entry in state],
            "exactState": [encode_entry(entry) for entry in exact_state],
        }
    )


rate = 0.1
case("SGD", lr=rate)
case("SGD", lr=rate, gradients="wild")
case("SGD", lr=rate, gradients="missing", momentum=0.9)
for options in [
    {"momentum": 0.9},
    {"momentum": 0.9, "nesterov": True},
    {"momentum": 0.9, "dampening": 0.5},
    {"momentum": 0.5, "dampening": 1.0},
    {"weight_decay": 0.1},
    {"momentum": 0.9, "weight_decay": 0.01},
    {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    {"maximize": True},
    {"maximize": True, "momentum": 0.9, "weight_decay": 0.1},
]:
    case("SGD", lr=rate, **options)
case("SGD", lr=rate, momentum=0.9, groups=[{"params": [0], "lr": 0.5}, {"params": [1], "momentum": 0.0}], note="groups")
case("SGD", lr=rate, momentum=0.9, rates=[0.1 * 0.8**k for k in range(STEPS)], note="falling rate")

for name in ["Adam", "AdamW"]:
    case(name)
    for kind in ["wild", "missing"]:
        case(name, lr=0.01, gradients=kind)
    for options in [
        {"lr": 0.1},
        {"lr": 0.01, "betas": (0.5, 0.9)},
        {"lr": 0.01, "betas": (0.0, 0.99)},
        {"lr": 0.01, "eps": 0.1},
        {"lr": 0.01, "weight_decay": 0.1},
        {"lr": 0.01, "weight_decay": 0.0},
        {"lr": 0.01, "amsgrad": True},
        {"lr": 0.01, "amsgrad": True, "weight_decay": 0.05},
        {"lr": 0.01, "maximize": True},
        {"lr": 0.01, "maximize": True, "weight_decay": 0.1, "amsgrad": True},
    ]:
        case(name, **options)
    case(name, lr=0.01, amsgrad=True, gradients="wild")
    case(
        name,
        lr=0.01,
        groups=[{"params": [0], "lr": 0.5, "betas": (0.8, 0.9)}, {"params": [1], "weight_decay": 0.3}],
        note="groups",
    )
    case(name, lr=0.01, rates=[0.01 * (k + 1) for k in range(STEPS)], note="rising rate")


def clip(call, gradients, **args):
    def apply(dtype):
        params = [nn.Parameter(torch.zeros(g.shape if g is not None else (2,), dtype=dtype)) for g in gradients]
        for p, g in zip(params, gradients):
            p.grad = None if g is None else g.to(dtype, copy=True)
        options = {k: float(v) if v == "inf" else v for k, v in args.items()}
        total = getattr(nn.utils, call)(params, **options)
        return total, [p.grad for p in params]

    total, after = apply(torch.float32)
    exact_total, exact_after = apply(torch.float64)
    clips.append(
        {
            "name": " ".join([call, *(f"{k}={v}" for k, v in args.items()), f"#{len(clips)}"]),
            "call": call,
            "args": args,
            "gradients": [encode(v) for v in gradients],
            "total": encode(total),
            "after": [encode(v) for v in after],
            "exact": {"total": encode(exact_total), "after": [encode(v) for v in exact_after]},
        }
    )


g = generator_for("clips")
some = [torch.randn(3, 4, generator=g) * 3, None, torch.randn(5, generator=g), torch.randn((), generator=g)]
for max_norm in [1.0, 0.1, 5, 100.0]:
    for norm_type in [2, 1, 3, "inf"]:
        clip("clip_grad_norm_", some, max_norm=max_norm, norm_type=norm_type)
clip("clip_grad_norm_", [torch.zeros(3)], max_norm=1.0)
clip("clip_grad_norm_", [torch.tensor([float("inf"), 1.0])], max_norm=1.0)
clip("clip_grad_norm_", [torch.tensor([float("nan"), 1.0])], max_norm=1.0)
for value in [0.5, 2, 100.0]:
    clip_value = [v for v in some]
    params = [nn.Parameter(torch.zeros(v.shape if v is not None else (2,))) for v in clip_value]
    for p, v in zip(params, clip_value):
        p.grad = None if v is None else v.clone()
    nn.utils.clip_grad_value_(params, value)
    clips.append(
        {
            "name": f"clip_grad_value_ {value}",
            "call": "clip_grad_value_",
            "args": {"clip_value": value},
            "gradients": [encode(v) for v in some],
            "total": None,
            "after": [encode(p.grad) for p in params],
            "exact": None,
        }
    )

write(
    "optim.json",
    start=[encode(v) for v in START],
    gradients={kind: [[encode(v) for v in pair] for pair in steps] for kind, steps in GRADIENTS.items()},
    cases=cases,
    clips=clips,
)
