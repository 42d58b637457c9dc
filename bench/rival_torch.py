"""PyTorch's side of the benchmark: reads one command per line, answers with one line of JSON.

  verify N    the losses of the first N steps from seed 0
  time N      microseconds per step over N steps
"""
import json
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
BATCH = int(sys.argv[1])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = nn.Linear(9, 50)
        self.layer2 = nn.Linear(50, 25)
        self.layer3 = nn.Linear(25, 1)
        self.batch_norm1 = nn.BatchNorm1d(50)
        self.batch_norm2 = nn.BatchNorm1d(25)

    def forward(self, x):
        x = torch.relu(self.batch_norm1(self.layer1(x)))
        x = torch.relu(self.batch_norm2(self.layer2(x)))
        return self.layer3(x)


def make():
    torch.manual_seed(0)
    net = Net()
    x, y = torch.randn(BATCH, 9), torch.randn(BATCH, 1)
    optimizer = torch.optim.Adam(net.parameters(), foreach=True)

    def step():
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


step = make()
for line in sys.stdin:
    command, count = line.split()
    if command == "verify":
        first = make()
        answer = {"losses": [first().item() for _ in range(int(count))], "version": torch.__version__}
    else:
        start = time.perf_counter()
        for _ in range(int(count)):
            step()
        answer = {"microseconds": (time.perf_counter() - start) / int(count) * 1e6}
    print(json.dumps(answer), flush=True)
