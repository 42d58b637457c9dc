import type { ParserServicesWithTypeInformation, TSESTree } from "@typescript-eslint/utils";
import ts from "typescript";
import { packageOf } from "./packageOf.ts";
import { methodCall, unwrap } from "./syntax.ts";

/**
 * Recognises tensors by the type checker: by the declaration of their class, never by a name alone.
 */
export class TensorTypes {
  readonly #services: ParserServicesWithTypeInformation;
  readonly #checker: ts.TypeChecker;

  constructor(services: ParserServicesWithTypeInformation) {
    this.#services = services;
    this.#checker = services.program.getTypeChecker();
  }

  /** Whether the value can be a tensor: at least one member of a union is one. */
  mayBe(node: TSESTree.Node): boolean {
    return this.#parts(this.#typeOf(node)).some((part) => this.#isTensor(part));
  }

  /**
   * Whether the value is a tensor and nothing else, so that it is never null, undefined or another
   * type.
   */
  isAlways(node: TSESTree.Node): boolean {
    return this.#areTensors(this.#typeOf(node));
  }

  /**
   * Whether a condition tests the object although its values were meant. A value that can be null
   * or undefined may be checked for that, unless a method of a tensor has just computed it, as in
   * `x?.gt(0).any()`.
   */
  isMistakenCondition(node: TSESTree.Node): boolean {
    const parts = this.#parts(this.#typeOf(node));
    if (parts.length === 0 || !parts.every((part) => this.#isTensor(part) || isNullish(part))) return false;
    if (!parts.some((part) => this.#isTensor(part))) return false;
    if (this.isMethodCall(node)) return true;
    // Without strictNullChecks no type contains null: only the result of a method is certain to
    // exist.
    return this.#isStrict && !parts.some(isNullish);
  }

  /** Whether the value is a method call on a tensor, `x.add(1)` or `x?.add(1)`. */
  isMethodCall(node: TSESTree.Node): boolean {
    const call = methodCall(unwrap(node));
    return call !== undefined && this.mayBe(call.object);
  }

  /** Whether the type of the value is null or undefined, for null checks. */
  isNullish(node: TSESTree.Node): boolean {
    const parts = this.#parts(this.#typeOf(node));
    return parts.length > 0 && parts.every(isNullish);
  }

  isString(node: TSESTree.Node): boolean {
    const parts = this.#parts(this.#typeOf(node));
    return parts.length > 0 && parts.every(({ flags }) => (flags & ts.TypeFlags.StringLike) !== 0);
  }

  isArray(node: TSESTree.Node): boolean {
    const type = this.#checker.getNonNullableType(this.#typeOf(node));
    return this.#parts(type).some((part) => this.#isArrayType(part));
  }

  /** Whether an expression gives tensors: one, a list of them, or values with their indices. */
  givesTensors(node: TSESTree.Node): boolean {
    return this.#parts(this.#typeOf(node)).some((part) => {
      if (this.#isTensor(part)) return true;
      if (this.#isArrayType(part)) {
        return this.#checker.getTypeArguments(part as ts.TypeReference).some((item) => this.#areTensors(item));
      }
      return ["values", "indices"].every((name) => {
        const property = this.#checker.getPropertyOfType(part, name);
        return property !== undefined && this.#areTensors(this.#checker.getTypeOfSymbol(property));
      });
    });
  }

  /**
   * Whether an index names no property of the tensor: `x[0]`, `x["a"]`, `x[i]`, but not
   * `x["shape"]`.
   */
  isForeignIndex(object: TSESTree.Node, index: TSESTree.Node): boolean {
    const tensors = this.#parts(this.#typeOf(object)).filter((part) => this.#isTensor(part));
    return this.#parts(this.#typeOf(index)).some((key) => {
      if ((key.flags & ts.TypeFlags.NumberLike) !== 0) return true;
      if (!key.isStringLiteral()) return (key.flags & ts.TypeFlags.String) !== 0;
      return !tensors.some((tensor) => this.hasProperty(tensor, key.value));
    });
  }

  hasProperty(owner: TSESTree.Node | ts.Type, name: string): boolean {
    const types = "flags" in owner ? [owner] : this.#parts(this.#typeOf(owner));
    return types.some((type) => this.#checker.getPropertyOfType(type, name) !== undefined);
  }

  /** Whether a callback returns only tensors although its caller expects a boolean. */
  returnsTensor(callback: TSESTree.Node): boolean {
    const signatures = this.#typeOf(callback).getCallSignatures();
    return signatures.length > 0 && signatures.every((signature) => this.#areTensors(signature.getReturnType()));
  }

  /** The argument that a call asserts, as `assert(condition)` does. */
  assertedArgument(call: TSESTree.CallExpression): TSESTree.Node | undefined {
    const signature = this.#checker.getResolvedSignature(
      this.#services.esTreeNodeToTSNodeMap.get(call) as ts.CallLikeExpression,
    );
    const predicate = signature && this.#checker.getTypePredicateOfSignature(signature);
    if (predicate?.kind !== ts.TypePredicateKind.AssertsIdentifier || predicate.type !== undefined) return undefined;
    return call.arguments[predicate.parameterIndex];
  }

  /** The name of a function of evenkeel, however it was imported; undefined for everything else. */
  exportedName(node: TSESTree.Node): string | undefined {
    const symbol = this.#symbolOf(node);
    return symbol?.declarations?.some(isTopLevel) && isOfEvenkeel(symbol) ? symbol.name : undefined;
  }

  /**
   * The name of a method that the class Tensor declares or inherits; undefined for those of a
   * user's subclass.
   */
  methodOfTensor(node: TSESTree.Node): string | undefined {
    const { object, property } = methodCall(unwrap(node)) ?? {};
    const symbol = property && this.#symbolOf(property);
    if (object === undefined || symbol === undefined) return undefined;
    const isTensors = this.#parts(this.#typeOf(object)).some((part) => {
      const tensor = this.#tensorClassOf(part);
      const declared = tensor && this.#checker.getPropertyOfType(tensor, symbol.name)?.declarations;
      return declared?.some((declaration) => symbol.declarations?.includes(declaration));
    });
    return isTensors ? symbol.name : undefined;
  }

