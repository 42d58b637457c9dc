"""Goldens of how columns become inputs: `python3 test/goldens/make_encoding.py` writes encoding.json.

bins:   {name, values, bins, edges, points, held, free}: the different ones of numpy's quantiles, and the piecewise-linear
        encoding of the points: every entry held in 0..1; and as rtdl_num_embeddings 0.0.11 has it, whose first bin goes on
        below 0 and whose last one above 1.
tables: {name, train, columns, inputs, codes}: numbers, booleans, dates and categories of a table, fitted on the rows
        `train` and encoded for all: [[name, source, values]] and [[column, categories, source, codes]]. Written from the
        formulas of docs/13, not from the library.
"""

import datetime
import math

import numpy as np
import torch
from _golden import encode, generator_for, write


def draws(name, *shape):
    return torch.randn(shape, generator=generator_for(name), dtype=torch.float64).numpy()


def picks(name, n, among):
    return torch.randint(0, among, (n,), generator=generator_for(name)).tolist()


def golden(array):
    return encode(torch.from_numpy(np.ascontiguousarray(array, dtype=np.float64)))


def edges_of(values, bins):
    return np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)))


def held(points, edges):
    return np.clip((points[:, None] - edges[:-1]) / np.diff(edges), 0, 1)


def free(points, edges):
    """rtdl_num_embeddings: clamp_max_(1) for the first bin, clamp_min_(0) for the last, none for a single one."""
    x = torch.from_numpy((points[:, None] - edges[:-1]) / np.diff(edges))
    if x.shape[1] > 1:
        x = torch.cat([x[:, :1].clamp_max(1), x[:, 1:-1].clamp(0, 1), x[:, -1:].clamp_min(0)], 1)
    return x.numpy()


bins = []


def case(name, values, count):
    edges = edges_of(values, count)
    around = np.concatenate([edges, (edges[1:] + edges[:-1]) / 2, [edges[0] - 3, edges[-1] + 3, edges[0] - 1e6, edges[-1] + 1e9]])
    bins.append(
        {
            "name": name,
            "values": values.tolist(),
            "bins": count,
            "edges": edges.tolist(),
            "points": around.tolist(),
            "held": golden(held(around, edges)),
            "free": golden(free(around, edges)),
        }
    )


case("as many values as edges", draws("nine", 9), 8)
case("between the values", draws("fifty", 50) * 100 + 1000, 16)
case("ties", np.round(draws("ties", 60) * 2), 16)
case("half of them equal", np.where(np.arange(40) % 2 == 0, 7, draws("half", 40)), 8)
case("fewer values than bins", np.array([3.0, 1.0, 2.0]), 16)
case("one bin", draws("one", 5), 1)
case("two values", np.array([0.0, 1.0, 1.0, 0.0, 1.0]), 2)

tables = []


