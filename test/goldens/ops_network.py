"""What networks are made of: matrix products, activations, batch norm."""

import torch
import torch.nn.functional as F
from _case import INF, case, f64
from _golden import ints, normal, uniform, values

for a, b in [
    ((3,), (3,)),
    ((1,), (1,)),
    ((0,), (0,)),
    ((2, 3), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (3, 4)),
    ((1, 1), (1, 1)),
    ((17, 5), (5, 3)),
    ((1, 17), (17, 1)),
    ((0, 3), (3, 2)),
    ((2, 0), (0, 3)),
    ((2, 3, 4), (4, 5)),
    ((2, 3, 4), (2, 4, 5)),
    ((2, 1, 3, 4), (5, 4, 2)),
    ((3,), (2, 3, 4)),
    ((2, 3, 4), (4,)),
    ((3, 4), (2, 4, 5)),
    ((16, 33), (33, 9)),
]:
    case("matmul", torch.matmul, [normal(*a), normal(*b)])
case("matmul", torch.matmul, [normal(3, 4, dtype=f64), normal(4, 5, dtype=f64)])
case("matmul", torch.matmul, [normal(5, 17, shift=100), normal(17, 3)], note="cancelling")
for x, w, b in [
    ((5, 9), (7, 9), (7,)),
    ((1, 3), (5, 3), (5,)),
    ((3,), (5, 3), (5,)),
    ((2, 3, 5), (4, 5), (4,)),
    ((0, 3), (5, 3), (5,)),
    ((17, 9), (10, 9), (10,)),
]:
    case("linear", F.linear, [normal(*x), normal(*w), normal(*b)])
    case("linear", F.linear, [normal(*x), normal(*w)])
case("linear", F.linear, [normal(5, 3, dtype=f64), normal(4, 3, dtype=f64), normal(4, dtype=f64)])

for call, fn in {"softmax": F.softmax, "log_softmax": F.log_softmax}.items():
    for shape, dim in [
        ((5,), 0),
        ((3, 5), 1),
        ((3, 5), 0),
        ((2, 3, 5), 1),
        ((2, 3, 5), -1),
        ((3, 1), 1),
        ((0, 3), 1),
        ((7, 13), 1),
        ((7, 13), 0),
    ]:
        case(call, fn, [normal(*shape, scale=2)], dim=dim)
    case(call, fn, [normal(3, 5, scale=60)], dim=1, note="large")
    case(call, fn, [normal(3, 5, shift=1000)], dim=1, note="shifted")
    case(call, fn, [values([[-INF, 0.0, 1.0], [-INF, -INF, 2.0]])], dim=1, note="masked")
    case(call, fn, [normal(3, 5, dtype=f64)], dim=1)

ACTIVATIONS = [
    ("leaky_relu", F.leaky_relu, [{}, {"negative_slope": 0.2}]),
    ("elu", F.elu, [{}, {"alpha": 0.5}]),
    ("gelu", F.gelu, [{}, {"approximate": "tanh"}]),
    ("silu", F.silu, [{}]),
    ("log_sigmoid", F.logsigmoid, [{}]),
    ("softplus", F.softplus, [{}, {"beta": 2}, {"beta": 0.5, "threshold": 1}]),
]
for call, fn, options in ACTIVATIONS:
    for args in options:
        for shape in [(), (3, 5), (17,), (0,), (2, 3, 5), (7, 13)]:
            case(call, fn, [normal(*shape, scale=3)], **args)
        case(call, fn, [normal(5, dtype=f64)], **args)
        case(
            call,
            fn,
            [values([-100.0, -30.0, -5.0, -1e-3, -1e-8, 0.0, -0.0, 1e-8, 1e-3, 5.0, 19.9, 20.1, 30.0, 100.0])],
            note="range",
            **args,
        )


def norm(x, mean, var, weight=None, bias=None, **args):
    """Output and the running statistics afterwards."""
    mean, var = mean.detach().clone(), var.detach().clone()
    y = F.batch_norm(x, mean, var, weight, bias, **args)
    return y, mean, var


def norm_batch(x, weight=None, bias=None, **args):
    """Without running statistics: the statistics of the batch in training and in evaluation."""
    return F.batch_norm(x, None, None, weight, bias, training=True, **args)


