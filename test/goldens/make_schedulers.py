"""Goldens of the learning rate schedulers: `python3 test/goldens/make_schedulers.py` writes schedulers.json.

cases: {name, optimizer, rates, schedulers, metrics, lr, momentum}: an optimizer with a parameter group for each of
       `rates`, and schedulers [{name, args}] over it that are stepped one after the other. `lr` holds the rate of every
       group when they were made and after every step, `momentum` that (or the first beta) of every group, where it is
       cycled. `metrics` are the values that ReduceLROnPlateau is given.
by_hand: {name, scheduler, args, hands, lr, weight}: a scheduler over `optimizer`, where the rate is set to `hands[k]` before
       step k; the rates after every step, and the weight, whose gradient is 1, after every step of the optimizer.
resumed: {name, scheduler, args, done, initial, lr}: a scheduler made with last_epoch = `done` over an optimizer that has
       the rate `lr[0]` and the initial one `initial`; then the rates after it was made and after every step.
"""

import warnings

import torch
from _golden import write
from torch import optim

warnings.simplefilter("ignore")  # optimizers are not stepped here
cases, resumed, by_hand = [], [], []
# The functions of LambdaLR, by the names that the fixture has for them.
LAMBDAS = {"inverse": lambda epoch: 1 / (1 + epoch), "power": lambda epoch: 0.95**epoch}


def functions(args):
    names = args.get("lr_lambda")
    if names is None:
        return args
    return {**args, "lr_lambda": LAMBDAS[names] if isinstance(names, str) else [LAMBDAS[n] for n in names]}


def groups_of(rates):
    return [{"params": [torch.zeros(1, requires_grad=True)], "lr": rate} for rate in rates]


def make(optimizer, rates):
    options = {"momentum": 0.9} if optimizer == "SGD" else {}
    return getattr(optim, optimizer)(groups_of(rates), lr=1.0, **options)


def case(*schedulers, steps=24, rates=(0.1,), optimizer="SGD", metrics=None, note=""):
    owner = make(optimizer, rates)
    made = [getattr(optim.lr_scheduler, name)(owner, **functions(args)) for name, args in schedulers]
    cycles = any(name == "OneCycleLR" and args.get("cycle_momentum", True) for name, args in schedulers)
    lr, momentum = [], []

    def keep():
        lr.append([group["lr"] for group in owner.param_groups])
        if cycles:
            momentum.append([g["betas"][0] if "betas" in g else g["momentum"] for g in owner.param_groups])

    keep()
    for k in range(len(metrics) if metrics else steps):
        for scheduler in made:
            if metrics and isinstance(scheduler, optim.lr_scheduler.ReduceLROnPlateau):
                scheduler.step(metrics[k])
            else:
                scheduler.step()
        keep()
    describe = lambda name, args: f"{name}({', '.join(f'{k}={v}' for k, v in args.items())})"
    words = [" + ".join(describe(*s) for s in schedulers), optimizer if optimizer != "SGD" else "", note]
    cases.append(
        {
            "name": " ".join(w for w in words if w),
            "optimizer": optimizer,
            "rates": list(rates),
            "schedulers": [{"name": name, "args": args} for name, args in schedulers],
            "metrics": metrics,
            "lr": lr,
            "momentum": momentum,
        }
    )


TWO = (0.1, 0.02)
for args in [{"lr_lambda": "inverse"}, {"lr_lambda": "power"}, {"lr_lambda": ["power", "inverse"]}]:
    case(("LambdaLR", args), rates=TWO)
case(("StepLR", {"step_size": 5}))
case(("StepLR", {"step_size": 1, "gamma": 0.9}), rates=TWO)
case(("StepLR", {"step_size": 7, "gamma": 0.5}), optimizer="Adam")
case(("MultiStepLR", {"milestones": [3, 10, 11]}))
case(("MultiStepLR", {"milestones": [11, 3, 3], "gamma": 0.3}), rates=TWO)
case(("ExponentialLR", {"gamma": 0.93}), rates=TWO)
for args in [{}, {"start_factor": 0.1, "total_iters": 8}, {"start_factor": 1.0, "end_factor": 0.2, "total_iters": 10}]:
    case(("LinearLR", args), rates=TWO)
case(("LinearLR", {"start_factor": 0.5, "end_factor": 0.0, "total_iters": 4}))
for args in [{"T_max": 10}, {"T_max": 7, "eta_min": 0.001}, {"T_max": 24}, {"T_max": 1}]:
    case(("CosineAnnealingLR", args), rates=TWO, steps=31)
case(("LinearLR", {"start_factor": 0.1, "total_iters": 4}), ("ExponentialLR", {"gamma": 0.9}), rates=TWO)
case(("StepLR", {"step_size": 3}), ("CosineAnnealingLR", {"T_max": 12}))

for args in [
    {"max_lr": 0.3, "total_steps": 24},
    {"max_lr": 0.3, "epochs": 4, "steps_per_epoch": 6},
    {"max_lr": 0.3, "total_steps": 24, "pct_start": 0.25, "anneal_strategy": "linear"},
    {"max_lr": 0.3, "total_steps": 24, "div_factor": 10.0, "final_div_factor": 100.0},
    {"max_lr": 0.3, "total_steps": 24, "three_phase": True},
    {"max_lr": 0.3, "total_steps": 25, "three_phase": True, "pct_start": 0.4, "anneal_strategy": "linear"},
    {"max_lr": 0.3, "total_steps": 24, "base_momentum": 0.5, "max_momentum": 0.6},
    {"max_lr": 0.3, "total_steps": 24, "cycle_momentum": False},
    {"max_lr": 0.3, "total_steps": 24, "pct_start": 0.0},
]:
    case(("OneCycleLR", args))
