import { questions } from "evenkeel/study";
import { type Output, widthOf, wrap } from "../../shell/terminal.ts";

/** The output of `--ask` without a question. */
export function questionsText(output: Output): string {
  const { colors } = output;
  const width = Math.max(...questions.map(({ ask }) => ask.length)) + 2;
  const lines = questions.map(({ ask, summary }, i) => {
    const text = wrap(`${summary}${i === 0 ? " (the default)" : ""}`, widthOf(output) - width - 2);
    return `  ${colors.bold(ask.padEnd(width))}${text.replaceAll("\n", `\n${" ".repeat(width + 2)}`)}`;
  });
  return `${["What a study can be asked, by evenkeel study TABLE --ask QUESTION:", "", ...lines].join("\n")}\n`;
}