for shape in [(5, 3), (2, 1), (17, 4), (3, 2, 5), (1, 3, 4), (32, 5)]:
    c = shape[1]
    stats = [normal(c, scale=0.3), uniform(0.5, 2, c)]
    affine = [uniform(0.5, 1.5, c), normal(c)]
    for training in [True, False]:
        case(
            "batch_norm",
            norm,
            [normal(*shape, scale=2, shift=1), *stats, *affine],
            grad=[True, False, False, True, True],
            training=training,
            momentum=0.1,
            eps=1e-5,
        )
        case(
            "batch_norm",
            norm,
            [normal(*shape, scale=2, shift=1), *stats],
            grad=[True, False, False],
            training=training,
            momentum=0.1,
            eps=1e-5,
        )
    case("batch_norm_batch", norm_batch, [normal(*shape), *affine], eps=1e-5)
for args in [{"momentum": 0.5, "eps": 1e-3}, {"momentum": 1.0, "eps": 1e-5}, {"momentum": 0.0, "eps": 0.1}]:
    case(
        "batch_norm",
        norm,
        [normal(5, 3), normal(3), uniform(0.5, 2, 3), uniform(0.5, 1.5, 3), normal(3)],
        grad=[True, False, False, True, True],
        training=True,
        **args,
    )
for spread, shift, note in [(800, 4000, "4000 +- 800"), (8, 4000, "4000 +- 8"), (1, 1e6, "1e6 +- 1")]:
    case(
        "batch_norm",
        norm,
        [normal(32, 3, scale=spread, shift=shift), normal(3), uniform(0.5, 2, 3), uniform(0.5, 1.5, 3), normal(3)],
        grad=[True, False, False, True, True],
        training=True,
        momentum=0.1,
        eps=1e-5,
        note=note,
    )
case(
    "batch_norm",
    norm,
    [lambda g: torch.full((5, 2), 7.0), normal(2), uniform(0.5, 2, 2), uniform(0.5, 1.5, 2), normal(2)],
    grad=[True, False, False, True, True],
    training=True,
    momentum=0.1,
    eps=1e-5,
    note="constant",
)
case(
    "batch_norm",
    norm,
    [
        normal(5, 3, dtype=f64),
        normal(3, dtype=f64),
        uniform(0.5, 2, 3, dtype=f64),
        uniform(0.5, 1.5, 3, dtype=f64),
        normal(3, dtype=f64),
    ],
    grad=[True, False, False, True, True],
    training=True,
    momentum=0.1,
    eps=1e-5,
)
case(
    "batch_norm",
    norm,
    [normal(0, 3), normal(3), uniform(0.5, 2, 3), uniform(0.5, 1.5, 3), normal(3)],
    grad=False,
    training=False,
    momentum=0.1,
    eps=1e-5,
    note="empty",
)


def layer_norm(x, weight=None, bias=None, over=1, **args):
    return F.layer_norm(x, x.shape[-over:], weight, bias, **args)


for shape, over in [((5, 3), 1), ((4,), 1), ((2, 1), 1), ((17, 10), 1), ((2, 3, 5), 1), ((2, 3, 5), 2), ((32, 50), 1)]:
    affine = [uniform(0.5, 1.5, *shape[-over:]), normal(*shape[-over:])]
    case("layer_norm", layer_norm, [normal(*shape, scale=2, shift=1), *affine], over=over)
    case("layer_norm", layer_norm, [normal(*shape, scale=2, shift=1)], over=over)
case("layer_norm", layer_norm, [normal(5, 3), uniform(0.5, 1.5, 3), normal(3)], eps=0.1)
case("layer_norm", layer_norm, [normal(0, 3), uniform(0.5, 1.5, 3), normal(3)], note="empty")
case("layer_norm", layer_norm, [normal(5, 9, scale=8, shift=4000), normal(9), normal(9)], note="4000 +- 8")
case("layer_norm", layer_norm, [normal(5, 9, shift=1e6), normal(9), normal(9)], note="1e6 +- 1")
case("layer_norm", layer_norm, [lambda g: torch.full((5, 4), 7.0), normal(4), normal(4)], note="constant")
case("layer_norm", layer_norm, [normal(5, 3, dtype=f64), normal(3, dtype=f64), normal(3, dtype=f64)])

for index, weight in [((5,), (4, 3)), ((2, 3), (6, 5)), ((), (4, 2)), ((0,), (4, 3)), ((33,), (3, 17)), ((7,), (1, 1))]:
    case("embedding", F.embedding, [ints(0, weight[0], *index), normal(*weight)])
    case("embedding", F.embedding, [ints(0, weight[0], *index), normal(*weight)], padding_idx=0)
case("embedding", F.embedding, [ints(0, 4, 9), normal(4, 3)], padding_idx=-1)
case("embedding", F.embedding, [ints(0, 4, 9), normal(4, 3, dtype=f64)])
