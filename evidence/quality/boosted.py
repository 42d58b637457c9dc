"""scikit-learn's HistGradientBoosting on a table of `npm run quality`: reads {task, columns, target, train, test} as JSON, writes scores as JSON.

Numbers stand as they are, dates as year, day of the year and weekday, categories by code with the 250 commonest of the training rows; missing values as such.
"""
import json, os, sys, time
os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy as np, pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

given = json.load(open(sys.argv[1]))
train, test = np.array(given["train"]), np.array(given["test"])
columns, categorical = [], []
for column in given["columns"]:
    values = column["values"]
    if column["kind"] == "category":
        texts = pd.Series(values, dtype=object)
        code = {text: i for i, text in enumerate(texts[train].value_counts().index[:250])}
        columns.append(np.array([code.get(text, np.nan) for text in values], float)); categorical.append(True)
    elif column["kind"] == "date":
        t = pd.to_datetime(pd.Series(values, dtype=float), unit="ms")
        for part in (t.dt.year + (t.dt.dayofyear - 1) / 366, t.dt.dayofyear, t.dt.dayofweek):
            if part[train].nunique() > 1: columns.append(part.values.astype(float)); categorical.append(False)
    else:
        columns.append(np.array(values, float)); categorical.append(False)
x, y = np.column_stack(columns), np.array(given["target"])
regression = given["task"] == "regression"
result = {}
for name, options in {"sklearn": {}, "sklearnStopped": dict(early_stopping=True, max_iter=1000)}.items():
    make = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
    start = time.process_time()
    model = make(categorical_features=categorical if any(categorical) else None, random_state=given["seed"], **options)
    model.fit(x[train], y[train])
    seconds = time.process_time() - start
    if regression:
        error = model.predict(x[test]) - y[test]
        scores = dict(mae=float(np.abs(error).mean()), rmse=float((error**2).mean() ** 0.5))
    else:
        p = model.predict_proba(x[test])
        place = {c: i for i, c in enumerate(model.classes_)}
        mine = np.array([p[i, place[c]] if c in place else 0.0 for i, c in enumerate(y[test])])
        best = model.classes_[p.argmax(1)]
        scores = dict(accuracy=float((best == y[test]).mean()), logLoss=float(-np.log(np.clip(mine, 2.0**-52, 1 - 2.0**-52)).mean()))
    result[name] = dict(scores=scores, seconds=round(seconds, 3))
print(json.dumps(result))
