# A classifier: the species of a penguin from four measurements.
import torch
from tables import fingerprint, read_rows
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

columns = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)", "Body Mass (g)"]
penguins = [row for row in read_rows("penguins.json") if None not in [row[column] for column in columns]]
species = sorted({row["Species"] for row in penguins})
x = torch.tensor([[row[column] for column in columns] for row in penguins], dtype=torch.float32)
y = torch.tensor([species.index(row["Species"]) for row in penguins])

torch.manual_seed(1)
dataset = TensorDataset(x, y)
train_part, test_part = random_split(dataset, [272, 70])
print(f"{len(dataset)} penguins: {', '.join(species)}")
print("first training rows:", *train_part.indices[:8])

mean, std = x[train_part.indices].mean(0), x[train_part.indices].std(0)
x.sub_(mean).div_(std)  # in place, so the dataset sees it

train_loader = DataLoader(train_part, batch_size=16, shuffle=True)
test_loader = DataLoader(test_part, batch_size=70)


class Classifier(nn.Module):
    def __init__(self, inputs, hidden, classes):
        super().__init__()
        self.hidden1 = nn.Linear(inputs, hidden)
        self.hidden2 = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, classes)
        self.dropout = nn.Dropout(0.2)

    def forward(self, x):
        x = self.dropout(torch.relu(self.hidden1(x)))
        x = self.dropout(torch.relu(self.hidden2(x)))
        return self.out(x)


model = Classifier(4, 16, 3)
print(model)
print("weights", fingerprint(model.parameters()))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.005, weight_decay=1e-4)

for epoch in range(1, 21):
    model.train()
    running_loss, correct = 0.0, 0
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item() * inputs.size(0)
        correct += (outputs.argmax(1) == labels).sum().item()
    if epoch % 4 == 0:
        print(f"epoch {epoch}: loss {running_loss / len(train_part):#.7g}, {correct} of {len(train_part)} right")

model.eval()
confusion = torch.zeros(3, 3, dtype=torch.int64)
with torch.no_grad():
    for inputs, labels in test_loader:
        logits = model(inputs)
        print(f"test loss {criterion(logits, labels).item():#.7g}")
        probabilities = logits.softmax(1)
        for label, guess in zip(labels.tolist(), logits.argmax(1).tolist()):
            confusion[label, guess] += 1
print("rows: the species, columns: the guess")
for name, row in zip(species, confusion.tolist()):
    print(name, *row)
print(f"{confusion.diagonal().sum().item()} of {len(test_part)} test penguins right")
print(f"the first one: {', '.join(f'{name} {p:.4f}' for name, p in zip(species, probabilities[0].tolist()))}")
