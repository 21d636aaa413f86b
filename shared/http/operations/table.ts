import { compile } from './compile.ts';
import { datasets } from './datasets.ts';
import { forms } from './forms.ts';
import { odata } from './odata.ts';
import { openrosa } from './openrosa.ts';
import { organisations } from './organisations.ts';
import { health, service } from './service.ts';
import { submissions } from './submissions.ts';

/** Every operation. Handlers, infra, OpenAPI, the page docs/api.md and the tests come from this one table. */
export const operations = [
  ...health,
  ...service,
  ...forms,
  ...submissions,
  ...organisations,
  ...datasets,
  ...compile,
  ...openrosa,
  ...odata,
] as const;

export type Operation = (typeof operations)[number];
export type OperationName = Operation['operation'];

/** One operation by its name. */
export type OperationNamed<Name extends OperationName> = Extract<Operation, { operation: Name }>;