case(("OneCycleLR", {"max_lr": [0.3, 0.6], "total_steps": 10, "max_momentum": [0.9, 0.8]}), rates=TWO, steps=10)
case(("OneCycleLR", {"max_lr": 0.01, "total_steps": 12}), optimizer="Adam", steps=12)
case(("OneCycleLR", {"max_lr": 0.01, "total_steps": 1}), steps=1)

falling = [1.0, 0.9, 0.8, 0.85, 0.84, 0.83, 0.9, 0.9, 0.79995, 0.9, 0.9, 0.9, 0.9, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7]
rising = [1 - v for v in falling]
for args in [
    {},
    {"patience": 2},
    {"patience": 0, "factor": 0.5},
    {"patience": 1, "cooldown": 2},
    {"patience": 1, "threshold": 0.05},
    {"patience": 1, "threshold": 0.05, "threshold_mode": "abs"},
    {"patience": 1, "min_lr": 0.004},
    {"patience": 1, "eps": 0.005},
]:
    case(("ReduceLROnPlateau", args), rates=TWO, metrics=falling)
case(("ReduceLROnPlateau", {"patience": 1, "min_lr": [0.05, 0.0]}), rates=TWO, metrics=falling)
case(("ReduceLROnPlateau", {"patience": 1, "mode": "max"}), metrics=rising)
case(
    ("ReduceLROnPlateau", {"patience": 1, "mode": "max", "threshold": 0.02, "threshold_mode": "abs"}), metrics=rising
)
case(("ReduceLROnPlateau", {"patience": 2}), ("ExponentialLR", {"gamma": 0.95}), metrics=falling)


def resume(scheduler, args, done, rate):
    owner = make("SGD", [rate])
    owner.param_groups[0]["initial_lr"] = 0.1
    if scheduler == "OneCycleLR":
        # As a loaded optimizer has them.
        owner.param_groups[0].update(initial_lr=0.012, max_lr=0.3, min_lr=0.012 / 1e4)
        owner.param_groups[0].update(max_momentum=0.95, base_momentum=0.85)
    made = getattr(optim.lr_scheduler, scheduler)(owner, last_epoch=done, **args)
    lr = [rate, owner.param_groups[0]["lr"]]
    for _ in range(8):
        made.step()
        lr.append(owner.param_groups[0]["lr"])
    initial = owner.param_groups[0]["initial_lr"]
    name = f"{scheduler}({', '.join(f'{k}={v}' for k, v in args.items())}) after {done}"
    resumed.append({"name": name, "scheduler": scheduler, "args": args, "done": done, "initial": initial, "lr": lr})


resume("StepLR", {"step_size": 3}, 4, 0.01)
resume("MultiStepLR", {"milestones": [5, 8]}, 4, 0.1)
resume("ExponentialLR", {"gamma": 0.9}, 4, 0.06561)
resume("LinearLR", {"total_iters": 8}, 4, 0.0667)
resume("CosineAnnealingLR", {"T_max": 10, "eta_min": 0.001}, 4, 0.0657)
resume("OneCycleLR", {"max_lr": 0.3, "total_steps": 24}, 4, 0.2)



def by_hands(optimizer, scheduler, args, hands, steps=10):
    weight = torch.nn.Parameter(torch.ones(1))
    owner = getattr(optim, optimizer)([weight], lr=0.1)
    made = getattr(optim.lr_scheduler, scheduler)(owner, **args)
    lr, weights = [], []
    for k in range(steps):
        if k in hands:
            owner.param_groups[0]["lr"] = hands[k]
        weight.grad = torch.ones(1)
        owner.step()
        weights.append(weight.item())
        made.step()
        lr.append(owner.param_groups[0]["lr"])
    name = f"{scheduler}({', '.join(f'{k}={v}' for k, v in args.items())}) under {optimizer}, set by hand: {hands}"
    keys = {"optimizer": optimizer, "scheduler": scheduler, "args": args}
    by_hand.append({"name": name, **keys, "hands": {str(k): v for k, v in hands.items()}, "lr": lr, "weight": weights})


for optimizer in ["SGD", "Adam", "AdamW"]:
    by_hands(optimizer, "CosineAnnealingLR", {"T_max": 4, "eta_min": 0.05}, {5: 0.001})  # below 0
    by_hands(optimizer, "CosineAnnealingLR", {"T_max": 4}, {4: 0.5, 6: 0.001})
    by_hands(optimizer, "ExponentialLR", {"gamma": -0.5}, {2: 0.3})
by_hands("SGD", "LinearLR", {"start_factor": 0.1, "total_iters": 8}, {3: 0.0, 5: 0.5})
by_hands("SGD", "StepLR", {"step_size": 2, "gamma": -1.0}, {3: 0.2})

write("schedulers.json", cases=cases, resumed=resumed, by_hand=by_hand)
