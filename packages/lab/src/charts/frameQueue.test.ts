import { describe, expect, it } from "vitest";
import { FrameQueue } from "./frameQueue.ts";

function queueOf() {
  const requests: (() => void)[] = [];
  let time = 0;
  const drawn: string[] = [];
  const queue = new FrameQueue(
    (run) => void requests.push(run),
    () => time,
  );
  const chart = (name: string, milliseconds: number) => () => {
    drawn.push(name);
    time += milliseconds;
  };
  const frame = () => {
    for (const run of requests.splice(0)) run();
  };
  return { queue, chart, frame, drawn, requests };
}

describe("the queue of charts", () => {
  it("draws a chart once a frame, however often it changed", () => {
    const { queue, chart, frame, drawn, requests } = queueOf();
    const error = chart("error", 1);
    for (let i = 0; i < 5; i++) queue.add(error);
    expect(drawn).toEqual([]);
    expect(requests).toHaveLength(1);
    frame();
    expect(drawn).toEqual(["error"]);
    frame();
    expect(drawn).toEqual(["error"]);
  });

  it("leaves charts for the next frame when a frame's time is spent, and draws all in turn", () => {
    const { queue, chart, frame, drawn } = queueOf();
    const charts = ["a", "b", "c", "d", "e"].map((name) => chart(name, 4));
    const addAll = () => {
      for (const draw of charts) queue.add(draw);
    };
    addAll();
    frame();
    expect(drawn).toEqual(["a", "b"]);
    addAll();
    frame();
    frame();
    expect(drawn).toEqual(["a", "b", "c", "d", "e", "a"]);
  });

  it("draws a chart that takes too long alone, and none that is gone", () => {
    const { queue, chart, frame, drawn } = queueOf();
    const [slow, gone] = [chart("slow", 50), chart("gone", 1)];
    queue.add(slow);
    queue.add(gone);
    frame();
    queue.remove(gone);
    frame();
    expect(drawn).toEqual(["slow"]);
  });

  it("draws again what is asked for while it draws", () => {
    const { queue, frame, drawn } = queueOf();
    const draw = () => {
      drawn.push("once");
      if (drawn.length < 2) queue.add(draw);
    };
    queue.add(draw);
    frame();
    expect(drawn).toHaveLength(1);
    frame();
    expect(drawn).toHaveLength(2);
  });
});
