"""PyTorch's side of the benchmark (src/serve.ts tells the commands): the problem is the first argument."""
import json
import os
import sys
import time

import numpy as np
import torch
from torch import nn

from blas import blas_name, peak_memory, thread_count

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))

with open(sys.argv[1]) as file:
    problem = json.load(file)
numbers, arrays = np.fromfile(problem["file"], "<f4"), {}
for array in problem["arrays"]:
    size = int(np.prod(array["shape"]))
    arrays[array["name"]], numbers = torch.tensor(numbers[:size]).reshape(array["shape"]), numbers[size:]
sizes, kind = problem["sizes"], problem["kind"]


CONVOLUTIONAL = {
    "conv": lambda inputs, outputs, kernel, padding: nn.Conv2d(inputs, outputs, kernel, padding=padding, bias=False),
    "batchNorm": nn.BatchNorm2d,
    "relu": nn.ReLU,
    "maxPool": nn.MaxPool2d,
    "globalAverage": lambda: nn.AdaptiveAvgPool2d(1),
    "flatten": nn.Flatten,
    "linear": nn.Linear,
}


def make_net():
    if "layers" in problem:
        net = nn.Sequential(*(CONVOLUTIONAL[kind](*sizes) for kind, *sizes in problem["layers"]))
    else:
        net = make_linear_net()
    net.load_state_dict({name: value for name, value in arrays.items() if name[0].isdigit()}, strict=False)
    return net


def make_linear_net():
    layers = []
    for inputs, outputs in zip(sizes[:-2], sizes[1:-1]):
        layers += [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(*sizes[-2:]))


def training():
    net = make_net()
    x, y = arrays["x"], arrays["y"]
    loss_of = nn.functional.mse_loss
    if problem["loss"] == "crossEntropy":
        y, loss_of = y.long(), nn.functional.cross_entropy
    optimizer = torch.optim.Adam(net.parameters(), foreach=True)

    def step(read):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(net(x), y)
        loss.backward()
        optimizer.step()
        return loss.item() if read else None

    return step


def root_mean_square(output):
    return float(np.sqrt(np.mean(np.square(output, dtype=np.float64))))


def inference():
    net = make_net().eval()
    x = arrays["x"]

    def step(read):
        with torch.inference_mode():
            output = net(x).numpy()
        return root_mean_square(output) if read else None

    return step


def product():
    x, w = arrays["x"], arrays["w"]

    def step(read):
        output = (x @ w).numpy()
        return root_mean_square(output) if read else None

    return step


begin = {"train": training, "infer": inference, "matmul": product}[kind]
version = f"PyTorch {torch.__version__} eager, {blas_name()}"
step = None
for line in sys.stdin:
    command, *count = line.split()
    if command == "losses":
        start = time.perf_counter()
        step = begin()
        losses = [step(True)]
        first = (time.perf_counter() - start) * 1e3
        losses += [step(True) for _ in range(int(count[0]) - 1)]
        answer = {"version": version, "losses": losses, "firstStep": first, "threads": thread_count()}
    elif command == "time":
        step = step or begin()
        start = time.perf_counter()
        for _ in range(int(count[0]) - 1):
            step(False)
        step(True)
        answer = {"microseconds": (time.perf_counter() - start) / int(count[0]) * 1e6}
    else:
        answer = {"bytes": peak_memory()}
    print(json.dumps(answer), flush=True)
