"""Golden event files, written by torch and TensorBoard themselves: `python3 make_events.py` writes events.json.

It needs torch and `pip install tensorboard` (2.21 made the committed file), so test/goldens/make_all.sh does not run it.

records: {name, event, record}. `record` is the whole framed record as hexadecimal digits. The first file is what
         torch.utils.tensorboard.SummaryWriter writes; the others are events of TensorBoard's own protobuf classes.
crc32c:  {text or hex, masked} of tensorboard's masked_crc32c.
"""

import glob
import json
import os
import struct
import tempfile

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c
from tensorboard.summary.writer.record_writer import RecordWriter
from torch.utils.tensorboard import SummaryWriter


def by_torch():
    with tempfile.TemporaryDirectory() as folder:
        writer = SummaryWriter(folder)
        writer.add_scalar("loss/train", 0.1, 1, walltime=1700000000.25)
        writer.add_scalar("größe/数", -3.5e-12, 2**40, walltime=1700000001.5)
        writer.close()
        data = open(glob.glob(folder + "/*")[0], "rb").read()
    records = []
    while data:
        size = 8 + 4 + struct.unpack("<Q", data[:8])[0] + 4
        records.append(data[:size])
        data = data[size:]
    return records[1:]  # the first has the time at which it was written


def framed(event):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "events")
        with open(path, "wb") as file:
            RecordWriter(file).write(event.SerializeToString())
        return open(path, "rb").read()


def scalars(step, wall_time, values):
    values = [Summary.Value(tag=tag, simple_value=value) for tag, value in values]
    return Event(wall_time=wall_time, step=step, summary=Summary(value=values))


records = [
    {"name": name, "record": record.hex()}
    for name, record in zip(["torch: a scalar", "torch: names and a large step"], by_torch())
]
INF = float("inf")
for name, event in [
    ("file version", Event(wall_time=1700000000.0, file_version="brain.Event:2")),
    ("several scalars", scalars(3, 1700000002.0, [("loss/train", 0.5), ("loss/validation", 0.25)])),
    ("step 0, a zero, not a number", scalars(0, 1.5, [("zero", 0.0), ("nan", float("nan")), ("inf", -INF)])),
]:
    records.append({"name": name, "record": framed(event).hex()})

texts = ["", "a", "123456789", "The quick brown fox jumps over the lazy dog"]
crc32c = [{"text": text, "masked": masked_crc32c(text.encode()) & 0xFFFFFFFF} for text in texts]

with open(os.path.join(os.path.dirname(__file__), "events.json"), "w") as file:
    json.dump({"records": records, "crc32c": crc32c}, file, indent=2, ensure_ascii=False)
    file.write("\n")