def table(name, n, train, columns, rare_below=3, embed_above=12):
    """Numbers are lists of numbers and None, booleans of bools, dates ISO texts, categories other texts."""
    rows = np.array(train)
    inputs, codes, source = [], [], 0

    def number(values):
        return np.array([math.nan if v is None else float(v) for v in values])

    def year(text):
        if text is None:
            return math.nan
        day = datetime.date.fromisoformat(text)
        first, last = datetime.date(day.year, 1, 1), datetime.date(day.year + 1, 1, 1)
        return day.year + (day - first).days / (last - first).days

    def kind(values):
        given = [v for v in values if v is not None]
        if all(isinstance(v, bool) for v in given):
            return "boolean"
        if all(isinstance(v, (int, float)) for v in given):
            return "number"
        try:
            [datetime.date.fromisoformat(v) for v in given]
            return "date"
        except ValueError:
            return "category"

    def numbers_of(values):
        return np.array([year(v) for v in values]) if kind(values) == "date" else number(values)

    def present(values):
        known = numbers_of(values)[rows]
        return known[~np.isnan(known)]

    wide = sum(kind(v) != "category" and len(np.unique(present(v))) > 2 for v in columns.values())
    for column, values in columns.items():
        if kind(values) == "category":
            counts = {v: sum(values[i] == v for i in train) for v in {values[i] for i in train} - {None}}
            kept = sorted(v for v, count in counts.items() if count >= rare_below)
            complete = all(values[i] is not None for i in train)
            if len(kept) == 1 and counts[kept[0]] == len(train):
                continue
            if len(kept) > embed_above:
                place = {v: i + 1 for i, v in enumerate(kept)}
                codes.append([column, len(kept) + 1, source, [place.get(v, 0) for v in values]])
            elif len(kept) == 2 and complete:
                sign = {kept[0]: -1.0, kept[1]: 1.0}
                inputs.append([f"{column} = {kept[1]}", source, golden([sign.get(v, 0.0) for v in values])])
            else:
                inputs += [[f"{column} = {k}", source, golden([float(v == k) for v in values])] for k in kept]
            source += len(kept) > 0
            continue
        all_of, known = numbers_of(values), present(values)
        shown, bin_name = (column, f"{column}: bin") if kind(values) != "date" else (f"{column}: year", f"{column}: year bin")
        median = np.median(known)
        if kind(values) == "boolean":
            median = float(known.mean() > 0.5)
        filled = np.where(np.isnan(all_of), median, all_of)
        different = np.unique(known)
        if len(different) == 2:
            low, high = different
            inputs.append([shown, source, golden(np.clip(2 * (filled - low) / (high - low) - 1, -1, 1))])
        elif len(different) > 2:
            low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
            z = (filled - middle) / (high - low if high > low else (known.max() - known.min()) / 2)
            inputs.append([shown, source, golden(z / np.sqrt(1 + (z / 3) ** 2))])
            edges = edges_of(known, min(16, max(4, 256 // wide), max(2, len(known) // 8)))
            if len(edges) > 2:
                encoded = held(filled, edges)
                inputs += [[f"{bin_name} {i + 1}", source, golden(encoded[:, i])] for i in range(encoded.shape[1])]
        source += len(different) > 1
        if kind(values) == "date":
            days = [None if v is None else datetime.date.fromisoformat(v) for v in values]
            known_days = [days[i] for i in train if days[i] is not None]
            turns = []
            if len({d.month for d in known_days}) > 1:
                turns.append(("month", lambda d: (d.month - 1) / 12))
                turns.append(("yearDay", lambda d: (d.timetuple().tm_yday - 1) / 366))
            if len({d.day for d in known_days}) > 1:
                turns.append(("weekday", lambda d: d.weekday() / 7))
            for part, turn in turns:
                for wave, of in [("sin", math.sin), ("cos", math.cos)]:
                    wanted = [0.0 if d is None else of(2 * math.pi * turn(d)) for d in days]
                    inputs.append([f"{column}: {part} ({wave})", source, golden(wanted)])
                source += 1
        if np.isnan(all_of[rows]).any():
            inputs.append([f"{column} (missing)", source, golden(np.isnan(all_of).astype(float))])
            source += 1
    tables.append({"name": name, "train": train, "columns": columns, "inputs": inputs, "codes": codes})


def holes(values, at):
    return [None if i in at else v for i, v in enumerate(values)]


def days(name, n):
    start = datetime.date(1999, 11, 20)
    return [(start + datetime.timedelta(days=d)).isoformat() for d in picks(name, n, 1100)]


n = 44
numbers = draws("numbers", n).round(3).tolist()
table(
    "all kinds",
    n,
    list(range(0, 36)),
    {
        "number": holes(numbers, {2, 9, 40}),
        "far": [v * 1e3 if i > 38 else v for i, v in enumerate(numbers[::-1])],
        "tied": [float(v) for v in picks("tied", n, 5)],
        "two": holes([2.0 if v else 5.5 for v in picks("two", 38, 2)] + [3.0, 9.0, -1.0, 2.0, 5.5, 4.0], {5}),
        "flag": holes([bool(v) for v in picks("flag", n, 2)], {7, 8}),
        "whole": [bool(v) for v in picks("whole", n, 2)],
        "same": [4.0] * 36 + [5.0] * 8,
        "pair": [["left", "right"][v] for v in picks("pair", 40, 2)] + ["up", None, "left", "right"],
        "gap": holes([["on the left", "on the right"][v] for v in picks("gap", n, 2)], {3}),
        "rare": [["a", "b", "c"][v] for v in picks("rare", 33, 3)] + ["z", "z", "q"] + ["a", "z", "new", None, "b", "c", "q", "a"],
        "day": holes(days("day", n), {11, 42}),
        "lone": ["u"] * 36 + ["v"] * 8,
    },
)
many = [f"k{v:02d}" for v in picks("many", 60, 18)]
table("codes, and few rows", 60, list(range(5, 60)), {"many": many, "x": draws("few", 60).round(3).tolist()})
table("a few rows", 12, list(range(12)), {"x": draws("twelve", 12).round(3).tolist(), "c": ["a", "b", "c"] * 4})

write("encoding.json", bins=bins, tables=tables)
