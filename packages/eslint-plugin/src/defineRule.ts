import type { ParserServicesWithTypeInformation, TSESLint } from "@typescript-eslint/utils";
import { TensorTypes } from "./tensorTypes.ts";

export type Context<Message extends string> = Readonly<TSESLint.RuleContext<Message, readonly []>>;

/** The report of a rule about a node, if any. */
export type Finding<Message extends string> = TSESLint.ReportDescriptor<Message> | undefined;

interface RuleDefinition<Message extends string> {
  readonly description: string;
  readonly messages: Readonly<Record<Message, string>>;
  readonly create: (context: Context<Message>, types: TensorTypes) => TSESLint.RuleListener;
}

/**
 * A rule that asks the type checker.
 * @throws Error on a file that was parsed without types, with the settings to add
 */
export function defineRule<Message extends string>(
  name: string,
  { description, messages, create }: RuleDefinition<Message>,
): TSESLint.RuleModule<Message> {
  return {
    meta: { type: "problem", docs: { description }, messages, schema: [], hasSuggestions: true, defaultOptions: [] },
    defaultOptions: [],
    create: (context) => {
      const services = context.sourceCode.parserServices as Partial<ParserServicesWithTypeInformation> | undefined;
      if (services?.program == null) {
        throw new Error(
          `evenkeel/${name} needs types, and ${context.filename} was parsed without: for its files set languageOptions ` +
            "to { parser: tseslint.parser, parserOptions: { projectService: true } }, where tseslint is typescript-eslint",
        );
      }
      return create(context, new TensorTypes(services as ParserServicesWithTypeInformation));
    },
  };
}
