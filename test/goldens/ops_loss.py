"""Losses: every reduction, weights, ignored rows, smoothing, probabilities as targets."""

import torch
import torch.nn.functional as F
from _case import case, f64
from _golden import ints, normal, probabilities, uniform, values

REDUCTIONS = ["none", "mean", "sum"]
for call, fn, options in [
    ("mse_loss", F.mse_loss, [{}]),
    ("l1_loss", F.l1_loss, [{}]),
    ("smooth_l1_loss", F.smooth_l1_loss, [{}, {"beta": 0.3}, {"beta": 0}]),
    ("huber_loss", F.huber_loss, [{}, {"delta": 0.5}]),
]:
    for args in options:
        for reduction in REDUCTIONS:
            for shape in [(), (5,), (17, 3), (2, 3, 5)]:
                case(call, fn, [normal(*shape, scale=2), normal(*shape)], reduction=reduction, **args)
        if args != {
            "beta": 0
        }:  # where it is |d|, torch gives the slope -1 at d = 0, but 0 in l1_loss; we give 0 in both
            case(call, fn, [values([1.0, 2.0, 0.0]), values([1.0, 1.0, 0.5])], note="kinks", **args)
    case(call, fn, [normal(5, dtype=f64), normal(5, dtype=f64)])
    case(call, fn, [normal(33, scale=8, shift=4000), normal(33, scale=8, shift=4000)], note="large mean")


def targets(fn):
    return lambda x, target, weight=None, **args: fn(x, target.long(), weight=weight, **args)


for call, run in {"cross_entropy": targets(F.cross_entropy), "nll_loss": targets(F.nll_loss)}.items():
    # [N, C], [C], [N, C, d], [N, C, d, e]
    for shape in [(5, 3), (4,), (17, 5), (2, 3, 5), (2, 3, 2, 2)]:
        classes = shape[1] if len(shape) > 1 else shape[0]
        index = ints(0, classes, *(shape[:1] + shape[2:] if len(shape) > 1 else ()))
        for reduction in REDUCTIONS:
            case(call, run, [normal(*shape, scale=2), index], reduction=reduction)
            case(
                call,
                run,
                [normal(*shape, scale=2), index, uniform(0.2, 2, classes)],
                reduction=reduction,
                grad=[True, False, False],
                note="weighted",
            )
    some = values([0, -100, 2, 1, -100], torch.int32)
    for reduction in REDUCTIONS:
        case(call, run, [normal(5, 3), some], reduction=reduction, note="ignored rows")
        case(call, run, [normal(5, 3), values([0, 1, 2, 1, 0], torch.int32)], reduction=reduction, ignore_index=1)
        case(
            call,
            run,
            [normal(5, 3), some, uniform(0.2, 2, 3)],
            reduction=reduction,
            grad=[True, False, False],
            note="weighted, ignored rows",
        )
    case(call, run, [normal(2, 3), values([-100, -100], torch.int32)], reduction="mean", note="all ignored", grad=False)
    case(call, run, [normal(2, 3), values([-100, -100], torch.int32)], reduction="sum", note="all ignored")
    case(call, run, [normal(5, 3, dtype=f64), ints(0, 3, 5)])
    case(call, run, [normal(5, 3, scale=60), ints(0, 3, 5)], note="large")
run = targets(F.cross_entropy)
for reduction in REDUCTIONS:
    for smoothing in [0.1, 0.5]:
        case("cross_entropy", run, [normal(5, 3), ints(0, 3, 5)], reduction=reduction, label_smoothing=smoothing)
        case(
            "cross_entropy",
            run,
            [normal(5, 3), ints(0, 3, 5), uniform(0.2, 2, 3)],
            reduction=reduction,
            label_smoothing=smoothing,
            grad=[True, False, False],
            note="weighted",
        )
        case(
            "cross_entropy",
            run,
            [normal(5, 3), values([0, -100, 2, 1, -100], torch.int32)],
            reduction=reduction,
            label_smoothing=smoothing,
            note="ignored rows",
        )
    case("cross_entropy", run, [normal(2, 3, 5), ints(0, 3, 2, 5)], reduction=reduction, label_smoothing=0.2)
    soft = lambda x, target, weight=None, **args: F.cross_entropy(x, target, weight=weight, **args)
    for shape in [(5, 3), (17, 5), (2, 3, 5)]:
        case(
            "cross_entropy",
            soft,
            [normal(*shape), probabilities(*shape)],
            reduction=reduction,
            grad=[True, False],
            note="probabilities",
        )
        case(
            "cross_entropy",
            soft,
            [normal(*shape), probabilities(*shape), uniform(0.2, 2, shape[1])],
            reduction=reduction,
            grad=[True, False, False],
            note="probabilities, weighted",
        )
        case(
            "cross_entropy",
            soft,
            [normal(*shape), probabilities(*shape)],
            reduction=reduction,
            label_smoothing=0.1,
            grad=[True, False],
            note="probabilities",
        )
    case(
        "cross_entropy",
        soft,
        [normal(5, 3), probabilities(5, 3), uniform(0.2, 2, 3)],
        reduction=reduction,
        label_smoothing=0.3,
        grad=[True, False, False],
        note="probabilities, weighted",
    )


def logits(x, target, weight=None, pos_weight=None, **args):
    return F.binary_cross_entropy_with_logits(x, target, weight=weight, pos_weight=pos_weight, **args)


def logits_pos(x, target, pos_weight, **args):
    return logits(x, target, None, pos_weight, **args)


for reduction in REDUCTIONS:
    for shape in [(), (5,), (17, 3), (2, 3, 5)]:
        case(
            "bce_with_logits",
            logits,
            [normal(*shape, scale=3), uniform(0, 1, *shape)],
            reduction=reduction,
            grad=[True, False],
        )
    case(
        "bce_with_logits",
        logits,
        [normal(5, 3), uniform(0, 1, 5, 3), uniform(0.2, 2, 5, 3)],
        reduction=reduction,
        grad=[True, False, False],
        note="weight",
    )
    case(
        "bce_with_logits",
        logits,
        [normal(5, 3), uniform(0, 1, 5, 3), uniform(0.2, 2, 3)],
        reduction=reduction,
        grad=[True, False, False],
        note="weight",
    )
    case(
        "bce_with_logits_pos",
        logits_pos,
        [normal(5, 3), uniform(0, 1, 5, 3), uniform(0.2, 4, 3)],
        reduction=reduction,
        grad=[True, False, False],
        note="pos_weight",
    )
    case(
        "bce_with_logits",
        logits,
        [normal(5, 3), uniform(0, 1, 5, 3), uniform(0.2, 2, 5, 1), uniform(0.2, 4, 3)],
        reduction=reduction,
        grad=[True, False, False, False],
        note="weight, pos_weight",
    )
case(
    "bce_with_logits",
    logits,
    [values([-200.0, -50.0, 0.0, 50.0, 200.0]), values([0.0, 1.0, 0.5, 1.0, 0.0])],
    reduction="none",
    grad=[True, False],
    note="large",
)
case(
    "bce_with_logits_pos",
    logits_pos,
    [values([-200.0, -50.0, 0.0, 50.0, 200.0]), values([0.0, 1.0, 0.5, 1.0, 0.0]), values([3.0])],
    reduction="none",
    grad=[True, False, False],
    note="large",
)
case("bce_with_logits", logits, [normal(5, dtype=f64), uniform(0, 1, 5, dtype=f64)], grad=[True, False])
