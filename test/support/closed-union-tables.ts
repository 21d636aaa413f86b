import ts from 'typescript';

/** A table that answers for the keys it forgets: where it stands, and which union it is keyed by. */
export interface OpenTable {
  /** `shared/form/x.ts:12`. */
  readonly place: string;
  readonly kind: 'partial' | 'set' | 'map' | 'list' | 'index';
  readonly union: string;
}

/**
 * The tables in the program's files under `folder` that are keyed by a closed union (of two or more
 * string literals) and have a default for what they do not name: a `Partial<Record<…>>`, and literal
 * sets, maps, lists (asked with `includes`) and records of any string. They are found by what they are
 * declared as and by what they are asked with: a `ReadonlySet<string>` asked with `has(type)` is
 * one, too. None are what is filled with data at run time, and the set of all that a union has.
 */
export function closedUnionTables(program: ts.Program, folder: string): readonly OpenTable[] {
  const finder = new Finder(program.getTypeChecker(), folder);
  for (const file of program.getSourceFiles()) {
    if (file.fileName.startsWith(folder)) finder.search(file);
  }
  return [...finder.found.values()];
}

class Finder {
  readonly found = new Map<ts.Node, OpenTable>();
  readonly #checker: ts.TypeChecker;
  readonly #folder: string;

  constructor(checker: ts.TypeChecker, folder: string) {
    this.#checker = checker;
    this.#folder = folder;
  }

  search(node: ts.Node): void {
    this.#judge(node);
    ts.forEachChild(node, (child) => {
      this.search(child);
    });
  }

  #judge(node: ts.Node): void {
    if (ts.isTypeReferenceNode(node)) this.#reference(node);
    else if (ts.isMappedTypeNode(node)) this.#mapped(node);
    else if (ts.isNewExpression(node)) this.#collection(node);
    else if (ts.isCallExpression(node)) this.#question(node);
    else if (ts.isElementAccessExpression(node)) this.#access(node);
  }

  /** `Partial<Record<Union, …>>`, the record written there or named. */
  #reference(node: ts.TypeReferenceNode): void {
    const [of] = node.typeArguments ?? [];
    if (node.typeName.getText() !== 'Partial' || of === undefined) return;
    this.#add(node, 'partial', this.#keyOf(of));
  }

  #keyOf(node: ts.TypeNode): ts.Type | undefined {
    if (!ts.isTypeReferenceNode(node)) return undefined;
    const name = node.typeName.getText();
    const [first] = node.typeArguments ?? [];
    if (name === 'Record' && first !== undefined) return this.#checker.getTypeFromTypeNode(first);
    if (name === 'Readonly' && first !== undefined) return this.#keyOf(first);
    const declared = this.#origin(node.typeName)?.declarations?.find(ts.isTypeAliasDeclaration);
    return declared === undefined ? undefined : this.#keyOf(declared.type);
  }

  /** `{ [Key in Union]?: … }`. */
  #mapped({ questionToken, typeParameter: { constraint }, parent }: ts.MappedTypeNode): void {
    if (questionToken === undefined || questionToken.kind === ts.SyntaxKind.MinusToken) return;
    if (constraint === undefined) return;
    this.#add(parent, 'partial', this.#checker.getTypeFromTypeNode(constraint));
  }

  /** `new Set(['a', 'b'])` of members of a union. */
  #collection(node: ts.NewExpression): void {
    if (!this.#isLiteral(node)) return;
    const declared = this.#checker.getContextualType(node) ?? this.#checker.getTypeAtLocation(node);
    const [key] = this.#checker.getTypeArguments(declared as ts.TypeReference);
    this.#add(node, node.expression.getText() === 'Map' ? 'map' : 'set', key);
  }

  /** `table.has(member)`, whatever the table is declared to hold. */
  #question(node: ts.CallExpression): void {
    const [asked] = node.arguments;
    if (!ts.isPropertyAccessExpression(node.expression) || asked === undefined) return;
    const { name, expression } = node.expression;
    if (!['has', 'get', 'includes', 'indexOf'].includes(name.text)) return;
    const table = this.#written(expression);
    if (table === undefined) return;
    const isList = name.text === 'includes' && ts.isArrayLiteralExpression(table);
    const isCollection = ts.isNewExpression(table) && this.#isLiteral(table);
    if (!isList && !isCollection) return;
    const kind = isList ? 'list' : name.text === 'get' ? 'map' : 'set';
    this.#add(table, kind, this.#checker.getTypeAtLocation(asked));
  }

  /** `table[member]` of a literal `Record<string, …>`. */
  #access({ expression, argumentExpression }: ts.ElementAccessExpression): void {
    const table = this.#written(expression);
    if (table === undefined || !ts.isObjectLiteralExpression(table)) return;
    const type = this.#checker.getTypeAtLocation(expression);
    if (type.getStringIndexType() === undefined) return;
    this.#add(table, 'index', this.#checker.getTypeAtLocation(argumentExpression));
  }

  #isLiteral({ expression, arguments: given }: ts.NewExpression): boolean {
    const content = given?.[0];
    if (!['Set', 'Map'].includes(expression.getText()) || content === undefined) return false;
    const table = this.#written(content);
    return table !== undefined && ts.isArrayLiteralExpression(table) && table.elements.length > 0;
  }

  /** The expression that a table is; of a name, that of the constant. */
  #written(node: ts.Expression): ts.Expression | undefined {
    const plain = bare(node);
    if (!ts.isIdentifier(plain)) return plain;
    const declared = this.#origin(plain)?.valueDeclaration;
    const isConstant =
      declared !== undefined &&
      ts.isVariableDeclaration(declared) &&
      declared.initializer !== undefined;
    return isConstant ? bare(declared.initializer) : undefined;
  }

  /** What a name was declared as, in this file or another. */
  #origin(name: ts.Node): ts.Symbol | undefined {
    const symbol = this.#checker.getSymbolAtLocation(name);
    const isImported = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    return isImported ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  #add(node: ts.Node, kind: OpenTable['kind'], type: ts.Type | undefined): void {
    const members = type === undefined ? 0 : this.#membersOf(type);
    if (type === undefined || members === 0) return;
    if (kind === 'set' && ts.isNewExpression(node) && this.#sizeOf(node) >= members) return;
    const file = node.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    const place = `${file.fileName.slice(this.#folder.length)}:${line + 1}`;
    this.found.set(node, { place, kind, union: this.#checker.typeToString(type) });
  }

  /** How many a set is made of: as many as the union has, if it is made from the union's own list. */
  #sizeOf({ arguments: given }: ts.NewExpression): number {
    const list = given?.[0] === undefined ? undefined : this.#written(given[0]);
    return list !== undefined && ts.isArrayLiteralExpression(list) ? list.elements.length : 0;
  }

  /** How many string literals the type is a union of; 0: it is no closed union. */
  #membersOf(type: ts.Type): number {
    const of = this.#checker.getBaseConstraintOfType(type) ?? type;
    const plain = this.#checker.getNonNullableType(of);
    const isClosed = plain.isUnion() && plain.types.every((member) => member.isStringLiteral());
    return isClosed ? plain.types.length : 0;
  }
}

/** An expression without what it is said to be (`as const`, `satisfies …`) and parentheses. */
function bare(node: ts.Expression): ts.Expression {
  return ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isParenthesizedExpression(node)
    ? bare(node.expression)
    : node;
}
