"""Boosted trees of scikit-learn's HistGradientBoosting, on tables that both sides draw alike.

A table is drawn by the generator of Park and Miller (x = 48271 x mod 2^31 - 1), whose products a
double holds exactly, and its target is made of sums and products alone, so that the test has the
same bits without storing them. One thread, so that sums have one order.
"""

import json
import os
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
import sklearn  # noqa: E402
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor  # noqa: E402


def draws(seed):
    x = seed
    while True:
        x = x * 48271 % 2147483647
        yield x / 2147483647


def table(seed, rows, missing):
    """Four columns of numbers, of which the third has eight values, and one of 30 categories.

    Of the second column and of the categories the share `missing` is missing. Categories from 24 on
    are rare.
    """
    draw = draws(seed)
    x = np.empty((rows, 5))
    y = np.empty(rows)
    for i in range(rows):
        a, b, c, d, e, f, g, h = (next(draw) for _ in range(8))
        c = int(c * 8) / 8
        kind = int(e * e * 30)
        x[i] = [a, np.nan if g < missing else b, c, d * d * d, np.nan if h < missing else kind]
        y[i] = int((4 * (a - 0.5) * (b - 0.5) + c * d + (kind * 7 % 11) / 11 + (0.5 if g < missing else 0) + 0.3 * f) * 4096) / 4096
    return x, y


def labels(y, classes):
    edges = np.sort(y)[[len(y) * k // classes for k in range(1, classes)]]
    return np.searchsorted(edges, y, side="right").astype(float)


names = {
    "max_iter": "maxIter",
    "learning_rate": "learningRate",
    "max_leaf_nodes": "maxLeafNodes",
    "max_depth": "maxDepth",
    "min_samples_leaf": "minSamplesLeaf",
    "l2_regularization": "l2Regularization",
    "max_bins": "maxBins",
}


def case(name, seed, rows, missing=0.0, classes=0, categorical=True, **options):
    x, y = table(seed, rows, missing)
    truth = labels(y, classes) if classes else y
    kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    model = kind(early_stopping=False, categorical_features=[4] if categorical else None, **options).fit(x, truth)
    # Rows that training did not have: other draws, values missing in every column, unknown categories.
    probes, _ = table(seed + 1, 48, 0.2)
    for i in range(0, 48, 6):
        probes[i, i % 5] = np.nan
    raw = model._raw_predict(probes)
    return {
        "name": name,
        "seed": seed,
        "rows": rows,
        "missing": missing,
        "classes": classes,
        "categorical": categorical,
        "options": {names[key]: value for key, value in options.items()},
        "start": model._baseline_prediction.ravel().tolist(),
        "nodes": [[len(tree.nodes) for tree in trees] for trees in model._predictors],
        "raw": raw.ravel().tolist(),
    }


cases = [
    case("numbers", 1, 300, categorical=False),
    case("more values than bins", 2, 1500, categorical=False, max_iter=40),
    case("missing values and categories", 3, 1500, missing=0.1, max_iter=40),
    case("few bins and leaves", 4, 700, missing=0.3, max_bins=32, max_leaf_nodes=9, min_samples_leaf=3, l2_regularization=2.5, learning_rate=0.3, max_iter=25),
    case("shallow", 5, 400, max_depth=2, max_iter=20),
    case("too few rows to split", 6, 39, max_iter=3),
    case("two classes", 7, 900, missing=0.1, classes=2, max_iter=30),
    case("three classes", 8, 900, missing=0.1, classes=3, max_iter=15),
]

path = Path(__file__).with_name("boosting.json")
path.write_text(json.dumps({"sklearn": sklearn.__version__, "cases": cases}, indent=1) + "\n")
