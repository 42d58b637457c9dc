"""Goldens of scores: `python3 test/goldens/make_scores.py` writes scores.json, by scikit-learn 1.2 (`python3-sklearn`).

Each case: {name, classes, truth, probabilities ([rows][classes]), scores, weights, weighted}: the scores that scikit-learn
has, and the same of the rows repeated `weights` times, as a bootstrap draws them. calibrationError is by numpy, in 10 bins
of equal width. A score that scikit-learn does not define for a case is left out.
"""

import json
import os
import warnings

import numpy as np
from sklearn import metrics

warnings.simplefilter("ignore")
random = np.random.default_rng(7)


def calibration(said, happened):
    bins = np.minimum(np.floor(said * 10), 9)
    return float(sum(abs((said - happened)[bins == b].sum()) for b in range(10)) / len(said))


def scores(p, truth):
    classes = p.shape[1]
    predicted = p.argmax(1)
    occurring = np.unique(truth)
    out = {
        "accuracy": metrics.accuracy_score(truth, predicted),
        "balancedAccuracy": metrics.recall_score(truth, predicted, labels=occurring, average="macro"),
        "logLoss": metrics.log_loss(truth, p, labels=np.arange(classes)),
    }
    if classes == 2:
        out["f1"] = metrics.f1_score(truth, predicted)
        out["brier"] = metrics.brier_score_loss(truth, p[:, 1])
        out["calibrationError"] = calibration(p[:, 1], truth)
        if len(occurring) == 2:
            out["rocAuc"] = metrics.roc_auc_score(truth, p[:, 1])
        if 1 in occurring:
            out["averagePrecision"] = metrics.average_precision_score(truth, p[:, 1])
        return out
    out["f1"] = metrics.f1_score(truth, predicted, average="macro")
    out["brier"] = float(((p - np.eye(classes)[truth]) ** 2).sum(1).mean())
    out["calibrationError"] = calibration(p.max(1), predicted == truth)
    if len(occurring) > 1:
        one = [(truth == k, p[:, k]) for k in occurring]
        out["rocAuc"] = float(np.mean([metrics.roc_auc_score(*of) for of in one]))
        out["averagePrecision"] = float(np.mean([metrics.average_precision_score(*of) for of in one]))
        if len(occurring) == classes:
            assert np.isclose(out["rocAuc"], metrics.roc_auc_score(truth, p, multi_class="ovr"))
    return out


def case(name, p, truth):
    p, truth = np.asarray(p, dtype=float), np.asarray(truth)
    p = p / p.sum(1, keepdims=True)
    weights = random.multinomial(len(truth), np.full(len(truth), 1 / len(truth)))
    again = np.repeat(np.arange(len(truth)), weights)
    return {
        "name": name,
        "truth": truth.tolist(),
        "probabilities": p.tolist(),
        "scores": scores(p, truth),
        "weights": weights.tolist(),
        "weighted": scores(p[again], truth[again]),
    }


def drawn(name, n, classes, steps, shares=None):
    truth = random.choice(classes, n, p=shares)
    p = random.integers(1, steps, (n, classes)) + steps * (np.eye(classes)[truth] * random.random((n, 1))).round(1)
    return case(name, p, truth)


one = np.array([[0.2, 0.8], [0.6, 0.4], [0.5, 0.5]])
cases = [
    drawn("two classes, many ties", 60, 2, 4),
    drawn("two classes, few ties", 80, 2, 1000),
    drawn("two classes, one rare", 100, 2, 10, [0.95, 0.05]),
    drawn("three classes", 60, 3, 8),
    drawn("five classes, one never occurs", 60, 5, 30, [0.4, 0.3, 0.2, 0.1, 0]),
    case("all ties", np.full((20, 2), 0.5), np.arange(20) % 3 // 2),
    case("only the second class", one, [1, 1, 1]),
    case("only the first class", one, [0, 0, 0]),
    case("nothing predicted", [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]], [0, 1, 0]),
    case("certain, right and wrong", [[1, 0], [0, 1], [1, 0], [0, 1]], [0, 1, 1, 0]),
]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scores.json")
with open(path, "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
