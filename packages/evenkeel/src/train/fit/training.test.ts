import { describe, expect, it } from "vitest";
import { Linear, MSELoss } from "../../nn/index.ts";
import { SGD } from "../../optim/index.ts";
import { randn } from "../../tensor/index.ts";
import { fit } from "./fit.ts";

function setUp(more: object = {}) {
  const model = new Linear(2, 1);
  const train = [1, 2, 3].map(() => [randn([4, 2]), randn([4, 1])]);
  return fit(model, {
    train,
    loss: new MSELoss(),
    optimizer: new SGD(model.parameters(), { lr: 0.01 }),
    epochs: 2,
    ...more,
  });
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("Training", () => {
  it("begins by itself, whether awaited or not", async () => {
    const event = await new Promise((resolve) => void setUp({ onStop: resolve }));
    expect(event).toMatchObject({ type: "stop", reason: "completed" });
  });

  it("resolves to the same history for everyone who awaits it", async () => {
    const training = setUp();
    const [a, b] = await Promise.all([training, training.then((history) => history)]);
    expect(a).toBe(b);
    expect(await training).toBe(a);
    expect(await training.finally(() => {})).toBe(a);
  });

  it("gives the history after the loop, the one of the stop event", async () => {
    const training = setUp();
    let last: unknown;
    for await (const event of training) if (event.type === "stop") last = event.history;
    expect(await training).toBe(last);
  });

  it("waits for the body of the loop, and for callbacks", async () => {
    let running = 0;
    const training = setUp({
      onBatch: async () => {
        expect(++running).toBe(1);
        await turn();
        running--;
      },
    });
    for await (const _ of training) {
      expect(++running).toBe(1);
      await turn();
      running--;
    }
  });

  it("gives several events that are asked for at once one after the other", async () => {
    let running = 0;
    const training = setUp({
      onBatch: async () => {
        expect(++running).toBe(1);
        await turn();
        running--;
      },
    });
    const events = training[Symbol.asyncIterator]();
    const items = await Promise.all([1, 2, 3, 4].map(() => events.next()));
    expect(items.map(({ value }) => [value.type, value.step])).toEqual([
      ["start", 0],
      ["batch", 1],
      ["batch", 2],
      ["batch", 3],
    ]);
    await events.return?.();
  });

  it("ends when the loop is left, as if aborted", async () => {
    const training = setUp();
    for await (const event of training) if (event.type === "batch" && event.step === 2) break;
    expect(await training).toMatchObject({ reason: "aborted", steps: 2 });
  });

  it("ends when the body of the loop throws, which stays the error", async () => {
    const training = setUp();
    const follow = async () => {
      for await (const event of training) if (event.type === "batch") throw new Error("in the body");
    };
    await expect(follow()).rejects.toThrow("in the body");
    expect(await training).toMatchObject({ reason: "aborted", steps: 1 });
  });

  it("throws into the loop, and rejects whoever awaits it", async () => {
    const training = setUp({ train: [] });
    const follow = async () => {
      for await (const _ of training);
    };
    await expect(follow()).rejects.toThrow("no batches");
    await expect(training).rejects.toThrow("no batches");
    expect(await training.catch(() => "caught")).toBe("caught");
  });

  it("can be followed from its start only, and once", async () => {
    const training = setUp();
    training[Symbol.asyncIterator]();
    expect(() => training[Symbol.asyncIterator]()).toThrow("has begun already");
    const late = setUp();
    await Promise.resolve();
    expect(() => late[Symbol.asyncIterator]()).toThrow("pass callbacks such as onEpoch");
    await late;
  });
});