  #symbolOf(node: TSESTree.Node): ts.Symbol | undefined {
    const name = node.type === "MemberExpression" && !node.computed ? node.property : node;
    const symbol = this.#services.getSymbolAtLocation(name);
    if (symbol === undefined) return undefined;
    return (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  get #isStrict(): boolean {
    const { strictNullChecks, strict } = this.#services.program.getCompilerOptions();
    return strictNullChecks ?? strict ?? Number.parseInt(ts.version, 10) >= 6;
  }

  #typeOf(node: TSESTree.Node): ts.Type {
    return this.#services.getTypeAtLocation(node);
  }

  /** The members of a union, a type parameter standing for its constraint. */
  #parts(type: ts.Type): readonly ts.Type[] {
    if (type.isUnion()) return type.types.flatMap((part) => this.#parts(part));
    const constraint = this.#checker.getBaseConstraintOfType(type);
    return constraint === undefined || constraint === type ? [type] : this.#parts(constraint);
  }

  #areTensors(type: ts.Type): boolean {
    const parts = this.#parts(type);
    return parts.length > 0 && parts.every((part) => this.#isTensor(part));
  }

  #isArrayType(type: ts.Type): boolean {
    return this.#checker.isArrayType(type) || this.#checker.isTupleType(type);
  }

  #isTensor(type: ts.Type): boolean {
    return this.#tensorClassOf(type) !== undefined;
  }

  /** The class Tensor of a type that is it or extends it. */
  #tensorClassOf(type: ts.Type): ts.Type | undefined {
    if (type.isIntersection()) return this.#firstTensorClass(type.types);
    // An instance of a generic class refers to the class.
    const target = (type as Partial<ts.TypeReference>).target ?? type;
    if (!target.isClassOrInterface()) return undefined;
    if (target.symbol.name === "Tensor" && isOfEvenkeel(target.symbol)) return target;
    return this.#firstTensorClass(this.#checker.getBaseTypes(target));
  }

  #firstTensorClass(types: readonly ts.Type[]): ts.Type | undefined {
    for (const type of types) {
      const found = this.#tensorClassOf(type);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function isNullish({ flags }: ts.Type): boolean {
  return (flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined | ts.TypeFlags.Void)) !== 0;
}

/** A function of a module, or a constant that holds one. */
function isTopLevel(declaration: ts.Declaration): boolean {
  if (ts.isFunctionDeclaration(declaration)) return ts.isSourceFile(declaration.parent);
  return ts.isVariableDeclaration(declaration) && ts.isSourceFile(declaration.parent.parent.parent);
}

function isOfEvenkeel({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((declaration) => packageOf(declaration.getSourceFile().fileName) === "evenkeel");
}
