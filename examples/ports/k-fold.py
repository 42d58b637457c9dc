# K-fold cross validation: every penguin is tested once, by a network that has not seen it.
import torch
import torch.nn.functional as F
from tables import fingerprint, read_rows
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

columns = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)", "Body Mass (g)"]
penguins = [row for row in read_rows("penguins.json") if row["Sex"] in ("FEMALE", "MALE")]
x = torch.tensor([[row[column] for column in columns] for row in penguins], dtype=torch.float32)
species = F.one_hot(torch.tensor([["Adelie", "Chinstrap", "Gentoo"].index(row["Species"]) for row in penguins]))
x = torch.cat([(x - x.mean(0)) / x.std(0), species.float()], 1)
y = torch.tensor([[float(row["Sex"] == "MALE")] for row in penguins])
dataset = TensorDataset(x, y)

k_folds, epochs = 5, 12
torch.manual_seed(8)
folds = torch.randperm(len(dataset)).chunk(k_folds)


def reset_weights(module):
    if hasattr(module, "reset_parameters"):
        module.reset_parameters()


network = nn.Sequential(nn.Linear(7, 20), nn.Tanh(), nn.Linear(20, 1))
criterion = nn.BCEWithLogitsLoss()
results = []
for fold, test_ids in enumerate(folds):
    train_ids = torch.cat([ids for i, ids in enumerate(folds) if i != fold])
    train_loader = DataLoader(Subset(dataset, train_ids.tolist()), batch_size=20, shuffle=True)
    test_loader = DataLoader(Subset(dataset, test_ids.tolist()), batch_size=20)
    network.apply(reset_weights)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.01)
    print(f"fold {fold + 1}: {len(train_ids)} to train on, {len(test_ids)} to test, first", *test_ids[:5].tolist())
    print("weights", fingerprint(network.parameters()))

    for epoch in range(1, epochs + 1):
        network.train()
        total = 0.0
        for inputs, targets in train_loader:
            optimizer.zero_grad()
            loss = criterion(network(inputs), targets)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(inputs)
        if epoch % 6 == 0:
            print(f"epoch {epoch}: training loss {total / len(train_ids):#.7g}")

    network.eval()
    correct, loss = 0, 0.0
    with torch.no_grad():
        for inputs, targets in test_loader:
            logits = network(inputs)
            loss += F.binary_cross_entropy_with_logits(logits, targets, reduction="sum").item()
            correct += ((logits.sigmoid() > 0.5).float() == targets).sum().item()
    print(f"{correct} of {len(test_ids)} right, test loss {loss / len(test_ids):#.7g}")
    results.append(100 * correct / len(test_ids))

results = torch.tensor(results)
print(f"accuracy of the folds: {results.mean().item():#.7g}%, standard deviation {results.std().item():#.7g}")
