/** Loads every engine of expressions, for tests that compile forms or expressions themselves. */
import { loadEngines } from '../../shared/form/expression/engines.ts';

await loadEngines(['regex(', 'digest(']);
