import { nodesCode, numberCode, textCode, type Code } from './code.ts';
import { compileChain } from './compile-operators.ts';
import { compilePath, requireNodes } from './compile-path.ts';
import { inDocumentOrder } from './document-order.ts';
import { ExpressionError } from './expression-error.ts';
import type { FunctionRow } from './functions/function-row.ts';
import { functionTable } from './functions/function-table.ts';
import { refusedFunctions } from './functions/refused-functions.ts';
import { nearestName } from './near-miss.ts';
import type { CallSyntax, Syntax } from './syntax.ts';

/** Makes an expression ready to run. Throws ExpressionError for what its grammar cannot tell. */
export function compile(syntax: Syntax): Code {
  switch (syntax.type) {
    case 'number': {
      const { value } = syntax;
      return numberCode(() => value);
    }
    case 'text': {
      const { value } = syntax;
      return textCode(() => value);
    }
    case 'chain':
      return compileChain(
        compile(syntax.first),
        syntax.rest.map(({ operator, operand }) => ({ operator, operand: compile(operand) })),
      );
    case 'minus': {
      const operand = compile(syntax.operand);
      const sign = syntax.times % 2 === 0 ? 1 : -1;
      return numberCode((frame) => sign * operand.number(frame));
    }
    case 'union': {
      const parts = syntax.parts.map((part) => {
        const code = compile(part);
        requireNodes(code, part.offset);
        return code;
      });
      return nodesCode((frame) => inDocumentOrder(parts.flatMap((part) => part.nodes(frame))));
    }
    case 'path':
      return compilePath(syntax, compile);
    case 'call':
      return compileCall(syntax);
  }
}

function compileCall(call: CallSyntax): Code {
  const row = functionTable.get(call.name);
  if (row === undefined) throw unknownFunction(call);
  const count = call.arguments.length;
  if (count < row.least || count > row.most || (count - row.least) % (row.by ?? 1) !== 0) {
    throw wrongCount(call, row);
  }
  return row.compile(call.arguments.map(compile), call);
}

function unknownFunction(call: CallSyntax): ExpressionError {
  const refused = refusedFunctions.get(call.name);
  if (refused !== undefined) {
    return new ExpressionError('unsupported', call.offset, refused.fr, refused.en);
  }
  const near = nearestName(call.name, functionTable.keys());
  return new ExpressionError(
    'unknown-function',
    call.offset,
    `Fonction inconnue : ${call.name}(). ${near === undefined ? 'Prenez-en une de XLSForm, comme if() ou selected().' : `Vouliez-vous dire ${near}() ?`}`,
    `Unknown function: ${call.name}(). ${near === undefined ? "Take one of XLSForm's, such as if() or selected()." : `Did you mean ${near}()?`}`,
  );
}

function wrongCount(call: CallSyntax, row: FunctionRow): ExpressionError {
  const { least, most } = row;
  const allowed = { fr: String(least), en: String(least) };
  if (most === Infinity) {
    allowed.fr = `au moins ${least}`;
    allowed.en = `at least ${least}`;
  } else if (row.by !== undefined) {
    const counts = [];
    for (let count = least; count <= most; count += row.by) counts.push(count);
    allowed.fr = counts.join(', ');
    allowed.en = allowed.fr;
  } else if (most > least) {
    allowed.fr = `de ${least} à ${most}`;
    allowed.en = `${least} to ${most}`;
  }
  const count = call.arguments.length;
  return new ExpressionError(
    'wrong-arguments',
    call.offset,
    `${call.name}() : ${count} argument(s) au lieu de ${allowed.fr} : corrigez ce qui est entre les parenthèses, séparé par des virgules.`,
    `${call.name}(): ${count} argument(s) instead of ${allowed.en}: correct what is in the parentheses, parted by commas.`,
  );
}
