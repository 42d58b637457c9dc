"""Goldens of tables: `python3 test/goldens/make_tabular.py` writes tabular.json. All of it is float64.

scales:   {name, values (null where missing), zscore, robust, squash, median}: the formulas of scikit-learn's StandardScaler
          (divisor n) and RobustScaler (numpy's linear percentiles), and of RealMLP's robust scaling with smooth clipping;
          missing values at the median of those that are there.
ridges:   {name, x, y, lambda, w}: the solution of (X'X / n + lambda I) w = X'y / n by LAPACK.
logistic: {name, x, labels, classes, lambda, probabilities}: the minimum of mean(-log p) + lambda / 2 |w|^2, intercepts
          free, by Newton's method until the gradient is below 1e-13.
"""

import numpy as np
import torch
from _golden import encode, generator_for, write


def numbers(name, *shape):
    return torch.randn(shape, generator=generator_for(name), dtype=torch.float64).numpy()


def golden(array):
    return encode(torch.from_numpy(np.ascontiguousarray(array)))


scales = []


def scale(name, values):
    present = values[~np.isnan(values)]
    filled = np.where(np.isnan(values), np.median(present), values)
    low, middle, high = np.percentile(present, [25, 50, 75])
    factor = 1 / (high - low if high > low else (present.max() - present.min()) / 2)
    scaled = (filled - middle) * factor
    scales.append(
        {
            "name": name,
            "values": [None if np.isnan(v) else v for v in values.tolist()],
            "zscore": golden((filled - present.mean()) / present.std()),
            "robust": golden((filled - middle) / (high - low or 1)),
            "squash": golden(scaled / np.sqrt(1 + (scaled / 3) ** 2)),
            "median": float(middle),
        }
    )


for n in [2, 3, 4, 5, 10, 101]:
    scale(f"{n} values", numbers(f"scale {n}", n) * 3 + 10)
holes = numbers("holes", 57) * 1e3
holes[[0, 3, 20, 56]] = np.nan
scale("4 missing of 57", holes)
scale("ties", np.round(numbers("ties", 40) * 2))
scale("far from 0", numbers("far", 31) + 1e6)
scale("mostly 0", np.where(np.arange(40) % 8 == 3, np.abs(numbers("mostly 0", 40)), 0))
far = numbers("mistyped", 50)
far[[7, 30]] = [1e4, -3e7]
scale("two mistyped", far)

ridges = []
for n, width, strength in [(5, 1, 0.1), (30, 4, 1e-3), (30, 4, 1.0), (12, 20, 1e-2)]:
    name = f"{n} rows, {width} inputs, lambda {strength}"
    x = numbers(f"ridge x {name}", n, width)
    y = x @ numbers(f"ridge w {name}", width) + 0.1 * numbers(f"ridge e {name}", n)
    w = np.linalg.solve(x.T @ x / n + strength * np.eye(width), x.T @ y / n)
    ridges.append({"name": name, "x": golden(x), "y": golden(y), "lambda": strength, "w": golden(w)})


def softmax(scores):
    exponentials = np.exp(scores - scores.max(1, keepdims=True))
    return exponentials / exponentials.sum(1, keepdims=True)


def newton(x, labels, classes, strength):
    """Two classes have one row of weights; more have one each, whose common shift of intercepts is left alone (lstsq)."""
    n, width = x.shape
    design = np.hstack([x, np.ones((n, 1))])
    rows = 1 if classes == 2 else classes
    stride = width + 1
    w = np.zeros((rows, stride))
    penalty = np.full(stride, strength)
    penalty[-1] = 0
    for _ in range(100):
        scores = design @ w.T
        p = softmax(np.hstack([0 * scores, scores]) if rows == 1 else scores)
        ours = p[:, 1:] if rows == 1 else p
        truth = np.eye(classes)[labels][:, 1:] if rows == 1 else np.eye(classes)[labels]
        gradient = (ours - truth).T @ design / n + penalty * w
        if np.abs(gradient).max() < 1e-13:
            return p
        hessian = np.zeros((rows * stride, rows * stride))
        for a in range(rows):
            for b in range(rows):
                curve = ours[:, a] * ((a == b) - ours[:, b])
                block = (design * curve[:, None]).T @ design / n + (np.diag(penalty) if a == b else 0)
                hessian[a * stride : (a + 1) * stride, b * stride : (b + 1) * stride] = block
        w = w - np.linalg.lstsq(hessian, gradient.ravel(), rcond=1e-12)[0].reshape(w.shape)
    raise AssertionError("Newton's method did not converge")


logistic = []
for n, width, classes, strength in [(40, 3, 2, 1e-2), (40, 3, 2, 1.0), (60, 4, 3, 1e-3), (80, 2, 5, 0.1)]:
    name = f"{n} rows, {width} inputs, {classes} classes, lambda {strength}"
    x = numbers(f"logistic x {name}", n, width)
    noisy = x @ numbers(f"logistic w {name}", width, classes) + numbers(f"logistic e {name}", n, classes)
    labels = noisy.argmax(1)
    assert len(set(labels.tolist())) == classes
    logistic.append(
        {
            "name": name,
            "x": golden(x),
            "labels": labels.tolist(),
            "classes": classes,
            "lambda": strength,
            "probabilities": golden(newton(x, labels, classes, strength)),
        }
    )

write("tabular.json", scales=scales, ridges=ridges, logistic=logistic)
